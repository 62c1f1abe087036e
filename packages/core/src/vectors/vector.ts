import { LITTLE_ENDIAN } from '../shared/endian.ts';
import { reading } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';

/**
 * The one check of a vector that comes from outside: a `Float32Array`, of any realm, with at least one number, all of
 * them finite. Anything else is `invalid-request`, in a sentence that begins with `what`. A list of numbers is refused
 * too: a store that keeps what it was given would need the converted one, and one that forgot to would be of no use.
 */
export function checkVector(vector: unknown, what: string): asserts vector is Float32Array {
  if (!isFloat32Array(vector))
    throw reading(what, () => invalid(`${what} is ${kindOf(vector)}. ${remedyFor(vector)}`));
  if (vector.length === 0) throw invalid(`${what} is empty.`);
  if (isFiniteVector(vector)) return;
  const number = vector.find((x) => !Number.isFinite(x));
  throw invalid(`${what} holds ${number}; it takes finite numbers only.`);
}

/** Not by `instanceof`: it may come from another realm, and an object may have its prototype and no numbers. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Float32Array';
}

/**
 * x - x is 0 for every finite number and NaN for the others, which no sum loses: without a branch for each. Four at a step: a
 * first list of vectors is over before the engine has compiled this to the end, and till then a step costs more than what is
 * done in it.
 */
export function isFiniteVector(vector: Float32Array): boolean {
  let sum = 0;
  let i = vector.length;
  while (i % 4 > 0) sum += vector[--i]! - vector[i]!;
  while (i > 0) {
    sum += vector[--i]! - vector[i]! + (vector[--i]! - vector[i]!);
    sum += vector[--i]! - vector[i]! + (vector[--i]! - vector[i]!);
  }
  return sum === 0;
}

/**
 * The vector with length 1, so that its inner product with another such one is their cosine; one of zeros stays that. A
 * vector of its own, or `into` with its numbers from `offset` on.
 */
export function unitVector(
  vector: Float32Array,
  into: Float32Array = new Float32Array(vector.length),
  offset = 0,
): Float32Array {
  let squares = 0;
  // By index: an iterator, and `map`, take several times as long.
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < vector.length; i++) into[offset + i] = vector[i]! / length;
  return into;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? `of type ${tagOf(value)}` : `of type ${typeof value}`;
}

/** Whole numbers are what quantised vectors are made of, and stand for others: they are not to be taken as they are. */
function remedyFor(value: unknown): string {
  const hasNumbers = Array.isArray(value) || (ArrayBuffer.isView(value) && tagOf(value) === 'Float64Array');
  return hasNumbers
    ? 'A vector is a Float32Array: make one by Float32Array.from(numbers).'
    : 'A vector is a Float32Array, as an embedding model gives it.';
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}

/**
 * The vector as little-endian Float32 bytes: a view of it where the machine is little-endian, as nearly all are. What is
 * no vector, a list of numbers too, is `invalid-request`: its bytes could not be read again.
 */
export function vectorToBytes(vector: Float32Array): Uint8Array {
  checkVector(vector, 'The vector');
  if (LITTLE_ENDIAN) return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i]!, true);
  return new Uint8Array(view.buffer);
}

/**
 * A vector of its own, or undefined for what cannot be one: no bytes, a torn length, a number that is not finite. Bytes
 * that nobody else has (`isOwn`) become the vector without a copy, where they are aligned.
 */
export function bytesToVector(bytes: unknown, isOwn = false): Float32Array | undefined {
  if (!ArrayBuffer.isView(bytes) || bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) return undefined;
  if (isOwn && LITTLE_ENDIAN && bytes.byteOffset % 4 === 0) {
    const view = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return isFiniteVector(view) ? view : undefined;
  }
  // Aligned, wherever the bytes stood in their buffer.
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const vector = new Float32Array(copy.buffer);
  if (!LITTLE_ENDIAN) {
    const view = new DataView(copy.buffer);
    for (let i = 0; i < vector.length; i++) vector[i] = view.getFloat32(i * 4, true);
  }
  return isFiniteVector(vector) ? vector : undefined;
}
