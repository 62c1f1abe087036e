import { connectionIsFree } from '../call/timers.ts';
import { isObject } from '../json.ts';
import { parseJson, readJson, type About, type ReadingAttempt } from './body.ts';

/** What is used of Node's `Buffer`, where there is one. */
interface NodeBuffers {
  from(bytes: ArrayBuffer): {
    write(text: string, at: number, encoding: 'base64'): number;
    toString(encoding: 'latin1'): string;
  };
  from(text: string, encoding: 'latin1'): Uint8Array;
}

/** Where the base64 of one vector stands in the text, without its quotes. */
interface Slot {
  readonly from: number;
  readonly to: number;
  /** Of the vector. */
  readonly bytes: number;
}

/** Shorter strings are as quick to read as JSON. */
const SHORTEST = 64;

/**
 * As {@link readJson}, with the base64 strings of every member named `member` (Float32, little-endian) as the vectors
 * they stand for: views on one buffer for the whole reply, without a copy in between. A reply of 2,048 vectors is 17 MB
 * of such strings, and parsing them as JSON would be most of the work. What is not plainly one of them stays as it is,
 * for the caller to judge.
 */
export async function readJsonVectors(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
  member = 'embedding',
): Promise<Record<string, unknown>> {
  const { Buffer } = globalThis as { Buffer?: NodeBuffers };
  if (Buffer === undefined || !LITTLE_ENDIAN) return readJson(response, attempt, about);
  attempt.touch();
  attempt.replied?.(response.headers);
  const bytes = await response.arrayBuffer();
  await connectionIsFree();
  // One character a byte, which the engine keeps outside its heap: a string of UTF-8 would fill the young generation.
  const text = Buffer.from(bytes).toString('latin1');
  // Given back now and not when it is collected: replies would pile up.
  bytes.transfer(0);
  const found = findSlots(text, member);
  const vectors = decode(text, found, Buffer);
  const rest = Buffer.from(withoutSlots(text, vectors === undefined ? [] : found), 'latin1');
  const value = parseJson(new TextDecoder().decode(rest), response, about);
  if (vectors !== undefined) putBack(value, member, vectors);
  return value;
}

/** In place. A reviver would be called for every number, and costs more than the rest. */
function putBack(value: unknown, member: string, vectors: readonly Float32Array[]): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') putBack(item, member, vectors);
    return;
  }
  if (!isObject(value)) return;
  for (const key in value) {
    const held = value[key];
    if (typeof held === 'object') putBack(held, member, vectors);
    else if (key === member && typeof held === 'string' && held.startsWith(MARK))
      value[key] = vectors[Number(held.slice(MARK.length))];
  }
}

const LITTLE_ENDIAN = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Uint16Array.of(1).buffer)[0] === 1;

/** Stands for a vector while the rest is parsed. Not to be foreseen, so that no reply can hold one. */
const MARK = `${Math.random().toString(36).slice(2, 12)}:`;

/**
 * In JSON `"name"` is a string of its own wherever it stands, unless a backslash is before it: within a string a quote
 * is escaped. What is no JSON is found when the rest is parsed.
 */
function findSlots(text: string, member: string): Slot[] {
  const slots: Slot[] = [];
  const name = JSON.stringify(member);
  const value = /\s*:\s*"/y;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at)) {
    const escaped = text[at - 1] === '\\';
    value.lastIndex = at += name.length;
    if (escaped || !value.test(text)) continue;
    const from = value.lastIndex;
    const to = text.indexOf('"', from);
    if (to === -1) break;
    at = to;
    const bytes = decodedLength(text, from, to);
    if (to - from >= SHORTEST && bytes % 4 === 0) slots.push({ from, to, bytes });
  }
  return slots;
}

function decodedLength(text: string, from: number, to: number): number {
  const padding = text.endsWith('==', to) ? 2 : text.endsWith('=', to) ? 1 : 0;
  return Math.floor(((to - padding - from) * 3) / 4);
}

/** Undefined when one of them is not base64: what cannot be decoded comes out shorter. */
function decode(text: string, slots: readonly Slot[], Buffer: NodeBuffers): Float32Array[] | undefined {
  const buffer = new ArrayBuffer(slots.reduce((sum, { bytes }) => sum + bytes, 0));
  const target = Buffer.from(buffer);
  const vectors: Float32Array[] = [];
  let at = 0;
  for (const { from, to, bytes } of slots) {
    if (target.write(text.slice(from, to), at, 'base64') !== bytes) return undefined;
    vectors.push(new Float32Array(buffer, at, bytes / 4));
    at += bytes;
  }
  return vectors;
}

function withoutSlots(text: string, slots: readonly Slot[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [index, { from, to }] of slots.entries()) {
    parts.push(text.slice(at, from), MARK, String(index));
    at = to;
  }
  parts.push(text.slice(at));
  return parts.join('');
}
