import { MortiseError } from '../errors.ts';
import type { FilterCondition, FilterOperator, FilterValue, MetadataFilter } from './contract.ts';

/** The operators of 1.0, for a store that declares support for all of them. */
export const FILTER_OPERATORS = [
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'nin',
  'any',
  'all',
  'contains',
  'text-match',
  'is-empty',
] as const satisfies readonly FilterOperator[];

/**
 * Whether `metadata` satisfies `filter`, by the rules of {@link FilterOperator}. Throws `invalid-request` for a
 * malformed filter and `unsupported` for an operator it does not know: a filter that is ignored shows what it should hide.
 */
export function matchesFilter(
  metadata: { readonly [key: string]: unknown },
  filter: MetadataFilter,
): boolean {
  if ('and' in filter) return everyPart(filter.and, (part) => matchesFilter(metadata, part), true);
  if ('or' in filter) return everyPart(filter.or, (part) => matchesFilter(metadata, part), false);
  if ('not' in filter) return !matchesFilter(metadata, filter.not);
  checkCondition(filter);
  return matchesCondition(Object.hasOwn(metadata, filter.key) ? metadata[filter.key] : undefined, filter);
}

/** Throws what {@link matchesFilter} would throw, and `unsupported` for an operator that is not among `operators`. */
export function checkFilter(filter: MetadataFilter, operators: readonly FilterOperator[]): void {
  if ('and' in filter) return filter.and.forEach((part) => checkFilter(part, operators));
  if ('or' in filter) return filter.or.forEach((part) => checkFilter(part, operators));
  if ('not' in filter) return checkFilter(filter.not, operators);
  if (typeof filter.op === 'string' && !operators.includes(filter.op))
    throw unknownOperator(filter, operators);
  checkCondition(filter);
}

/** Looks at every part even when the first decides, so that a malformed one never hides behind the data. */
function everyPart(
  parts: readonly MetadataFilter[],
  matches: (part: MetadataFilter) => boolean,
  all: boolean,
): boolean {
  let result = all;
  for (const part of parts) result = all ? matches(part) && result : matches(part) || result;
  return result;
}

function matchesCondition(member: unknown, { op, value }: FilterCondition): boolean {
  const values = value as readonly unknown[];
  switch (op) {
    case '==':
      return member === value;
    case '!=':
      return member !== value;
    case '>':
      return compare(member, value, (order) => order > 0);
    case '>=':
      return compare(member, value, (order) => order >= 0);
    case '<':
      return compare(member, value, (order) => order < 0);
    case '<=':
      return compare(member, value, (order) => order <= 0);
    case 'in':
      return values.includes(member);
    case 'nin':
      return !values.includes(member);
    case 'any':
      return Array.isArray(member) && values.some((one) => member.includes(one));
    case 'all':
      return Array.isArray(member) && values.every((one) => member.includes(one));
    case 'contains':
      return Array.isArray(member) && member.includes(value);
    case 'text-match':
      return typeof member === 'string' && member.toLowerCase().includes((value as string).toLowerCase());
    case 'is-empty':
      return member == null || member === '' || (Array.isArray(member) && member.length === 0);
    default:
      throw unknownOperator({ op }, FILTER_OPERATORS);
  }
}

function compare(member: unknown, value: unknown, fits: (order: number) => boolean): boolean {
  if (typeof member === 'number' && typeof value === 'number') return fits(member - value);
  if (typeof member !== 'string' || typeof value !== 'string') return false;
  return fits(member < value ? -1 : member > value ? 1 : 0);
}

const LISTS: ReadonlySet<string> = new Set(['in', 'nin', 'any', 'all']);

function checkCondition(condition: FilterCondition): void {
  const { key, op, value } = condition;
  if (typeof key !== 'string' || typeof op !== 'string') {
    throw malformed(
      `A filter is { and }, { or }, { not } or { key, op, value }; got ${JSON.stringify(condition)}.`,
    );
  }
  if (op === 'is-empty' || op.includes(':')) return;
  if (!(FILTER_OPERATORS as readonly string[]).includes(op))
    throw unknownOperator(condition, FILTER_OPERATORS);
  if (LISTS.has(op)) {
    if (Array.isArray(value) && value.every(isFilterValue)) return;
    throw malformed(`The filter on '${key}' by '${op}' takes a list of strings, numbers or booleans.`);
  }
  if (op === 'text-match' ? typeof value === 'string' : isFilterValue(value)) return;
  const takes = op === 'text-match' ? 'a string' : 'a string, a finite number or a boolean';
  throw malformed(`The filter on '${key}' by '${op}' takes ${takes}.`);
}

function isFilterValue(value: unknown): value is FilterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function malformed(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}

function unknownOperator(
  { op }: Pick<FilterCondition, 'op'>,
  operators: readonly FilterOperator[],
): MortiseError {
  const message = `The filter operator '${op}' is not supported here; there are: ${operators.join(' ') || 'none'}.`;
  return new MortiseError('unsupported', message);
}
