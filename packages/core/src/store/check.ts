import { MortiseError } from '../errors.ts';
import type { KeyValueStore, VectorEntry, VectorQuery, VectorStoreSupport } from './contract.ts';
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

/** Throws `configuration` that names every member of `members` that is not a function of `value`. */
export function requireMembers<T>(
  value: T,
  members: readonly (keyof T & string)[],
  option: string,
  contract: string,
): T {
  const holder = (value ?? {}) as { readonly [member: string]: unknown };
  const missing = members.filter((member) => typeof holder[member] !== 'function');
  if (missing.length === 0) return value;
  const names = missing.map((member) => `${member}()`).join(', ');
  const message = `\`${option}\` is not a ${contract}: it lacks ${names}. Pass an object with every member of the contract.`;
  throw new MortiseError('configuration', message);
}

/**
 * What every vector store refuses before it searches: a mode or filter it does not declare (`unsupported`), and a
 * query without what its mode needs, of the wrong dimension or with a non-finite number (`invalid-request`).
 * `dimensions` is what the store holds; absent while it is empty.
 */
export function checkVectorQuery(
  query: VectorQuery,
  support: VectorStoreSupport,
  dimensions: number | undefined = support.dimensions,
): void {
  const { mode = 'dense', topK, filter, embedding, alpha = 0, lambda = 0 } = query;
  if (!support.modes.includes(mode)) {
    const message = `This store has no '${mode}' queries; it has: ${support.modes.join(', ')}.`;
    throw new MortiseError('unsupported', message);
  }
  if (!Number.isInteger(topK) || topK < 1) throw invalid(`topK is ${topK}; it takes a whole number above 0.`);
  for (const [name, share] of Object.entries({ alpha, lambda }))
    if (!(share >= 0 && share <= 1)) throw invalid(`${name} is ${share}; it takes a number from 0 to 1.`);
  const needs = NEEDS[mode];
  if (needs !== undefined && query[needs] === undefined)
    throw invalid(`A '${mode}' query needs \`${needs}\`.`);
  if (embedding !== undefined) checkVector(embedding, dimensions, "The query's embedding");
  if (filter !== undefined) checkFilter(filter, support.operators ?? []);
}

const NEEDS: { readonly [mode: string]: 'embedding' | 'sparse' | 'text' | undefined } = {
  dense: 'embedding',
  hybrid: 'embedding',
  mmr: 'embedding',
  sparse: 'sparse',
  text: 'text',
};

/** Throws `invalid-request` for a vector of the wrong length or with a non-finite number; returns its length. */
export function checkVectorEntries(
  entries: readonly VectorEntry[],
  dimensions: number | undefined,
): number | undefined {
  let expected = dimensions;
  for (const { node, embedding } of entries) {
    checkVector(embedding, expected, `The embedding of node '${node.id}'`);
    expected ??= embedding.length;
  }
  return expected;
}

function checkVector(vector: Float32Array, dimensions: number | undefined, what: string): void {
  if (vector.length === 0) throw invalid(`${what} is empty.`);
  if (dimensions !== undefined && vector.length !== dimensions) {
    throw invalid(
      `${what} has ${vector.length} dimensions, the store ${dimensions}. Use the model it was built with.`,
    );
  }
  // x - x is 0 for every finite number and NaN for the others.
  for (const x of vector) if (x - x !== 0) throw invalid(`${what} holds ${x}.`);
}

function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}
