import type { FilterCondition, FilterValue, MetadataFilter } from '@mortise/core/store';
import { encodeText, encodeValue, foldedStart, MARK, memberStart } from './encode.ts';

/**
 * Any text as a literal, the one way in which text gets into a filter: between quotes, with each quote in it doubled.
 * LanceDB reads nothing else in a literal, no backslash either.
 */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A condition on a column that holds one of these ids, which are encoded. */
export function isOneOf(column: 'id' | 'source', ids: readonly string[]): string {
  return `${column} IN (${ids.map(sqlText).join(', ')})`;
}

/** Values of a list that are looked for one by one; more of them are looked up in a list. */
const MOST_APART = 8;

/** A filter that was checked, as a condition on `members`. Never NULL. */
export function filterSql(filter: MetadataFilter): string {
  return expression(filter, false).text;
}

/** `by` is what joins the parts of `text`, where it has several. */
interface Expression {
  readonly text: string;
  readonly by?: 'AND' | 'OR';
}

/**
 * LanceDB takes some 50 levels of parentheses: so a `not` goes down to the conditions, a group of one is its part, and there
 * are none around what `OR` parts.
 */
function expression(filter: MetadataFilter, isNegated: boolean): Expression {
  if ('not' in filter) return expression(filter.not, !isNegated);
  if ('and' in filter) return joined(filter.and, isNegated ? 'OR' : 'AND', isNegated);
  if ('or' in filter) return joined(filter.or, isNegated ? 'AND' : 'OR', isNegated);
  const condition = conditionSql(filter);
  return { text: isNegated ? `NOT ${condition}` : condition };
}

function joined(filters: readonly MetadataFilter[], by: 'AND' | 'OR', isNegated: boolean): Expression {
  const parts = filters.map((filter) => expression(filter, isNegated));
  if (parts.length < 2) return parts[0] ?? { text: by === 'AND' ? 'true' : 'false' };
  const texts = parts.map((part) => (by === 'AND' && part.by === 'OR' ? `(${part.text})` : part.text));
  return { text: texts.join(` ${by} `), by };
}

/** One operand: what it is made of stands in parentheses, or is a call. */
function conditionSql({ key, op, value }: FilterCondition): string {
  const one = value as FilterValue;
  const list = value as readonly FilterValue[];
  switch (op) {
    case '==':
      return equals(key, one);
    case '!=':
      return `(NOT ${equals(key, one)})`;
    case '>':
    case '>=':
    case '<':
    case '<=':
      return compared(key, op, one);
    case 'in':
      return isIn(key, list);
    case 'nin':
      return `(NOT ${isIn(key, list)})`;
    case 'any':
      return list.length === 0 ? 'false' : holdsAny(key, list);
    case 'all':
      return `(${[isList(key), ...list.map((item) => holds(key, item))].join(' AND ')})`;
    case 'contains':
      return holds(key, one);
    case 'text-match':
      return matched(key, one as string);
    default:
      return `(${valueOf(memberStart(key))} IN ('', ${sqlText(MARK.string)}, ${sqlText(MARK.item)}))`;
  }
}

/** What stands after `start`, up to the end of the member; `''` where it is missing. */
function valueOf(start: string): string {
  return `split_part(split_part(members, ${sqlText(start)}, 2), ${sqlText(MARK.end)}, 1)`;
}

function equals(key: string, value: FilterValue): string {
  return contains('members', `${memberStart(key)}${encodeValue(value)}${MARK.end}`);
}

function contains(text: string, part: string): string {
  return `contains(${text}, ${sqlText(part)})`;
}

/** Between the bounds of its type, of which there is an order. */
function compared(key: string, op: string, value: FilterValue): string {
  if (typeof value === 'boolean') return 'false';
  const [first, next] = typeof value === 'string' ? [MARK.string, MARK.number] : [MARK.number, MARK.boolean];
  const member = valueOf(memberStart(key));
  const bound = op.startsWith('>') ? `${member} < ${sqlText(next)}` : `${member} >= ${sqlText(first)}`;
  return `(${member} ${op} ${sqlText(encodeValue(value))} AND ${bound})`;
}

function isIn(key: string, list: readonly FilterValue[]): string {
  if (list.length === 0) return 'false';
  return `(${valueOf(memberStart(key))} IN (${list.map((one) => sqlText(encodeValue(one))).join(', ')}))`;
}

function isList(key: string): string {
  return contains('members', `${memberStart(key)}${MARK.item}`);
}

/** Only a list has an `item` in it. */
function holds(key: string, value: FilterValue): string {
  return contains(valueOf(memberStart(key)), `${MARK.item}${encodeValue(value)}${MARK.item}`);
}

function holdsAny(key: string, list: readonly FilterValue[]): string {
  if (list.length <= MOST_APART) return `(${list.map((item) => holds(key, item)).join(' OR ')})`;
  const values = list.map((item) => sqlText(encodeValue(item))).join(', ');
  const items = `string_to_array(${valueOf(memberStart(key))}, ${sqlText(MARK.item)})`;
  return `(${isList(key)} AND array_has_any(${items}, make_array(${values})))`;
}

/** In the text in lower case where there is one; no part of a text matches the mark before it. */
function matched(key: string, part: string): string {
  const [member, folded] = [valueOf(memberStart(key)), valueOf(foldedStart(key))];
  const isString = contains('members', `${memberStart(key)}${MARK.string}`);
  const lower = encodeText(part.toLowerCase());
  if (lower === '') return isString;
  return `(${contains(folded, lower)} OR ${isString} AND ${folded} = '' AND ${contains(member, lower)})`;
}
