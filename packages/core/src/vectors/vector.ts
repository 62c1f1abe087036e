import { MortiseError } from '../errors.ts';

/**
 * The one check of a vector that comes from outside: a `Float32Array`, of any realm, with at least one number, all of
 * them finite. Anything else is `invalid-request`, in a sentence that begins with `what`. A list of numbers is refused
 * too: a store that keeps what it was given would need the converted one, and one that forgot to would be of no use.
 */
export function checkVector(vector: unknown, what: string): asserts vector is Float32Array {
  if (!isFloat32Array(vector)) throw invalid(`${what} is ${kindOf(vector)}. ${remedyFor(vector)}`);
  if (vector.length === 0) throw invalid(`${what} is empty.`);
  if (isFiniteVector(vector)) return;
  const number = vector.find((x) => !Number.isFinite(x));
  throw invalid(`${what} holds ${number}; it takes finite numbers only.`);
}

/** Not by `instanceof`: it may come from another realm, and an object may have its prototype and no numbers. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Float32Array';
}

/** x - x is 0 for every finite number and NaN for the others, which no sum loses: without a branch for each. */
export function isFiniteVector(vector: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i]!;
    sum += x - x;
  }
  return sum === 0;
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
