import { malformed } from '@mortise/core/wire';
import type { Tensor } from './library.ts';

/** Which of a text's tokens make its vector: the mean of all, the first (`[CLS]`), or the last. */
export type Pooling = 'mean' | 'cls' | 'last';

/**
 * A vector a text, from what the network gave: a vector of its own, where it has a pooling inside and none is asked for, else the
 * tokens' pooled. `lengths`: the tokens of each text; behind them is padding.
 */
export function pooled(
  outputs: Readonly<Record<string, Tensor | undefined>>,
  lengths: readonly number[],
  pooling: Pooling | undefined,
  about: { readonly provider: string; readonly model: string },
): Float32Array[] {
  const { sentence_embedding: own, last_hidden_state: tokens = outputs['token_embeddings'] } = outputs;
  if (own !== undefined && (pooling === undefined || tokens === undefined)) return rowsOf(own);
  if (tokens === undefined)
    throw malformed(`the outputs ${Object.keys(outputs).join(', ')}, none of which is an embedding`, about);
  const { data, dims } = asFloats(tokens);
  const [, width = 0, size = 0] = dims;
  return lengths.map((length, row) => {
    const begin = row * width * size;
    if (pooling === 'cls') return data.slice(begin, begin + size);
    if (pooling === 'last') return data.slice(begin + (length - 1) * size, begin + length * size);
    return meanOf(data.subarray(begin, begin + length * size), length, size);
  });
}

/** A tensor of two dimensions, row by row. */
export function rowsOf(tensor: Tensor): Float32Array[] {
  const { data, dims } = asFloats(tensor);
  const [rows = 0, size = 0] = dims;
  return Array.from({ length: rows }, (_, row) => data.slice(row * size, (row + 1) * size));
}

/** Its first numbers, of unit length where that is asked for. */
export function finished(vector: Float32Array, size: number, normalize: boolean): Float32Array {
  const kept = size === vector.length ? vector : vector.slice(0, size);
  if (!normalize) return kept;
  let squares = 0;
  for (const x of kept) squares += x * x;
  return squares === 0 ? kept : kept.map((x) => x / Math.sqrt(squares));
}

function meanOf(tokens: Float32Array, length: number, size: number): Float32Array {
  // In double precision: thousands of tokens are added.
  const sums = new Float64Array(size);
  for (let at = 0; at < tokens.length; at++) {
    const column = at % size;
    sums[column] = (sums[column] ?? 0) + (tokens[at] ?? 0);
  }
  return Float32Array.from(sums, (sum) => sum / length);
}

/** Half precision comes as the bits of its numbers. */
function asFloats(tensor: Tensor): { readonly data: Float32Array; readonly dims: readonly number[] } {
  const { data, dims } = tensor.type === 'float32' ? tensor : tensor.to('float32');
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), dims };
}
