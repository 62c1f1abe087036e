import { checkVector, isFloat32Array } from '../vectors/vector.ts';
import { MortiseError } from '../errors.ts';
import { reading } from '../shared/options.ts';
import { MAX_METADATA_DEPTH, plainJson } from '../shared/plain-json.ts';
import { isObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { isPlainObject } from '../shared/canonical-json.ts';
import type { Node } from './contract.ts';

/**
 * The node as plain JSON: the same members, `embedding` as a list of numbers (a 32-bit float survives that exactly).
 * Members that are `undefined` are left out. Throws `invalid-request` for what is not JSON, or is nested deeper than
 * `MAX_METADATA_DEPTH` levels, and for an embedding that is not a vector.
 */
export function nodeToJson(node: Node): JsonObject {
  return readingNode(node, ({ embedding, ...rest }) => {
    const json = plainJson(rest, `The node '${node.id}'`, { depth: MAX_METADATA_DEPTH + 1 }) as JsonObject;
    if (embedding === undefined) return json;
    checkEmbedding(node.id, embedding);
    json['embedding'] = Array.from(embedding);
    return json;
  });
}

/** Throws what `nodeToJson` would throw: what every store refuses before it keeps a node. */
export function checkNode(node: Node): void {
  readingNode(node, ({ embedding, ...rest }) => {
    plainJson(rest, `The node '${node.id}'`, { depth: MAX_METADATA_DEPTH + 1 });
    if (embedding !== undefined) checkEmbedding(node.id, embedding);
  });
}

/** An empty one says that there is none yet. */
function checkEmbedding(id: string, embedding: unknown): void {
  if (!isFloat32Array(embedding) || embedding.length > 0)
    checkVector(embedding, `The embedding of node '${id}'`);
}

/** What a node's own getters throw is about the node. */
function readingNode<T>(node: Node, read: (node: Node) => T): T {
  return reading('The node', () => {
    if (isObject(node) && typeof node.id === 'string' && isObject(node.metadata)) return read(node);
    const message = 'A node is an object with an `id` that is a string, and `metadata` that are an object.';
    throw new MortiseError('invalid-request', message);
  });
}

/** The inverse of `nodeToJson`, also after a trip through text. Throws `validation`, naming the member. */
export function nodeFromJson(value: unknown): Node {
  return reading('What is to be a node', () => nodeOf(value));
}

function nodeOf(value: unknown): Node {
  if (!isObject(value)) throw invalid('The value', 'an object', value);
  for (const key of ['type', 'id', 'text'] as const) {
    if (typeof value[key] !== 'string') throw invalid(key, 'a string', value[key]);
  }
  const type = value['type'] as string;
  if (!KNOWN.has(type) && !type.includes(':')) {
    throw invalid('type', 'document, text, index or a name with a colon', type);
  }
  if (!isObject(value['metadata'])) throw invalid('metadata', 'an object', value['metadata']);
  if (type === 'index' && typeof value['indexId'] !== 'string') {
    throw invalid('indexId', 'a string', value['indexId']);
  }
  const { embedding, ...rest } = value;
  const node = plainJson(rest, 'This node', {
    depth: MAX_METADATA_DEPTH + 1,
    code: 'validation',
  }) as unknown as Node;
  if (embedding === undefined) return node;
  if (!Array.isArray(embedding) || !embedding.every((item) => typeof item === 'number')) {
    throw invalid('embedding', 'a list of numbers', embedding);
  }
  node.embedding = Float32Array.from(embedding);
  return node;
}

/** A node that shares nothing with the other: what is done to one does not reach the other. */
export function copyNode(node: Node): Node {
  const { embedding, ...rest } = node;
  const copy = copyJson(rest as JsonObject) as unknown as Node;
  if (embedding !== undefined) copy.embedding = embedding.slice();
  return copy;
}

const KNOWN: ReadonlySet<string> = new Set(['document', 'text', 'index']);

/** `structuredClone` takes five times as long for a node. What is not JSON is kept as it is. */
function copyJson<T extends JsonValue | undefined>(value: T, depth = 0): T {
  if (depth > MAX_METADATA_DEPTH + 1) {
    const message = `A node is nested deeper than ${MAX_METADATA_DEPTH} levels. Keep what is deeper elsewhere.`;
    throw new MortiseError('invalid-request', message);
  }
  if (Array.isArray(value)) return value.map((item) => copyJson(item, depth + 1)) as T;
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) return value;
  const copy: { [key: string]: unknown } = {};
  for (const key of Object.keys(value)) {
    const item = copyJson(value[key], depth + 1);
    // Assigning `__proto__` would set the prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: item, enumerable: true, writable: true, configurable: true });
    else if (item !== undefined) copy[key] = item;
  }
  return copy as T;
}

function invalid(member: string, expected: string, found: unknown): MortiseError {
  const what = found === undefined ? 'absent' : (JSON.stringify(found)?.slice(0, 40) ?? typeof found);
  const message = `This is not a node: ${member} is ${what}, where ${expected} belongs. Give what nodeToJson made.`;
  return new MortiseError('validation', message);
}
