import { LITTLE_ENDIAN } from '../shared/endian.ts';
import { isObject } from '../shared/json.ts';
import type { About, ReadingAttempt } from './about.ts';
import { countParts, parseJson, readJson } from './body.ts';
import { readReplyBytes } from './reply-bytes.ts';
import { VectorScanner, type NodeBuffers } from './vector-scanner.ts';

/**
 * As {@link readJson}, with the base64 strings of every member named `member` (Float32, little-endian) as the vectors
 * they stand for: views on one buffer for the whole reply, decoded as its bytes come in. A reply of 2,048 vectors is
 * 17 MB of such strings, and parsing them as JSON would be most of the work. What is not plainly one of them stays as
 * it is, for the caller to judge.
 */
export async function readJsonVectors(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
  member = 'embedding',
): Promise<Record<string, unknown>> {
  const { Buffer } = globalThis as { Buffer?: NodeBuffers };
  const { body } = response;
  if (Buffer === undefined || !LITTLE_ENDIAN || body === null) return readJson(response, attempt, about);
  const scanner = new VectorScanner(Buffer, member, MARK, contentLength(response.headers));
  const count = countParts(about);
  await readReplyBytes(response, attempt, about, (bytes) => {
    count(bytes);
    scanner.push(bytes);
  });
  const { rest, vectors } = scanner.end();
  const value = parseJson(rest, response, about);
  if (vectors.length > 0) putBack(value, member, vectors);
  return value;
}

/** Undefined where it is not told, or is that of a compressed body. */
function contentLength(headers: Headers): number | undefined {
  const length = headers.get('content-length') ?? '';
  return headers.has('content-encoding') || !/^\d{1,15}$/.test(length) ? undefined : Number(length);
}

/** In place. A reviver would be called for every number, and costs more than the rest. */
function putBack(value: unknown, member: string, vectors: readonly Float32Array[], depth = 0): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') putBack(item, member, vectors, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  for (const key in value) {
    const held = value[key];
    if (typeof held === 'object') putBack(held, member, vectors, depth + 1);
    else if (key === member && typeof held === 'string' && held.startsWith(MARK))
      value[key] = vectors[Number(held.slice(MARK.length))];
  }
}

/** No reply has its vectors deeper. */
const DEEPEST = 20;

/** Stands for a vector while the rest is parsed. Not to be foreseen, so that no reply can hold one. */
const MARK = `${Math.random().toString(36).slice(2, 12)}:`;
