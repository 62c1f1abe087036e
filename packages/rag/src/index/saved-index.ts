import { createHash } from 'node:crypto';
import { timeSlices, type TimeSlices } from '@mortise/core/call';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
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
 * The file: 16 bytes of name and version, three numbers of 32 bits (documents, rows, dimensions), the vectors as 32-bit
 * floats row by row, lines of JSON (the key; then each document with the number of its nodes, and its nodes behind it), and
 * the SHA-256 of everything before. Numbers are little-endian. In lines, since `JSON.parse` of a whole index is one step.
 */
const NAME = 'mortise-index ';
const VERSION = '04';
const HEAD_BYTES = 28;
const HASH_BYTES = 32;
/** What is written or hashed in one step. */
const STEP_BYTES = 2_097_152;
const STEP_CHARACTERS = 262_144;

/** The file in pieces of a few milliseconds. `key` is what the content depends on: see `IndexKey`. */
export function* encodeIndex(key: string, saved: SavedIndex): Generator<Uint8Array, void> {
  const hash = createHash('sha256');
  for (const piece of pieces(key, saved)) {
    hash.update(piece);
    yield piece;
  }
  yield hash.digest();
}

function* pieces(key: string, { documents, vectors }: SavedIndex): Generator<Uint8Array, void> {
  const dimensions = vectors[0]?.length ?? 0;
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(NAME + VERSION, 'latin1');
  for (const [at, number] of [documents.length, vectors.length, dimensions].entries())
    head.writeUInt32LE(number, 16 + at * 4);
  yield head;
  const rows = Math.max(1, Math.floor(STEP_BYTES / 4 / Math.max(1, dimensions)));
  for (let row = 0; row < vectors.length; row += rows)
    yield Buffer.concat(vectors.slice(row, row + rows).map((vector) => vectorToBytes(vector)));
  let lines = '';
  for (const line of linesOf(key, documents)) {
    lines += `${JSON.stringify(line)}\n`;
    if (lines.length < STEP_CHARACTERS) continue;
    yield Buffer.from(lines, 'utf8');
    lines = '';
  }
  yield Buffer.from(lines, 'utf8');
}

function* linesOf(key: string, documents: readonly IndexedDocument[]): Generator<object, void> {
  yield { key };
  for (const { nodes, ...document } of documents) {
    yield { ...document, nodes: nodes.length };
    for (const node of nodes) yield nodeToJson(node);
  }
}

/**
 * Gives the event loop its turns. Throws an `Error` whose message ends the sentence "The saved index is not used: ...", and
 * the reason of an aborted signal.
 */
export async function decodeIndex(key: string, bytes: Buffer, signal?: AbortSignal): Promise<SavedIndex> {
  if (bytes.length < HEAD_BYTES + HASH_BYTES || bytes.toString('latin1', 0, NAME.length) !== NAME) {
    throw new Error('it is not an index, or cut.');
  }
  const version = bytes.toString('latin1', NAME.length, 16);
  if (version !== VERSION) throw new Error(`it has format ${version}, this version reads ${VERSION}.`);
  const slices = timeSlices(signal);
  const end = bytes.length - HASH_BYTES;
  const hash = createHash('sha256');
  for (let at = 0; at < end; at += STEP_BYTES) {
    hash.update(bytes.subarray(at, Math.min(end, at + STEP_BYTES)));
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  if (!hash.digest().equals(bytes.subarray(end))) throw damaged();

  const [count, rows, dimensions] = [16, 20, 24].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const lineStart = HEAD_BYTES + rows * dimensions * 4;
  if (lineStart > end) throw damaged();
  const lines = linesIn(bytes.subarray(lineStart, end));
  const { key: savedKey } = lines.next().value as { key: string };
  if (savedKey !== key) throw new Error('it was made with another embedding model or other settings.');
  const documents: IndexedDocument[] = [];
  for (let at = 0; at < count; at++) documents.push(await documentIn(lines, slices));
  const vectors: Float32Array[] = [];
  for (let row = 0; row < rows; row++) {
    const start = HEAD_BYTES + row * dimensions * 4;
    const vector = bytesToVector(bytes.subarray(start, start + dimensions * 4));
    if (vector === undefined) throw damaged();
    vectors.push(vector);
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  return { documents, vectors };
}

async function documentIn(
  lines: Generator<unknown, undefined>,
  slices: TimeSlices,
): Promise<IndexedDocument> {
  const { nodes: count, ...document } = lines.next().value as Omit<IndexedDocument, 'nodes'> & {
    readonly nodes: number;
  };
  const nodes: Node[] = [];
  for (let at = 0; at < count; at++) {
    nodes.push(nodeFromJson(lines.next().value));
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  const turn = slices.turn();
  if (turn !== undefined) await turn;
  return { ...document, nodes };
}

function* linesIn(bytes: Buffer): Generator<unknown, undefined> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    yield JSON.parse(bytes.toString('utf8', start, end));
    start = end + 1;
  }
  throw damaged();
}

function damaged(): Error {
  return new Error('it is damaged.');
}
