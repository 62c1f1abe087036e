import { MortiseError } from '../errors.ts';
import { reading } from '../shared/options.ts';
import { isObject } from '../shared/json.ts';
import type { FilterCondition, FilterOperator, FilterValue, MetadataFilter } from './filter-contract.ts';

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

/** Levels of `and`, `or` and `not`: people write a few, programs some dozens, and stores recurse. */
export const MAX_FILTER_DEPTH = 100;
/** Conditions and groups in one filter. Values of a list (`in`) do not count. */
const MAX_FILTER_PARTS = 100_000;

/**
 * Whether `metadata` satisfies `filter`, by the rules of {@link FilterOperator}. Throws `invalid-request` for a
 * malformed filter and `unsupported` for an operator it does not know: a filter that is ignored shows what it should hide.
 */
export function matchesFilter(
  metadata: { readonly [key: string]: unknown },
  filter: MetadataFilter,
): boolean {
  return reading('The filter', () => matches(metadata, filter, 0));
}

function matches(
  metadata: { readonly [key: string]: unknown },
  filter: MetadataFilter,
  depth: number,
): boolean {
  const group = groupOf(filter, depth);
  if (group !== undefined) {
    const { name, parts } = group;
    const result = everyPart(parts, (part) => matches(metadata, part, depth + 1), name !== 'or');
    return name === 'not' ? !result : result;
  }
  const condition = filter as FilterCondition;
  checkCondition(condition);
  const member = Object.hasOwn(metadata, condition.key) ? metadata[condition.key] : undefined;
  return matchesCondition(member, condition);
}

/**
 * Throws what {@link matchesFilter} would throw, `unsupported` for an operator that is not among `operators`, and
 * `invalid-request` for a filter of more than {@link MAX_FILTER_DEPTH} levels or 100,000 parts.
 */
export function checkFilter(filter: MetadataFilter, operators: readonly FilterOperator[]): void {
  check(filter, (op) => operators.includes(op), operators);
}

/**
 * The same before it is known who searches: operators with a colon may be somebody's own, others must be of 1.0. So a
 * filter that nobody takes is refused before anything is paid for.
 */
export function checkFilterForm(filter: MetadataFilter): void {
  check(
    filter,
    (op) => op.includes(':') || (FILTER_OPERATORS as readonly string[]).includes(op),
    FILTER_OPERATORS,
  );
}

function check(
  filter: MetadataFilter,
  isTaken: (op: FilterOperator) => boolean,
  operators: readonly FilterOperator[],
): void {
  let count = 0;
  const look = (part: MetadataFilter, depth: number): void => {
    if (++count > MAX_FILTER_PARTS)
      throw malformed(`The filter has more than ${MAX_FILTER_PARTS} parts. Ask in several queries.`);
    const group = groupOf(part, depth);
    if (group !== undefined) {
      for (const each of group.parts) look(each, depth + 1);
      return;
    }
    const condition = part as FilterCondition;
    if (typeof condition.op === 'string' && !isTaken(condition.op))
      throw unknownOperator(condition, operators);
    checkCondition(condition);
  };
  reading('The filter', () => look(filter, 0));
}

const GROUPS = ['and', 'or', 'not'] as const;

interface Group {
  readonly name: (typeof GROUPS)[number];
  readonly parts: readonly MetadataFilter[];
}

/** What a group holds; undefined for a condition. */
function groupOf(filter: MetadataFilter, depth: number): Group | undefined {
  if (!isObject(filter)) throw malformed(`${FORM}; got ${filter === null ? 'null' : typeof filter}.`);
  if (depth > MAX_FILTER_DEPTH)
    throw malformed(`The filter is nested deeper than ${MAX_FILTER_DEPTH} levels. Write it flatter.`);
  const names = GROUPS.filter((each) => each in filter);
  const [name] = names;
  if (name === undefined) return undefined;
  // One of them would be left out of account.
  if (names.length > 1 || 'op' in filter) throw malformed(`${FORM}, not two of them at once.`);
  const held: unknown = (filter as { readonly [member: string]: unknown })[name];
  if (name === 'not') return { name, parts: [held as MetadataFilter] };
  if (Array.isArray(held)) return { name, parts: held as readonly MetadataFilter[] };
  throw malformed(`The '${name}' of a filter takes a list of filters.`);
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

const FORM = 'A filter is { and }, { or }, { not } or { key, op, value }';
const LISTS: ReadonlySet<string> = new Set(['in', 'nin', 'any', 'all']);

function checkCondition(condition: FilterCondition): void {
  const { key, op, value } = condition;
  if (typeof key !== 'string' || typeof op !== 'string') {
    throw malformed(
      `${FORM}; got an object with the members: ${Object.keys(condition).slice(0, 10).join(', ') || 'none'}.`,
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
