import { MortiseError } from '@mortise/core';

/** The schema that a store's tables are in, and how their names begin. */
export interface TableOptions {
  /** Made at the first call where it is missing. Letters, digits and `_`. Default: `mortise`. */
  schema?: string | undefined;
  /** What the names of the tables begin with, so that several stores of a kind share a schema. Default: nothing. */
  prefix?: string | undefined;
}

/** Names as they stand in SQL: checked, so that they cannot be anything else, and quoted. */
export interface Tables {
  readonly schema: string;
  readonly prefix: string;
  /** `"mortise"."nodes"` for `nodes`. */
  of(name: string): string;
  /** `"nodes_by_source"`: an index stands in its table's schema. */
  index(name: string): string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Throws `configuration` for a name that is none. */
export function tablesOf({ schema = 'mortise', prefix = '' }: TableOptions): Tables {
  checkName('schema', schema, 63);
  // With the longest name of a table or an index it stays within Postgres' 63.
  if (prefix !== '') checkName('prefix', prefix, 32);
  return {
    schema,
    prefix,
    of: (name) => `"${schema}"."${prefix}${name}"`,
    index: (name) => `"${prefix}${name}"`,
  };
}

/** Throws `configuration` for anything that would have to be quoted in SQL. */
export function checkName(option: string, name: string, longest: number): string {
  if (typeof name === 'string' && NAME.test(name) && name.length <= longest) return name;
  const message = `${option} is no plain name. It takes letters, digits and _, no digit first, at most ${longest} of them.`;
  throw new MortiseError('configuration', message);
}

/** What one store keeps in its tables, and what makes them. */
export interface Layout {
  /** `documents`, say. */
  readonly part: string;
  /** Of this layout; tables of a higher one were made by a later version. */
  readonly version: number;
  /** What the tables were made for, as text, without a quote. Other tables are `configuration`. */
  readonly about: string;
  /** From a version to the next one, the first from nothing: only ever added to. */
  readonly steps: readonly (readonly string[])[];
  /** What may be added to tables that are there, by name: `CREATE INDEX` without its name. */
  readonly indexes?: Readonly<Record<string, string>> | undefined;
}

/** Any number; whoever makes tables of this package in a database waits for it. */
const LOCK = 7_040_187_311;

/**
 * What is missing, as one statement and so one transaction. Whoever comes second waits for the first one, and finds nothing
 * left to do. A schema and an extension that are there need no right to make them.
 */
export function setupSql(tables: Tables, { part, about, steps, indexes = {} }: Layout): string {
  const versions = tables.of('versions');
  const upgrades = steps.map((statements, at) => {
    const version = at + 1;
    return `
  IF coalesce((SELECT version FROM ${versions} WHERE part = '${part}'), 0) < ${version} THEN
    ${statements.join(';\n    ')};
    INSERT INTO ${versions} (part, version, about) VALUES ('${part}', ${version}, '${about}')
    ON CONFLICT (part) DO UPDATE SET version = excluded.version;
  END IF;`;
  });
  const added = Object.entries(indexes).map(
    ([name, definition]) => `
  IF NOT EXISTS (SELECT FROM pg_indexes WHERE schemaname = '${tables.schema}' AND indexname = '${tables.prefix}${name}') THEN
    CREATE INDEX ${tables.index(name)} ${definition};
  END IF;`,
  );
  return `DO $mortise$ BEGIN
  PERFORM pg_advisory_xact_lock(${LOCK});
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${tables.schema}') THEN
    CREATE SCHEMA "${tables.schema}";
  END IF;
  CREATE TABLE IF NOT EXISTS ${versions} (part text PRIMARY KEY, version integer NOT NULL, about text NOT NULL);
  ${upgrades.join('')}${added.join('')}
END $mortise$`;
}
