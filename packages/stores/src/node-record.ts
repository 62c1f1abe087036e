import { MortiseError, type JsonObject } from '@mortise/core';
import { throwIfAborted, timeSlices } from '@mortise/core/call';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import { checkNode, nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import { MAX_METADATA_DEPTH, plainJson } from '@mortise/core/shared';
import type { SourceRecord, StoreOptions } from '@mortise/core/store';

/** A node as a store keeps it: its JSON, and its vector as bytes, a quarter of what numbers take as text. */
export interface NodeRecord {
  readonly json: JsonObject;
  readonly embedding?: Uint8Array;
}

export function encodeNode(node: Node): NodeRecord {
  checkNode(node);
  const { embedding, ...rest } = node;
  const json = nodeToJson(rest);
  return embedding === undefined || embedding.length === 0
    ? { json }
    : { json, embedding: vectorToBytes(embedding.slice()) };
}

export function decodeNode(json: unknown, embedding: Uint8Array | undefined): Node {
  const node = nodeFromJson(json);
  const vector = embedding === undefined ? undefined : bytesToVector(embedding);
  if (vector !== undefined) node.embedding = vector;
  return node;
}

/** A copy of what a store keeps. */
export function copyRecord(record: SourceRecord): SourceRecord {
  return plainJson(record, `The record of '${record.sourceId}'`, { depth: MAX_METADATA_DEPTH + 1 });
}

/** A record as it was kept; `validation` for what is none any more. */
export function decodeRecord(value: unknown): SourceRecord {
  const record = (value ?? {}) as Partial<Record<keyof SourceRecord, unknown>>;
  const { sourceId, hash, nodeIds, strayIds = [] } = record;
  if (typeof sourceId === 'string' && typeof hash === 'string' && isIds(nodeIds) && isIds(strayIds))
    return value as SourceRecord;
  const message =
    'The store holds a record of a source that is none. It is damaged: take another copy, or build it again.';
  throw new MortiseError('validation', message);
}

function isIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

/** Every node that a record names: those that count and those that are to go. */
export function nodesOf({ nodeIds, strayIds = [] }: SourceRecord): string[] {
  return [...new Set([...nodeIds, ...strayIds])];
}

/** Nodes that are copied when a call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;

/** What is made of each node; of two nodes with one id the last one counts. It refuses them all with one that is none. */
export async function eachById<T>(
  nodes: readonly Node[],
  { signal }: StoreOptions,
  make: (id: string, record: NodeRecord) => T,
): Promise<T[]> {
  throwIfAborted(signal);
  const slices = timeSlices(signal);
  const made = new Map<string, T>();
  for (const [at, node] of nodes.entries()) {
    const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
    if (turn !== undefined) await turn;
    made.set(node.id, make(node.id, encodeNode(node)));
  }
  return [...made.values()];
}
