import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { connectionOf, type Connection, type ConnectionOptions, type Session } from './client.ts';
import { isConflict, postgresFailure, sqlState } from './errors.ts';
import { setupSql, tablesOf, type Layout, type TableOptions, type Tables } from './tables.ts';

/** Where the tables of a store are: what every store of this package takes. */
export interface PostgresOptions extends ConnectionOptions, TableOptions {}

/** A statement with the values of `$1` and those after it. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

/** What the protocol of Postgres can count. */
const MOST_VALUES = 65_535;
/** Of a statement that another transaction was in the way of. */
const ATTEMPTS = 6;

/**
 * One statement after the other, each a transaction by itself. The first one makes sure of the tables. What fails is an
 * error of ours; an abort rejects at once, and what the server had begun ends by itself.
 */
export class Database {
  readonly tables: Tables;
  readonly #layout: Layout;
  readonly #connection: Connection;
  #ready: Promise<void> | undefined;
  #closed = false;

  constructor(options: PostgresOptions, layout: (tables: Tables) => Layout) {
    this.tables = tablesOf(options);
    this.#layout = layout(this.tables);
    this.#connection = connectionOf(options);
  }

  /** How messages name the store. */
  get place(): string {
    return `${this.tables.schema}.${this.tables.prefix}${this.#layout.part}`;
  }

  /** Undefined where the client has one session only. */
  get session(): (() => Promise<Session>) | undefined {
    return this.#connection.session;
  }

  async rows(what: 'read' | 'written', sql: Sql, signal: AbortSignal | undefined): Promise<Row[]> {
    throwIfAborted(signal);
    if (this.#closed)
      throw new MortiseError('configuration', `The store ${this.place} is closed. Make a new one.`);
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      // The next call tries again.
      this.#ready = undefined;
      throw error;
    });
    const ready = this.#ready;
    await (signal === undefined ? ready : raceAbort(ready, signal));
    const running = this.#run(what, sql);
    return signal === undefined ? running : raceAbort(running, signal);
  }

  /** An error of ours for what a client threw. */
  failure(what: string, cause: unknown): MortiseError {
    return postgresFailure(this.place, what, cause, this.#connection.secrets);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection.close();
  }

  async #run(what: string, sql: Sql): Promise<Row[]> {
    if (sql.values.length > MOST_VALUES) {
      const message = `The query has ${sql.values.length} values; Postgres takes ${MOST_VALUES}. Ask in several queries.`;
      throw new MortiseError('invalid-request', message);
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sent(sql);
      } catch (error) {
        if (attempt >= ATTEMPTS || !isConflict(error)) throw this.failure(what, error);
      }
    }
  }

  async #sent({ text, values }: Sql): Promise<Row[]> {
    const client = await this.#connection.client();
    const { rows } = await client.query(text, [...values]);
    if (Array.isArray(rows) && rows.every(isRow)) return rows;
    throw new MortiseError(
      'malformed-response',
      'The client gave no rows as objects. Give one whose `query` resolves to { rows }, as that of `pg` does.',
    );
  }

  /** Looks before it makes anything: who may only read has no right to. */
  async #prepare(): Promise<void> {
    if (await this.#isThere()) return;
    await this.#run('set up', { text: setupSql(this.tables, this.#layout), values: [] });
    if (!(await this.#isThere()))
      throw new MortiseError('internal', `The tables of ${this.place} are not there after they were made.`);
  }

  async #isThere(): Promise<boolean> {
    const { part, version, about, indexes = {} } = this.#layout;
    const found = await this.#sent({
      text: `SELECT version, about FROM ${this.tables.of('versions')} WHERE part = $1`,
      values: [part],
    }).catch((error: unknown): Row[] => {
      const state = sqlState(error);
      if (state === '42P01' || state === '3F000') return [];
      throw this.failure('opened', error);
    });
    const [row] = found;
    if (row === undefined) return false;
    if (Number(row['version']) > version) {
      const message = `The tables of ${this.place} were made by a later version of @mortise/postgres (layout ${String(row['version'])}). Update the package, or give another \`schema\` or \`prefix\`.`;
      throw new MortiseError('configuration', message);
    }
    if (row['about'] !== about) {
      const message = `The tables of ${this.place} were made for ${String(row['about'])}, not for ${about}. Give the same options, or another \`schema\` or \`prefix\`.`;
      throw new MortiseError('configuration', message);
    }
    if (Number(row['version']) < version) return false;
    return this.#hasIndexes(Object.keys(indexes).map((name) => `${this.tables.prefix}${name}`));
  }

  async #hasIndexes(names: readonly string[]): Promise<boolean> {
    if (names.length === 0) return true;
    const text = `SELECT count(*)::int AS count FROM pg_indexes
      WHERE schemaname = $1 AND indexname IN (SELECT jsonb_array_elements_text(($2::text)::jsonb))`;
    const values = [this.tables.schema, JSON.stringify(names)];
    const [row] = await this.#run('opened', { text, values });
    return Number(row?.['count']) === names.length;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
