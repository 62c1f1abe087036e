import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson } from '@mortise/core/shared';
import { nodeToJson, type Node } from '@mortise/core/retriever';
import type { SourceRecord } from '@mortise/core/store';
import { SqliteDocumentStore } from '@mortise/stores';
import { HashEmbedding } from '@mortise/core/testing';
import { openIndex } from '@mortise/rag';
import type { Kind } from './kinds.ts';
import { DIMENSIONS } from './settings.ts';
import { openVectors, type VectorsOnDisk } from './vectors-on-disk.ts';
import { wholeness } from './wholeness.ts';

export interface IndexOnDisk extends AsyncDisposable {
  readonly documents: SqliteDocumentStore;
  readonly vectors: VectorsOnDisk;
}

export function openIndexOnDisk(folder: string, kind: Kind): IndexOnDisk {
  const documents = new SqliteDocumentStore({ path: join(folder, 'documents.sqlite') });
  const vectors = openVectors(kind, folder);
  return {
    documents,
    vectors,
    async [Symbol.asyncDispose]() {
      documents.close();
      await vectors.close();
    },
  };
}

export interface Dump {
  readonly records: number;
  readonly nodes: number;
  readonly sha256: string;
}

/** Everything in both stores, in one order: records, nodes and vectors. */
export async function dump(folder: string, kind: Kind): Promise<Dump> {
  await using index = openIndexOnDisk(folder, kind);
  const records = await recordsOf(index);
  const nodes = [];
  for await (const node of index.documents.iterate()) nodes.push(node);
  nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
  const hash = createHash('sha256');
  for (const record of records) hash.update(`${canonicalJson(record)}\n`);
  for (const node of nodes) hash.update(`${canonicalJson(nodeToJson(node))}\n`);
  for (const { node, embedding } of await index.vectors.all())
    hash.update(`${canonicalJson(nodeToJson({ ...node, embedding }))}\n`);
  if (kind === 'index in stores')
    for (const [id, score] of await byWords(index)) hash.update(`${id} ${score.toFixed(9)}\n`);
  return { records: records.length, nodes: nodes.length, sha256: hash.digest('hex') };
}

/**
 * What a reader would find wrong: a document of which a node that counts is missing in one of the stores, or has
 * another version than its neighbours; a node in a store that no record names. Empty: all is well.
 */
export async function flaws(folder: string, kind: Kind): Promise<string[]> {
  await using index = openIndexOnDisk(folder, kind);
  const found: string[] = [];
  const inVectors = new Set((await index.vectors.all()).map(({ node }) => node.id));
  const named = new Set<string>();
  const counted: Node[] = [];
  for (const { sourceId, hash, nodeIds, strayIds = [] } of await recordsOf(index)) {
    for (const id of [...nodeIds, ...strayIds]) named.add(id);
    const nodes = (await index.documents.getMany(nodeIds)).filter((node) => node !== undefined);
    const isWhole = nodes.length === nodeIds.length && nodeIds.every((id) => inVectors.has(id));
    if (!isWhole) found.push(`${sourceId} has lost a node`);
    if (nodeIds.some((id) => !id.endsWith(`@${hash.slice(0, 12)}`)))
      found.push(`${sourceId} is of two versions`);
    counted.push(...nodes);
  }
  found.push(...wholeness(counted));
  for (const id of inVectors) if (!named.has(id)) found.push(`${id} belongs to no document`);
  if (kind === 'index in stores') {
    const words = new Set((await byWords(index)).map(([id]) => id));
    for (const { id } of counted) if (!words.delete(id)) found.push(`${id} is not found by its words`);
    for (const id of words) found.push(`${id} is found by its words and does not count`);
  }
  return found;
}

/** Everything, since every node has the word; in the order of the ids. */
async function byWords({ documents, vectors }: IndexOnDisk): Promise<[id: string, score: number][]> {
  const embedding = new HashEmbedding({ dimensions: DIMENSIONS });
  const index = await openIndex({ embedding, documents, vectors: vectors.store });
  const retriever = index.retriever({ topK: 1_000_000, weights: { bm25: 1, vector: 0 } });
  const found = await retriever.retrieve('says little');
  const ids = found.map(({ node, evidence }): [string, number] => [node.id, evidence?.bm25 ?? 0]);
  return ids.sort(([a], [b]) => (a < b ? -1 : 1));
}

async function recordsOf({ documents }: IndexOnDisk): Promise<SourceRecord[]> {
  const records = [];
  for await (const record of documents.sources()) records.push(record);
  return records.sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
