import type { FilterCondition, FilterValue, MetadataFilter } from '@mortise/core/store';
import { encodeText, encodeValue, KIND, type SqlValue } from './encode.ts';

/** An expression with its parameters in the order of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

const TRUE: Sql = { text: '1', values: [] };
const FALSE: Sql = { text: '0', values: [] };

/** A filter that was checked, as a condition on `row`, of any table that has one. Never NULL. */
export function filterSql(filter: MetadataFilter): Sql {
  if ('and' in filter) return joined(filter.and.map(filterSql), 'AND', TRUE);
  if ('or' in filter) return joined(filter.or.map(filterSql), 'OR', FALSE);
  if ('not' in filter) return negated(filterSql(filter.not));
  return conditionSql(filter);
}

function conditionSql({ key, op, value }: FilterCondition): Sql {
  const one = value as FilterValue;
  const list = value as readonly FilterValue[];
  switch (op) {
    case '==':
      return holds(key, KIND.value, isOneOf([one]));
    case '!=':
      return negated(holds(key, KIND.value, isOneOf([one])));
    case '>':
    case '>=':
    case '<':
    case '<=':
      return typeof one === 'boolean' ? FALSE : holds(key, KIND.value, compared(op, one));
    case 'in':
      return list.length === 0 ? FALSE : holds(key, KIND.value, isOneOf(list));
    case 'nin':
      return list.length === 0 ? TRUE : negated(holds(key, KIND.value, isOneOf(list)));
    case 'any':
      return list.length === 0 ? FALSE : holds(key, KIND.item, isOneOf(list));
    case 'all':
      if (list.length === 0) return isList(key);
      return joined(
        list.map((item) => holds(key, KIND.item, isOneOf([item]))),
        'AND',
        TRUE,
      );
    case 'contains':
      return holds(key, KIND.item, isOneOf([one]));
    case 'text-match':
      return holds(key, KIND.value, matched(one as string));
    default:
      return negated(isFilled(key));
  }
}

function holds(key: string, kind: number, test: Sql): Sql {
  return member(key, { text: `kind = ${kind} AND ${test.text}`, values: test.values });
}

function isList(key: string): Sql {
  return member(key, { text: `kind IN (${KIND.list}, ${KIND.emptyList})`, values: [] });
}

function isFilled(key: string): Sql {
  const value = `kind = ${KIND.value} AND value <> x''`;
  return member(key, { text: `(kind IN (${KIND.list}, ${KIND.object}) OR ${value})`, values: [] });
}

/** The subquery depends on nothing outside, so it runs once. */
function member(key: string, test: Sql): Sql {
  const text = `row IN (SELECT row FROM vector_members WHERE key = ? AND ${test.text})`;
  return { text, values: [encodeText(key), ...test.values] };
}

function isOneOf(list: readonly FilterValue[]): Sql {
  return { text: `value IN (${list.map(() => '?').join(', ')})`, values: list.map(encodeValue) };
}

/** The type is asked for as well: to SQLite any number is below any text, and that below any blob. */
function compared(op: string, value: string | number): Sql {
  const type = typeof value === 'number' ? 'real' : 'blob';
  return { text: `value ${op} ? AND typeof(value) = '${type}'`, values: [encodeValue(value)] };
}

function matched(part: string): Sql {
  const isString = "typeof(value) = 'blob'";
  if (part === '') return { text: isString, values: [] };
  const text = `${isString} AND instr(coalesce(folded, value), ?) > 0`;
  return { text, values: [encodeText(part.toLowerCase())] };
}

function negated({ text, values }: Sql): Sql {
  return { text: `NOT (${text})`, values };
}

/** In halves of halves: SQLite takes an expression of at most 1,000 levels, and a chain has one for each part. */
function joined(parts: readonly Sql[], by: 'AND' | 'OR', none: Sql): Sql {
  if (parts.length <= 1) return parts[0] ?? none;
  const middle = parts.length >> 1;
  const [left, right] = [joined(parts.slice(0, middle), by, none), joined(parts.slice(middle), by, none)];
  return { text: `(${left.text} ${by} ${right.text})`, values: [...left.values, ...right.values] };
}
