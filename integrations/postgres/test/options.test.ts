import { isMortiseError } from '@mortise/core';
import {
  openPostgres,
  PostgresDocumentStore,
  PostgresKeyValueStore,
  PostgresVectorStore,
  type PostgresClient,
} from '@mortise/postgres';
import type { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, expectTypeOf, it } from 'vitest';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { recorder, VECTORS } from './recorder.ts';

const { client } = recorder('entries');

it('C-10: clients of pg and of PGlite fit as they are', () => {
  expectTypeOf<pg.Pool>().toExtend<PostgresClient>();
  expectTypeOf<pg.Client>().toExtend<PostgresClient>();
  expectTypeOf<pg.PoolClient>().toExtend<PostgresClient>();
  expectTypeOf<PGlite>().toExtend<PostgresClient>();
});

it.each(HOSTILE_TEXTS)(
  'S-01: a schema, a prefix, a language or a key for an index that is %j is refused',
  (name) => {
    const refused = expect.objectContaining({ code: 'configuration' });
    const make = [
      () => new PostgresKeyValueStore({ client, schema: name }),
      () => new PostgresDocumentStore({ client, prefix: name }),
      () => new PostgresVectorStore({ client, dimensions: 2, language: name }),
      () => new PostgresVectorStore({ client, dimensions: 2, indexedKeys: [name] }),
    ];
    // Plain names that are no syntax may be taken.
    const plain = /^\w+$/.test(name);
    for (const one of make) if (!plain) expect(one).toThrow(refused);
  },
);

it.each([
  ['neither a client nor a connection string', {}],
  ['both', { client, connectionString: 'postgres://localhost/db' }],
  ['a client without query', { client: {} as PostgresClient }],
  ['an empty connection string', { connectionString: '' }],
  ['an empty schema', { client, schema: '' }],
  ['a schema that is too long', { client, schema: 'a'.repeat(64) }],
  ['a prefix that is too long', { client, prefix: 'a'.repeat(33) }],
])('S-01: %s is refused when the store is made', (_, options) => {
  expect(() => new PostgresKeyValueStore(options)).toThrow(
    expect.objectContaining({ code: 'configuration' }),
  );
});

it.each([
  { dimensions: 0 },
  { dimensions: 1.5 },
  { dimensions: 16_001 },
  { dimensions: 2001, index: 'hnsw' as const },
  { dimensions: 4001, index: 'hnsw' as const, half: true },
  { dimensions: 2, index: 'ivf' as 'hnsw' },
  { dimensions: 2, indexedKeys: 'year' as unknown as string[] },
])('S-01: %j is refused when the vector store is made', (options) => {
  const make = () => new PostgresVectorStore({ client, ...options });
  expect(make).toThrow(expect.objectContaining({ code: 'configuration' }));
});

const state = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });

it.each([
  [state('ECONNREFUSED'), 'connection'],
  [new Error('Connection terminated unexpectedly'), 'connection'],
  [state('08006'), 'connection'],
  [state('57P01'), 'overloaded'],
  [state('53300'), 'overloaded'],
  [state('53100'), 'quota'],
  [state('28P01'), 'authentication'],
  [state('42501'), 'permission'],
  [state('25006'), 'permission'],
  [state('40P01'), 'overloaded'],
  [state('40001'), 'overloaded'],
  [state('57014'), 'timeout'],
  [state('3D000'), 'configuration'],
  [state('42703'), 'configuration'],
  [state('22P05'), 'invalid-request'],
  [state('54000'), 'invalid-request'],
  [state('XX001'), 'validation'],
  [state('0A000', 'extension "vector" is not available'), 'missing-dependency'],
  [state('42704', 'text search configuration "klingon" does not exist'), 'configuration'],
  [state('XX000'), 'internal'],
  ['a text', 'internal'],
  [undefined, 'internal'],
])('errors: %s of a client is %s, with what to do', async (thrown, code) => {
  const store = new PostgresKeyValueStore({ client: { query: () => Promise.reject(thrown) } });
  const error = await store.get('a').catch((one: unknown) => one);
  expect(isMortiseError(error) && error.code).toBe(code);
  expect((error as Error).message).toMatch(
    /^The store mortise\.entries could not be opened: .*\. [A-Z].*\.$/s,
  );
});

