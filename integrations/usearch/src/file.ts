import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import { systemCode } from '@mortise/core/store';
import { unusable } from './errors.ts';

/** What one file holds: nodes, and a label and a row of `vectors` for each. */
export interface Content {
  readonly nodes: readonly Node[];
  readonly labels: readonly number[];
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

/*
 * The file: 16 bytes of name and version, rows and dimensions as numbers of 32 bits, the SHA-256 of the graph's file or
 * zeros, the vectors as 32-bit floats row by row, for each row a line of JSON with its label and its node, and the
 * SHA-256 of everything before. Numbers are little-endian. The graph stands beside it in a file of usearch's own, named
 * after its hash. usearch takes any file for a graph, and memory for what it reads there: it gets none but this one.
 */
const NAME = 'mortise-usearch';
const VERSION = '1';
const HEAD_BYTES = 56;
const HASH_BYTES = 32;
const NO_GRAPH = /* @__PURE__ */ Buffer.alloc(HASH_BYTES);
const BLOCK_BYTES = 8_388_608;
const BLOCK_NODES = 500;

/**
 * Writes the content, and before it the graph; the old ones stay in their place until the new ones are whole. `take`
 * is called once: it writes the graph of this moment to the path that it is given, if there is a graph, and gives the
 * content of the same moment.
 */
export async function saveContent(
  path: string,
  take: (graph: string) => { readonly content: Content; readonly hasGraph: boolean },
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const temporaryGraph = `${temporary}.graph`;
  try {
    const { content, hasGraph } = take(temporaryGraph);
    const graph = hasGraph ? await hashOfFile(temporaryGraph, signal) : NO_GRAPH;
    await write(temporary, content, graph, signal);
    signal?.throwIfAborted();
    if (hasGraph) {
      await synced(temporaryGraph);
      await rename(temporaryGraph, graphPath(path, graph));
    }
    await rename(temporary, path);
    await removeOldGraphs(path, graph);
  } catch (error) {
    await Promise.all([temporary, temporaryGraph].map((file) => rm(file, { force: true })));
    throw error;
  }
}

async function write(
  path: string,
  content: Content,
  graph: Buffer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    for (const part of parts(content, graph)) {
      signal?.throwIfAborted();
      hash.update(part);
      await file.writeFile(part);
    }
    await file.writeFile(hash.digest());
    await file.sync();
  } finally {
    await file.close();
  }
}

function* parts({ nodes, labels, vectors, dimensions }: Content, graph: Buffer): Iterable<Uint8Array> {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(NAME + VERSION, 'latin1');
  head.writeUInt32LE(nodes.length, 16);
  head.writeUInt32LE(dimensions, 20);
  graph.copy(head, 24);
  yield head;
  for (let at = 0; at < vectors.length; at += BLOCK_BYTES / 4)
    yield vectorToBytes(vectors.subarray(at, at + BLOCK_BYTES / 4));
  for (let at = 0; at < nodes.length; at += BLOCK_NODES) {
    const lines = nodes
      .slice(at, at + BLOCK_NODES)
      .map((node, i) => `${JSON.stringify([labels[at + i], nodeToJson(node)])}\n`);
    yield Buffer.from(lines.join(''), 'utf8');
  }
}

/** Undefined when nothing was saved yet. `graph` is the hash of the graph's file, for `savedGraph`. */
export async function loadContent(path: string): Promise<(Content & { readonly graph: Buffer }) | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return await read(file, path);
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, path: string): Promise<Content & { readonly graph: Buffer }> {
  const { size } = await file.stat();
  const take = async (bytes: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(bytes);
    for (let at = 0; at < bytes;) {
      const { bytesRead } = await file.read(buffer, at, Math.min(BLOCK_BYTES, bytes - at));
      if (bytesRead === 0) throw unusable(path, 'it was cut');
      at += bytesRead;
    }
    return buffer;
  };

  if (size < HEAD_BYTES + HASH_BYTES) throw unusable(path, 'it is not a saved store, or was cut');
  const head = await take(HEAD_BYTES);
  if (head.toString('latin1', 0, NAME.length) !== NAME) throw unusable(path, 'it is not a saved store');
  const version = head.toString('latin1', NAME.length, 16);
  if (version !== VERSION) {
    const message = `${path} has format ${version}, this version of @mortise/usearch reads ${VERSION}. Update the package, or build the store again.`;
    throw new MortiseError('configuration', message);
  }
  const [rows, dimensions] = [head.readUInt32LE(16), head.readUInt32LE(20)];
  const lineBytes = size - HEAD_BYTES - HASH_BYTES - rows * dimensions * 4;
  if (lineBytes < 0) throw unusable(path, 'it was cut');
  const vectors = await take(rows * dimensions * 4);
  const lines = await take(lineBytes);
  const hash = createHash('sha256').update(head).update(vectors).update(lines).digest();
  if (!hash.equals(await take(HASH_BYTES))) throw unusable(path, 'it is damaged');

  const nodes: Node[] = [];
  const labels: number[] = [];
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(0x0a, start);
    const [label, node] = JSON.parse(lines.toString('utf8', start, end)) as [number, unknown];
    labels.push(label);
    nodes.push(nodeFromJson(node));
    start = end + 1;
  }
  const numbers = bytesToVector(vectors) ?? new Float32Array(0);
  return { nodes, labels, vectors: numbers, dimensions, graph: head.subarray(24) };
}

/** The path of the graph that was saved with the content at `path`; undefined where it is missing or not whole. */
export async function savedGraph(path: string, graph: Buffer): Promise<string | undefined> {
  if (graph.equals(NO_GRAPH)) return undefined;
  const file = graphPath(path, graph);
  try {
    return (await hashOfFile(file)).equals(graph) ? file : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function hashOfFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { signal })) hash.update(part as Buffer);
  return hash.digest();
}

const GRAPH = /^[0-9a-f]{16}\.graph$/;

function graphPath(path: string, hash: Buffer): string {
  return `${path}.${hash.toString('hex', 0, 8)}.graph`;
}

async function removeOldGraphs(path: string, hash: Buffer): Promise<void> {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  const current = basename(graphPath(path, hash));
  const old = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && GRAPH.test(name.slice(prefix.length)) && name !== current,
  );
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
