import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { timeSlices } from '@mortise/core/call';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import { VectorRows } from './vector-rows.ts';

/** Nodes, and one row of `vectors` for each; of 0 dimensions where there is none. */
export interface SavedVectors {
  readonly nodes: readonly Node[];
  readonly vectors: VectorRows;
}

/*
 * The file: 16 bytes of name and version, rows and dimensions as numbers of 32 bits, the vectors as 32-bit floats row
 * by row, each node as a line of JSON, and the SHA-256 of everything before. Numbers are little-endian.
 */
const NAME = 'mortise-vectors';
const VERSION = '1';
const HEAD_BYTES = 24;
const HASH_BYTES = 32;
/** What is read, or made of nodes, at once: a few milliseconds. */
const BLOCK_BYTES = 4_194_304;
const BLOCK_NODES = 200;

/** The old file or the new one is there at any moment, never a part of either. */
export async function saveVectors(
  path: string,
  saved: SavedVectors,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      const hash = createHash('sha256');
      for (const part of parts(saved)) {
        signal?.throwIfAborted();
        hash.update(part);
        await file.writeFile(part);
      }
      await file.writeFile(hash.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    signal?.throwIfAborted();
    throw fileError(path, 'saved to', error);
  }
}

function* parts({ nodes, vectors }: SavedVectors): Iterable<Uint8Array> {
  const { dimensions, chunkRows } = vectors;
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(NAME + VERSION, 'latin1');
  head.writeUInt32LE(nodes.length, 16);
  head.writeUInt32LE(dimensions, 20);
  yield head;
  for (let row = 0; row < nodes.length && dimensions > 0; row += chunkRows) {
    const rows = Math.min(chunkRows, nodes.length - row);
    yield vectorToBytes(vectors.chunkOf(row).subarray(0, rows * dimensions));
  }
  for (let at = 0; at < nodes.length; at += BLOCK_NODES) {
    const lines = nodes.slice(at, at + BLOCK_NODES).map((node) => `${JSON.stringify(nodeToJson(node))}\n`);
    yield Buffer.from(lines.join(''), 'utf8');
  }
}

export async function loadVectors(path: string, signal: AbortSignal | undefined): Promise<SavedVectors> {
  try {
    signal?.throwIfAborted();
    const file = await open(path, 'r');
    try {
      return await read(file, path, signal);
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw fileError(path, 'loaded from', error);
  }
}

async function read(file: FileHandle, path: string, signal: AbortSignal | undefined): Promise<SavedVectors> {
  const { size } = await file.stat();
  const hash = createHash('sha256');
  const take = async (bytes: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(bytes);
    for (let at = 0; at < bytes;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, at, Math.min(BLOCK_BYTES, bytes - at));
      if (bytesRead === 0) throw unusable(path, 'it was cut');
      hash.update(buffer.subarray(at, at + bytesRead));
      at += bytesRead;
    }
    return buffer;
  };

  if (size < HEAD_BYTES + HASH_BYTES) throw unusable(path, 'it is not a saved store, or was cut');
  const head = await take(HEAD_BYTES);
  if (head.toString('latin1', 0, NAME.length) !== NAME) throw unusable(path, 'it is not a saved store');
  const version = head.toString('latin1', NAME.length, 16);
  if (version !== VERSION) {
    const message = `${path} has format ${version}, this version of @mortise/rag reads ${VERSION}. Update the package, or build the store again.`;
    throw new MortiseError('configuration', message);
  }
  const [rows, dimensions] = [head.readUInt32LE(16), head.readUInt32LE(20)];
  const lineBytes = size - HEAD_BYTES - HASH_BYTES - rows * dimensions * 4;
  if (lineBytes < 0) throw unusable(path, 'it was cut');
  const vectors = new VectorRows(dimensions);
  for (let row = 0; row < rows && dimensions > 0; row += vectors.chunkRows) {
    const bytes = await take(Math.min(vectors.chunkRows, rows - row) * dimensions * 4);
    const numbers = bytesToVector(bytes);
    if (numbers === undefined) throw unusable(path, 'it is damaged');
    vectors.set(row, numbers);
  }
  const lines = await take(lineBytes);
  const digest = hash.digest();
  const { buffer: written } = await file.read(Buffer.alloc(HASH_BYTES), 0, HASH_BYTES);
  if (!digest.equals(written)) throw unusable(path, 'it is damaged');

  const nodes: Node[] = [];
  const slices = timeSlices(signal);
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(0x0a, start);
    nodes.push(nodeFromJson(JSON.parse(lines.toString('utf8', start, end))));
    start = end + 1;
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  return { nodes, vectors };
}

function unusable(path: string, why: string): MortiseError {
  const message = `The vectors in ${path} cannot be used: ${why}. Take another copy, or build the store again.`;
  return new MortiseError('validation', message);
}

function fileError(path: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause)) return cause;
  const systemCode = (cause as { code?: unknown } | undefined)?.code;
  const reason = errorText(cause);
  const message = `The vectors could not be ${what} ${path}: ${reason}. Check the path, its permissions and the free space.`;
  return new MortiseError(systemCode === 'ENOENT' ? 'not-found' : 'internal', message, { cause });
}
