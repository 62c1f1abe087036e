import { MortiseError } from '../errors.ts';
import { isFiniteVector, isFloat32Array } from '../vectors/vector.ts';
import type { EmbeddingRows, IndexedRow } from './contract.ts';

/**
 * The rows in the order of the `count` inputs, checked in one pass: each input has exactly one, of `dimensions`
 * numbers (of one length, where that is unknown), all finite. Anything else is `malformed-response`: a vector in the
 * wrong place is found by nobody.
 */
export function placeRows(
  rows: EmbeddingRows,
  count: number,
  dimensions: number | undefined,
): Float32Array[] {
  if (!Array.isArray(rows)) throw malformed('is not a list of embeddings');
  if (rows.length !== count) throw malformed(`has ${rows.length} embeddings for ${count} texts`);
  const placed = new Array<Float32Array | undefined>(count);
  const indexed = isIndexed(rows[0]);
  let expected = dimensions;
  for (let at = 0; at < count; at++) {
    const row: unknown = rows[at];
    if (isIndexed(row) !== indexed) throw malformed('has an index on some embeddings only');
    const index = indexed ? (row as IndexedRow).index : at;
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw malformed(`has index ${String(index)}, out of 0 to ${count - 1}`);
    }
    if (placed[index] !== undefined) throw malformed(`has two embeddings with index ${index}`);
    const vector = toVector(indexed ? (row as IndexedRow).embedding : row, index);
    expected ??= vector.length;
    if (vector.length !== expected) {
      throw malformed(`has ${vector.length} numbers for text ${index}, not ${expected}`);
    }
    placed[index] = vector;
  }
  return placed as Float32Array[];
}

function isIndexed(row: unknown): row is IndexedRow {
  return typeof row === 'object' && row !== null && 'embedding' in row;
}

function toVector(row: unknown, index: number): Float32Array {
  const vector = isFloat32Array(row) ? row : fromNumbers(row, index);
  if (vector.length === 0) throw malformed(`has an empty embedding for text ${index}`);
  if (!isFiniteVector(vector)) throw malformed(`has a number that is not finite in text ${index}`);
  return vector;
}

function fromNumbers(row: unknown, index: number): Float32Array {
  if (!Array.isArray(row)) throw malformed(`has no numbers for text ${index}`);
  const vector = new Float32Array(row.length);
  for (let i = 0; i < row.length; i++) {
    const value: unknown = row[i];
    // A typed array would make 0 of null and 1 of "1".
    vector[i] = typeof value === 'number' ? value : NaN;
  }
  return vector;
}

function malformed(what: string): MortiseError {
  const message = `The reply ${what}. Check the provider, and any proxy.`;
  return new MortiseError('malformed-response', message);
}