it('errors: a statement that another transaction was in the way of is tried again', async () => {
  let sent = 0;
  const busy: PostgresClient = {
    query: (text) => {
      if (text.startsWith('SELECT version')) return client.query(text);
      return ++sent < 4 ? Promise.reject(state('40P01')) : Promise.resolve({ rows: [] });
    },
  };
  await new PostgresKeyValueStore({ client: busy }).delete('a');
  expect(sent).toBe(4);
});

it('errors: what is wrong with a connection string says nothing of it', async () => {
  const strings = [
    'postgres://someone:hunter2%21x@127.0.0.1:1/db',
    'postgres://someone:hunter2%21x@[/db',
    'postgres://127.0.0.1:1/db?password=hunter2%21x',
  ];
  for (const connectionString of strings) {
    await using store = new PostgresKeyValueStore({ connectionString });
    const error = await store.get('a').catch((one: unknown) => one);
    expect(isMortiseError(error)).toBe(true);
    const shown = `${inspect(error, { depth: 9, showHidden: true })} ${inspect(store, { depth: 9, showHidden: true })}`;
    expect(shown).not.toContain('hunter2');
  }
});

it('C-10: a client that gives something else than rows is told so', async () => {
  for (const answer of [undefined, [], { rows: 'none' }, { rows: [1] }]) {
    const odd = { query: async () => answer } as unknown as PostgresClient;
    const asked = new PostgresKeyValueStore({ client: odd }).get('a');
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/malformed-response|internal/) });
  }
});

it('C-01: an abort rejects at once with its reason, while the server goes on', async () => {
  const controller = new AbortController();
  const stuck: PostgresClient = { query: () => new Promise(() => undefined) };
  const asked = new PostgresKeyValueStore({ client: stuck }).get('a', { signal: controller.signal });
  controller.abort('enough');
  await expect(asked).rejects.toBe('enough');
});

it('I-01: a document store has a lock where its client is a pool, and none where everybody has one session', () => {
  expect(new PostgresDocumentStore({ client }).lock).toBeUndefined();
  const pool: PostgresClient = { ...client, connect: async () => undefined, totalCount: 0 };
  expect(new PostgresDocumentStore({ client: pool }).lock).toBeTypeOf('function');
});

it('I-01: the connection of a lock is given back, whatever comes of it', async () => {
  const given: unknown[] = [];
  const pool = (rows: unknown[]): PostgresClient => ({
    ...client,
    totalCount: 0,
    connect: async () => ({
      query: async () => ({ rows }),
      release: (destroy?: boolean) => given.push(destroy),
    }),
  });
  const taken = new PostgresDocumentStore({ client: pool([{ locked: false }]) });
  await expect(taken.lock?.()).rejects.toMatchObject({ code: 'conflict' });
  const free = new PostgresDocumentStore({ client: pool([{ locked: true }]) });
  const lock = await free.lock?.();
  await lock?.release();
  await lock?.release();
  const controller = new AbortController();
  const aborted = free.lock?.({ signal: controller.signal });
  controller.abort('enough');
  await expect(aborted).rejects.toBe('enough');
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toEqual([true, false, false]);
});

it('C-09: two stores of one client share nothing but it', () => {
  expect(inspect(new PostgresVectorStore({ client: recorder(VECTORS).client, dimensions: 2 }))).not.toContain(
    'query',
  );
});

it.each(['postgresql+asyncpg://', '"postgres://', 'mysql://', 'file://'])(
  'an address is no folder, whose name would tell its password: %s',
  async (scheme) => {
    const place = `${scheme}someone:${['hunter2', 'x'].join('%21')}@db.test/app`;
    const error = await openPostgres(place).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('postgresql://') });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
    expect(existsSync(scheme.replace(/\/\/$/, ''))).toBe(false);
  },
);

it('a connection string may have blanks around it, and letters of any case', async () => {
  await using opened = await openPostgres(' POSTGRES://someone@127.0.0.1:1/db\n');
  expect(opened).toHaveProperty('totalCount', 0);
});

it('C-02: what is opened needs a place, and no call that is aborted already', async () => {
  const refused = openPostgres('');
  await expect(refused).rejects.toMatchObject({ code: 'configuration' });
  const opened = openPostgres('never-made', { signal: AbortSignal.abort('enough') });
  await expect(opened).rejects.toBe('enough');
  expect(existsSync('never-made')).toBe(false);
});
