/** A sequence of numbers in [0, 1), the same for the same seed (mulberry32): a failure must come again. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** Of length 1, so that cosine, inner product and distance put the same nodes first. */
export function direction(random: () => number, dimensions: number): Float32Array {
  const numbers = Array.from({ length: dimensions }, () => random() + random() + random() - 1.5);
  const length = Math.hypot(...numbers) || 1;
  return Float32Array.from(numbers, (x) => x / length);
}
