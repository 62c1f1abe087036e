import { MortiseError } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { isPlainObject } from './canonical-json.ts';
import type { Node } from './node.ts';

/**
 * The node as plain JSON: the same members, `embedding` as a list of numbers (a 32-bit float survives that exactly).
 * Members that are `undefined` are left out.
 */
export function nodeToJson(node: Node): JsonObject {
  const { embedding, ...rest } = node;
  const json = copyJson(rest as JsonObject);
  if (embedding !== undefined) json['embedding'] = Array.from(embedding);
  return json;
}

/** The inverse of `nodeToJson`, also after a trip through text. Throws `validation`, naming the member. */
export function nodeFromJson(value: unknown): Node {
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
  const node = copyJson(rest as JsonObject) as unknown as Node;
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
function copyJson<T extends JsonValue | undefined>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => copyJson(item)) as T;
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) return value;
  const copy: { [key: string]: unknown } = {};
  for (const key of Object.keys(value)) {
    const item = copyJson(value[key]);
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
