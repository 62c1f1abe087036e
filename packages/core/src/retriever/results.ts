import { MortiseError } from '../errors.ts';
import { reading } from '../shared/options.ts';
import { isObject } from '../shared/json.ts';
import { nodeHash } from '../nodes/node-hash.ts';
import type { Evidence, Node, NodeWithScore } from '../nodes/contract.ts';
import { sourceId } from '../nodes/node.ts';

/**
 * One result for each content of each source document: the first keeps its place, the best score wins, and of each
 * measure of evidence the greatest. New objects, the input is left as it is.
 */
export function dedupeNodes(results: readonly NodeWithScore[]): NodeWithScore[] {
  return reading('The results', () => {
    const unique = new Map<string, NodeWithScore>();
    for (const result of results) {
      const key = contentKey(result.node);
      const first = unique.get(key);
      unique.set(key, first === undefined ? result : better(first, result));
    }
    return [...unique.values()];
  });
}

/** What two results must share to be one: the hash of the content, and the source document if there is one. */
export function contentKey(node: Node): string {
  const source = sourceId(node);
  // A hash has one length, so the two cannot run into each other; no source differs from every source.
  return nodeHash(node) + (source === undefined ? '' : `+${source}`);
}

function better(first: NodeWithScore, other: NodeWithScore): NodeWithScore {
  const evidence = mergeEvidence(first.evidence, other.evidence);
  const score = Math.max(first.score, other.score);
  return evidence === undefined ? { ...first, score } : { ...first, score, evidence };
}

/** The greatest of each measure. Undefined when there is none at all. */
export function mergeEvidence(a: Evidence | undefined, b: Evidence | undefined): Evidence | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const merged: Evidence = { ...a };
  for (const [measure, value] of Object.entries(b)) {
    const known = merged[measure];
    if (value !== undefined && (known === undefined || value > known)) merged[measure] = value;
  }
  return merged;
}

/**
 * What a retriever returned, if it is what the contract says: a list of nodes with finite scores. Else
 * `malformed-response`, naming the retriever and the place.
 */
export function checkResults(found: unknown, retriever: string): readonly NodeWithScore[] {
  if (!Array.isArray(found)) throw malformed(retriever, 'its result', 'a list');
  found.forEach((item: unknown, at) => {
    const { node, score } = isObject(item) ? item : {};
    if (!isObject(node)) throw malformed(retriever, `result ${at}`, '{ node, score }');
    if (
      typeof node['type'] !== 'string' ||
      typeof node['id'] !== 'string' ||
      typeof node['text'] !== 'string'
    ) {
      throw malformed(retriever, `the node of result ${at}`, 'type, id and text as strings');
    }
    if (!isObject(node['metadata']))
      throw malformed(retriever, `the node of result ${at}`, 'metadata as an object');
    if (!Number.isFinite(score))
      throw malformed(retriever, `result ${at}`, `a finite score, not ${String(score)}`);
  });
  return found as readonly NodeWithScore[];
}

function malformed(retriever: string, place: string, expected: string): MortiseError {
  const message = `${retriever} returned something else than results: ${place} must have the shape of ${expected}.`;
  return new MortiseError('malformed-response', message);
}
