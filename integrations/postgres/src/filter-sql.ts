import type { FilterCondition, FilterValue, MetadataFilter } from '@mortise/core/store';
import { encodeText } from './encode.ts';
import { encodeValue } from './members.ts';

/** The values of a statement: each is named by its place, and one that is there already is not sent twice. */
export class Values {
  readonly all: unknown[] = [];
  readonly #places = new Map<unknown, string>();

  /** `$3::text`, say. `as` is the type of the parameter. */
  bind(value: string | number | boolean | null | Uint8Array, as: string): string {
    const known = this.#places.get(value);
    if (known !== undefined && typeof value === 'string') return `${known}::${as}`;
    const place = `$${this.all.push(value)}`;
    this.#places.set(value, place);
    return `${place}::${as}`;
  }

  /** JSON goes as text, which every driver sends as it is. */
  json(value: unknown): string {
    return `(${this.bind(JSON.stringify(value), 'text')})::jsonb`;
  }
}

/** Values of a list that become a condition each, by which an index can find; more of them are looked up in a list. */
const MOST_APART = 16;

/** A filter that was checked, as a condition on `metadata` and `folded`. NULL is as good as false. */
export function filterSql(filter: MetadataFilter, values: Values): string {
  if ('and' in filter)
    return joined(
      filter.and.map((part) => filterSql(part, values)),
      'AND',
      'true',
    );
  if ('or' in filter)
    return joined(
      filter.or.map((part) => filterSql(part, values)),
      'OR',
      'false',
    );
  if ('not' in filter) return negated(filterSql(filter.not, values));
  return conditionSql(filter, values);
}

function conditionSql({ key, op, value }: FilterCondition, values: Values): string {
  const certain = certainSql(op, value);
  // What is bound and not used has no type to Postgres.
  if (certain !== undefined) return certain;
  const name = values.bind(encodeText(key), 'text');
  const member = `(metadata -> ${name})`;
  const one = value as FilterValue;
  const list = value as readonly FilterValue[];
  const isA = (type: string): string => `jsonb_typeof${member} = '${type}'`;
  switch (op) {
    case '==':
      return equals(member, one, values);
    case '!=':
      return negated(equals(member, one, values));
    case '>':
    case '>=':
    case '<':
    case '<=':
      if (typeof one === 'number') return `(${isA('number')} AND ${member} ${op} ${values.json(one)})`;
      // `jsonb` has text in the order of the database's language.
      return `(${isA('string')} AND (metadata ->> ${name}) COLLATE "C" ${op} ${values.bind(encodeText(one as string), 'text')})`;
    case 'in':
      return isIn(member, list, values);
    case 'nin':
      return negated(isIn(member, list, values));
    case 'any':
      return holdsAny(member, list, values);
    case 'all':
      return list.length === 0
        ? `(${isA('array')})`
        : `(${member} @> ${values.json([...new Set(list)].map(encodeValue))})`;
    case 'contains':
      return `(${member} @> ${values.json([encodeValue(one)])})`;
    case 'text-match': {
      const text = `coalesce(folded ->> ${name}, CASE WHEN ${isA('string')} THEN metadata ->> ${name} END)`;
      return `(strpos(${text}, ${values.bind(encodeText((one as string).toLowerCase()), 'text')}) > 0)`;
    }
    default:
      return `(${member} IS NULL OR ${member} IN ('""'::jsonb, '[]'::jsonb))`;
  }
}

/** What no member has to be looked at for. */
function certainSql(op: string, value: FilterCondition['value']): string | undefined {
  if (op === 'in' || op === 'any') return isEmpty(value) ? 'false' : undefined;
  if (op === 'nin') return isEmpty(value) ? 'true' : undefined;
  return typeof value === 'boolean' && /^[<>]/.test(op) ? 'false' : undefined;
}

function isEmpty(value: FilterCondition['value']): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** `@>` finds by an index. Of a list it holds for a part of it as well: so the type is asked for. */
function equals(member: string, value: FilterValue, values: Values): string {
  const json = values.json(encodeValue(value));
  return `(${member} @> ${json} AND jsonb_typeof${member} = '${typeof value}')`;
}

function isIn(member: string, list: readonly FilterValue[], values: Values): string {
  if (list.length <= MOST_APART)
    return joined(
      list.map((one) => equals(member, one, values)),
      'OR',
      'false',
    );
  return `(${member} IN (SELECT jsonb_array_elements(${values.json(list.map(encodeValue))})))`;
}

function holdsAny(member: string, list: readonly FilterValue[], values: Values): string {
  if (list.length <= MOST_APART)
    return joined(
      list.map((one) => `(${member} @> ${values.json([encodeValue(one)])})`),
      'OR',
      'false',
    );
  const items = `jsonb_array_elements(CASE WHEN jsonb_typeof${member} = 'array' THEN ${member} ELSE '[]' END)`;
  return `EXISTS (SELECT FROM ${items} AS item
    WHERE item IN (SELECT jsonb_array_elements(${values.json(list.map(encodeValue))})))`;
}

/** Also true of what is NULL. */
function negated(condition: string): string {
  return `((${condition}) IS NOT TRUE)`;
}

function joined(parts: readonly string[], by: 'AND' | 'OR', none: string): string {
  return parts.length === 0 ? none : `(${parts.join(` ${by} `)})`;
}
