import { MortiseError } from '@mortise/core';
import { sha256Hex } from '@mortise/core/shared';
import { timeSlices } from '@mortise/core/call';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { copyNode, type Node } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';

/** Everything but the document that nodes and vectors depend on. */
export interface Recipe {
  readonly transforms: readonly Transform[];
  readonly embedding?: EmbeddingModel | undefined;
  readonly dimensions?: number | undefined;
}

/** Fields one after the other, each with its length, so that no two lists of fields run together. */
export function fingerprintOf(...fields: readonly string[]): string {
  return sha256Hex(fields.map(frame).join(''));
}

/** UTF-8 cannot tell lone surrogates apart, so they are escaped. */
function frame(field: string): string {
  const text = field.isWellFormed() ? field : JSON.stringify(field);
  return `${field.isWellFormed() ? '' : 'u'}${text.length}:${text}`;
}

/** What a document's version depends on besides the document: with another splitter or model, all are new versions. */
export function recipeFingerprint({ transforms, embedding, dimensions }: Recipe): string {
  const model =
    embedding === undefined
      ? ['', '', '']
      : [embedding.provider, embedding.model, String(dimensions ?? embedding.metadata.dimensions ?? '')];
  const steps = transforms.map(({ fingerprint }) =>
    fingerprint === undefined ? 'none' : `is ${fingerprint}`,
  );
  return fingerprintOf('mortise-recipe-1', ...model, ...steps);
}

/** `content` is the document's `nodeHash`. */
export function versionHash(content: string, recipe: string): string {
  return fingerprintOf('mortise-version-1', content, recipe);
}

/**
 * The nodes of one version, by ids that no other version has: `{id}@{beginning of the hash}`. Two versions can then
 * stand side by side while one takes the other's place, and links between nodes of a version stay within it.
 */
export async function versionNodes(
  nodes: readonly Node[],
  { id: documentId, content }: { readonly id: string; readonly content: string },
  hash: string,
  signal: AbortSignal | undefined,
): Promise<Node[]> {
  const slices = timeSlices(signal);
  const version = hash.slice(0, 12);
  const ids = new Map(nodes.map(({ id }) => [id, `${id}@${version}`]));
  if (ids.size < nodes.length) throw twoOfOneId(nodes, documentId);
  const moved = <Ref extends { readonly id: string }>(ref: Ref): Ref => ({
    ...ref,
    id: ids.get(ref.id) ?? ref.id,
  });
  const own: Node[] = [];
  for (const node of nodes) {
    const { source, previous, next, parent, children } = node.relationships ?? {};
    own.push({
      ...copyNode(node),
      id: ids.get(node.id) as string,
      relationships: {
        // Whatever the transforms said: it is what deletes and filters go by.
        source: source?.id === documentId ? source : { id: documentId, hash: content },
        ...(previous === undefined ? {} : { previous: moved(previous) }),
        ...(next === undefined ? {} : { next: moved(next) }),
        ...(parent === undefined ? {} : { parent: moved(parent) }),
        ...(children === undefined ? {} : { children: children.map(moved) }),
      },
    });
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  return own;
}

function twoOfOneId(nodes: readonly Node[], documentId: string): MortiseError {
  const seen = new Set<string>();
  const twice = nodes.find(({ id }) => seen.size === seen.add(id).size)?.id;
  const message = `Two nodes of ${documentId} have the id ${twice}. Give every node of a transform an id of its own.`;
  return new MortiseError('conflict', message);
}
