/** A tree of conditions on metadata. An empty `and` matches everything, an empty `or` nothing. */
export type MetadataFilter =
  | { and: readonly MetadataFilter[] }
  | { or: readonly MetadataFilter[] }
  | { not: MetadataFilter }
  | FilterCondition;

/** One test of one member of the metadata. */
export interface FilterCondition {
  /** A member of the node's metadata; dots have no meaning. */
  key: string;
  op: FilterOperator;
  /** A list for `in`, `nin`, `any` and `all`; absent for `is-empty`; else one value. */
  value?: FilterValue | readonly FilterValue[] | undefined;
}

/** Compared without conversion: `1` is not `'1'`. */
export type FilterValue = string | number | boolean;

/**
 * - `==` `!=`: the same type and value. `!=` and `nin` are the negations of `==` and `in`: a missing member satisfies them.
 * - `>` `>=` `<` `<=`: two numbers, or two strings by code unit (ISO dates work). Mixed types never match.
 * - `in` `nin`: the member is one of the values.
 * - `any` `all`: the member is a list that holds one of the values, or all of them.
 * - `contains`: the member is a list that holds the value.
 * - `text-match`: the member is a string with the value in it, letter case ignored.
 * - `is-empty`: missing, `null`, `''` or `[]`.
 */
export type FilterOperator =
  | '=='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'in'
  | 'nin'
  | 'any'
  | 'all'
  | 'contains'
  | 'text-match'
  | 'is-empty'
  | `${string}:${string}`;
