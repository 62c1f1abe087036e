import { MortiseError } from '../errors.ts';
import { checkVector } from '../vectors/vector.ts';
import { checkNode } from '../nodes/node-json.ts';
import { reading, finiteNumber, requireMembers, wholeNumber } from '../shared/options.ts';
import type { SparseVector, VectorEntry, VectorQuery, VectorStoreSupport } from './contract.ts';
import type { KeyValueStore } from './key-value-contract.ts';
import { checkFilter } from './filter.ts';

const KEY_VALUE_MEMBERS = [
  'get',
  'set',
  'delete',
  'getMany',
  'setMany',
  'iterate',
] as const satisfies readonly (keyof KeyValueStore)[];

/** Throws `configuration` at construction for a store that lacks a member, naming it: not at the millionth text (S-01). */
export function requireKeyValueStore(store: KeyValueStore, option: string): KeyValueStore {
  return requireMembers(store, KEY_VALUE_MEMBERS, option, 'KeyValueStore');
}

/**
 * What every vector store refuses before it searches: a mode or filter it does not declare (`unsupported`), and a
 * query without what its mode needs, of the wrong dimension or with a value that is not a vector (`invalid-request`).
 * `dimensions` is what the store holds; absent while it is empty.
 */
export function checkVectorQuery(
  query: VectorQuery,
  support: VectorStoreSupport,
  dimensions: number | undefined = support.dimensions,
): void {
  reading('The query', () => checkQuery(query, support, dimensions));
}

function checkQuery(query: VectorQuery, support: VectorStoreSupport, dimensions: number | undefined): void {
  checkVectorSearch(query, support);
  const { mode = 'dense', embedding, sparse } = query;
  const needs = NEEDS[mode];
  if (needs !== undefined && query[needs] === undefined)
    throw invalid(`A '${mode}' query needs \`${needs}\`.`);
  if (embedding !== undefined) checkLength(embedding, dimensions, "The query's embedding");
  if (sparse !== undefined) checkSparse(sparse, "The query's sparse vector");
}

/** The part of {@link checkVectorQuery} that can be told before the question is embedded, and paid for. */
export function checkVectorSearch(
  search: Pick<VectorQuery, 'mode' | 'topK' | 'filter' | 'alpha' | 'lambda'>,
  support: VectorStoreSupport,
): void {
  const { mode = 'dense', topK, filter, alpha = 0, lambda = 0 } = search;
  if (!support.modes.includes(mode)) {
    const message = `This store has no '${mode}' queries; it has: ${support.modes.join(', ')}.`;
    throw new MortiseError('unsupported', message);
  }
  wholeNumber('topK', topK, { code: 'invalid-request' });
  for (const [name, share] of Object.entries({ alpha, lambda }))
    finiteNumber(name, share, { least: 0, most: 1, code: 'invalid-request' });
  if (filter !== undefined) checkFilter(filter, support.operators ?? []);
}

const NEEDS: { readonly [mode: string]: 'embedding' | 'sparse' | 'text' | undefined } = {
  dense: 'embedding',
  hybrid: 'embedding',
  mmr: 'embedding',
  sparse: 'sparse',
  text: 'text',
};

/**
 * What every vector store refuses before it writes: an entry without a node that can be kept (see `checkNode`), and an embedding that `checkVector`
 * refuses or that has another length than the rest (`invalid-request`). Returns that length; undefined for no entries.
 */
export function checkVectorEntries(
  entries: readonly VectorEntry[],
  dimensions: number | undefined,
): number | undefined {
  return reading('The entries', () => checkEntries(entries, dimensions));
}

function checkEntries(entries: readonly VectorEntry[], dimensions: number | undefined): number | undefined {
  let expected = dimensions;
  for (const { node, embedding, sparse } of entries) {
    checkNode(node);
    checkLength(embedding, expected, `The embedding of node '${node.id}'`);
    if (sparse !== undefined) checkSparse(sparse, `The sparse vector of node '${node.id}'`);
    expected ??= embedding.length;
  }
  return expected;
}

function checkLength(vector: Float32Array, dimensions: number | undefined, what: string): void {
  checkVector(vector, what);
  if (dimensions === undefined || vector.length === dimensions) return;
  throw invalid(
    `${what} has ${vector.length} dimensions, the store ${dimensions}. Use the model it was built with.`,
  );
}

function checkSparse({ indices, values }: SparseVector, what: string): void {
  const isList = Array.isArray(indices) && Array.isArray(values) && indices.length === values.length;
  if (!isList) throw invalid(`${what} has not one value for each index; it is { indices, values }.`);
  if (!indices.every((index: unknown) => Number.isSafeInteger(index) && (index as number) >= 0))
    throw invalid(`${what} has an index that is not a whole number from 0.`);
  if (!values.every(Number.isFinite)) throw invalid(`${what} holds a weight that is not a finite number.`);
}

function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}
