import { createHash } from 'node:crypto';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import type { JsonObject } from '@mortise/core';
import { nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import type { ItemState } from '@mortise/core/store';

/** One document as the index remembers it. */
export interface IndexedDocument {
  readonly id: string;
  /** Of the version: the document, and what was made of it how. */
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** As in its `SourceRecord`. */
  readonly item?: string;
  readonly read?: ItemState;
}

export interface SavedIndex {
  readonly documents: readonly IndexedDocument[];
  /** One row a node, in the order of the documents and their nodes. */
  readonly vectors: readonly Float32Array[];
}

/*
 * The file: 16 bytes of name and version, three numbers of 32 bits (bytes of JSON, rows, dimensions), the JSON, zeros
 * up to a multiple of 4, the vectors as 32-bit floats, and the SHA-256 of everything before. Numbers are little-endian.
 */
const NAME = 'mortise-index ';
const VERSION = '03';
const HEAD_BYTES = 28;
const HASH_BYTES = 32;

/** `key` is what the content depends on: see `IndexKey`. */
export function encodeIndex(key: string, { documents, vectors }: SavedIndex): Uint8Array {
  const json = Buffer.from(JSON.stringify({ key, documents: documents.map(toJson) }), 'utf8');
  const dimensions = vectors[0]?.length ?? 0;
  const vectorStart = HEAD_BYTES + Math.ceil(json.length / 4) * 4;
  const bytes = Buffer.alloc(vectorStart + vectors.length * dimensions * 4 + HASH_BYTES);
  bytes.write(NAME + VERSION, 'latin1');
  for (const [at, number] of [json.length, vectors.length, dimensions].entries())
    bytes.writeUInt32LE(number, 16 + at * 4);
  json.copy(bytes, HEAD_BYTES);
  for (const [row, vector] of vectors.entries())
    bytes.set(vectorToBytes(vector), vectorStart + row * dimensions * 4);
  bytes.set(hashOf(bytes.subarray(0, -HASH_BYTES)), bytes.length - HASH_BYTES);
  return bytes;
}

/** Throws an `Error` whose message ends the sentence "The saved index is not used: ...". */
export function decodeIndex(key: string, bytes: Buffer): SavedIndex {
  if (bytes.length < HEAD_BYTES + HASH_BYTES || bytes.toString('latin1', 0, NAME.length) !== NAME) {
    throw new Error('it is not an index, or cut.');
  }
  const version = bytes.toString('latin1', NAME.length, 16);
  if (version !== VERSION) throw new Error(`it has format ${version}, this version reads ${VERSION}.`);
  if (!hashOf(bytes.subarray(0, -HASH_BYTES)).equals(bytes.subarray(-HASH_BYTES)))
    throw new Error('it is damaged.');

  const [jsonBytes, rows, dimensions] = [16, 20, 24].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const vectorStart = HEAD_BYTES + Math.ceil(jsonBytes / 4) * 4;
  const { key: savedKey, documents } = JSON.parse(
    bytes.toString('utf8', HEAD_BYTES, HEAD_BYTES + jsonBytes),
  ) as {
    key: string;
    documents: (Omit<IndexedDocument, 'nodes'> & { nodes: JsonObject[] })[];
  };
  if (savedKey !== key) throw new Error('it was made with another embedding model or other settings.');
  const vectors = Array.from({ length: rows }, (_, row) => {
    const start = vectorStart + row * dimensions * 4;
    const vector = bytesToVector(bytes.subarray(start, start + dimensions * 4));
    if (vector === undefined) throw new Error('it is damaged.');
    return vector;
  });
  return { documents: documents.map((one) => ({ ...one, nodes: one.nodes.map(nodeFromJson) })), vectors };
}

function toJson({ nodes, ...document }: IndexedDocument): object {
  return { ...document, nodes: nodes.map(nodeToJson) };
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
