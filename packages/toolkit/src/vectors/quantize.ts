import { MortiseError } from '@mortise/core';
import { reading, wholeNumber } from '@mortise/core/shared';
import { similarity, type SimilarityMode } from '@mortise/core/embedding';

/**
 * A vector in a quarter of its bytes. `values[i] * scale` is within `scale / 2` of the number it stands for, and
 * `scale` is the largest magnitude divided by 127: of the largest number, each is off by 0.4 % at most. A cosine moves
 * by at most twice the sum of both vectors' relative errors; 1,536 normal numbers are off by 0.8 % of their length, and
 * their cosines by 0.0003 (the standard deviation).
 */
export interface Int8Vector {
  readonly values: Int8Array;
  /** Above 0, also for a vector of zeros. */
  readonly scale: number;
}

/** Symmetric: 0 stays 0. Throws `invalid-request` for a number that is not finite. */
export function quantizeInt8(vector: ArrayLike<number>): Int8Vector {
  return reading('A vector', () => {
    let largest = 0;
    for (let i = 0; i < vector.length; i++) {
      const x = vector[i]!;
      if (x - x !== 0) throw notFinite(x);
      largest = Math.max(largest, Math.abs(x));
    }
    const scale = largest / 127;
    const values = new Int8Array(vector.length);
    // A largest number next to nothing would divide by zero; such a vector is one of zeros.
    if (scale === 0) return { values, scale: 1 };
    for (let i = 0; i < vector.length; i++) values[i] = Math.round(vector[i]! / scale);
    return { values, scale };
  });
}

/** The numbers that `quantized` stands for. */
export function dequantizeInt8(quantized: Int8Vector): Float32Array {
  return reading('A vector', () => {
    const { values, scale } = quantized;
    return Float32Array.from(values, (value) => value * scale);
  });
}

/** {@link similarity} of two quantised vectors. For `cosine` and `dot` nothing is unpacked. */
export function int8Similarity(a: Int8Vector, b: Int8Vector, mode: SimilarityMode = 'cosine'): number {
  return reading('A vector', () => {
    if (mode === 'cosine') return similarity(a.values, b.values, mode);
    if (mode === 'dot') return similarity(a.values, b.values, mode) * a.scale * b.scale;
    return similarity(dequantizeInt8(a), dequantizeInt8(b), mode);
  });
}

/**
 * One bit a number, set where it is above 0: a 32nd of the bytes. The first number is the highest bit of the first byte,
 * as in `numpy.packbits` and Cohere's `ubinary`; what is missing to a whole byte is 0. Lengths are lost, and angles are
 * estimates: see {@link binarySimilarity}.
 */
export function quantizeBinary(vector: ArrayLike<number>): Uint8Array {
  return reading('A vector', () => {
    const bits = new Uint8Array(Math.ceil(vector.length / 8));
    for (let i = 0; i < vector.length; i++) {
      const x = vector[i]!;
      if (x - x !== 0) throw notFinite(x);
      if (x > 0) bits[i >> 3]! |= 0x80 >> (i & 7);
    }
    return bits;
  });
}

/** In how many bits two packed vectors differ. Different lengths are `invalid-request`. */
export function hammingDistance(a: Uint8Array, b: Uint8Array): number {
  return reading('A vector', () => {
    if (a.length !== b.length) {
      const message = `Vectors of ${a.length} and ${b.length} bytes cannot be compared. Quantise both from one model.`;
      throw new MortiseError('invalid-request', message);
    }
    let distance = 0;
    for (let i = 0; i < a.length; i++) distance += BITS[a[i]! ^ b[i]!]!;
    return distance;
  });
}

/**
 * The cosine that two binary vectors of `dimensions` numbers speak for: the share of bits that differ is the angle's
 * share of a half turn (Charikar 2002). For numbers of random sign the estimate's standard deviation is at most
 * π / (2 √dimensions): 0.04 for 1,536, 0.1 for 256. Good for finding candidates that are then compared in full.
 */
export function binarySimilarity(a: Uint8Array, b: Uint8Array, dimensions: number): number {
  return reading('A vector', () => {
    if (Math.ceil(dimensions / 8) !== a.length) {
      const message = `${a.length} bytes are not the bits of ${dimensions} numbers.`;
      throw new MortiseError('invalid-request', message);
    }
    return Math.cos((Math.PI * hammingDistance(a, b)) / dimensions);
  });
}

/** Set bits of each byte. */
const BITS = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
});

/**
 * The first `dimensions` numbers, brought to length 1 again: a shorter vector of a model that was trained for it
 * (Matryoshka representation learning, Kusupati et al. 2022). Of any other model the result means little. A vector of
 * zeros stays one.
 */
export function shorten(vector: ArrayLike<number>, dimensions: number): Float32Array {
  return reading('A vector', () => {
    wholeNumber('dimensions', dimensions, { most: vector.length, code: 'invalid-request' });
    const short = new Float64Array(dimensions);
    for (let i = 0; i < dimensions; i++) short[i] = vector[i]!;
    const norm = Math.hypot(...chunked(short));
    if (norm - norm !== 0) throw notFinite(norm);
    return Float32Array.from(short, (x) => (norm === 0 ? 0 : x / norm));
  });
}

/** Norms of pieces, as the arguments of a call are limited; `hypot` keeps squares in range. */
function chunked(vector: Float64Array): number[] {
  const norms: number[] = [];
  for (let at = 0; at < vector.length; at += 1024) norms.push(Math.hypot(...vector.subarray(at, at + 1024)));
  return norms;
}

function notFinite(x: number): MortiseError {
  return new MortiseError('invalid-request', `The vector holds ${x}; take one with finite numbers only.`);
}
