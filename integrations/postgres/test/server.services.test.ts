import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { documentStoreConformance, keyValueConformance } from '@mortise/conformance';
import { PostgresDocumentStore, PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverPrograms, startServer, type Server } from './server.ts';

const KILLS = 30;
const WHY = serverPrograms === undefined ? ' (skipped: no server in /usr/lib/postgresql)' : '';

describe.skipIf(serverPrograms === undefined)(`on a server of its own${WHY}`, () => {
  let server: Server;
  let pool: pg.Pool;
  let schemas = 0;

  beforeAll(async () => {
    server = await startServer(serverPrograms as string);
    pool = new pg.Pool({ connectionString: server.url });
    pool.on('error', () => undefined);
  }, 600_000);

  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  }, 600_000);

  const place = () => ({ client: pool, schema: `test_${++schemas}` });

  function writer(task: string): ChildProcess {
    const file = fileURLToPath(new URL('writer.ts', import.meta.url));
    const flags = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
    return spawn(process.execPath, [...flags, file, server.url, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  keyValueConformance(
    { describe, it },
    {
      name: 'postgres on a server',
      declares: ['persistence', 'iterate', 'compare-and-set', 'lock'],
      reasons: { failure: 'It is tried with a client that fails, in the other suite.' },
      open() {
        const where = place();
        const open = () => new PostgresKeyValueStore(where);
        return { store: open(), reopen: open };
      },
    },
  );

  documentStoreConformance(
    { describe, it },
    {
      name: 'postgres on a server',
      declares: ['persistence', 'lock'],
      reasons: { failure: 'It is tried with a client that fails, in the other suite.' },
      open() {
        const where = place();
        const open = () => new PostgresDocumentStore(where);
        return { store: open(), reopen: open };
      },
    },
  );

  it('S-01: stores that begin at once, on connections of their own, make the tables once', async () => {
    const schema = `test_${++schemas}`;
    const stores = Array.from({ length: 8 }, (_, at) =>
      at % 2 === 0
        ? new PostgresKeyValueStore({ connectionString: server.url, schema })
        : new PostgresDocumentStore({ connectionString: server.url, schema }),
    );
    await Promise.all(stores.map((store) => store.get('a')));
    await Promise.all(stores.map((store) => store.close()));
    const { rows } = await pool.query(`SELECT part, version FROM "${schema}".versions ORDER BY part`);
    expect(rows).toEqual([
      { part: 'documents', version: 1 },
      { part: 'entries', version: 1 },
    ]);
  });

  it('S-01: who may only read can, and is told so of a write', async () => {
    const schema = `test_${++schemas}`;
    const owner = new PostgresKeyValueStore({ client: pool, schema });
    await owner.set('a', 1);
    await pool.query(`CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA "${schema}" TO reader`);
    await pool.query(`GRANT SELECT ON ALL TABLES IN SCHEMA "${schema}" TO reader`);
    const connectionString = server.url.replace('postgres@', 'reader@');
    await using store = new PostgresKeyValueStore({ connectionString, schema });
    expect(await store.get('a')).toBe(1);
    await expect(store.set('a', 2)).rejects.toMatchObject({ code: 'permission' });
    await using elsewhere = new PostgresKeyValueStore({ connectionString, schema: 'none_of_its_own' });
    await expect(elsewhere.get('a')).rejects.toMatchObject({ code: 'permission' });
  });

  it('errors: a server without pgvector is a missing dependency, with what to do', async () => {
    const { rows } = await pool.query(`SELECT FROM pg_available_extensions WHERE name = 'vector'`);
    if (rows.length > 0) return;
    const asked = new PostgresVectorStore({ ...place(), dimensions: 2 }).delete({ ids: ['a'] });
    await expect(asked).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('pgvector'),
    });
  });

  it('I-01: a lock is free again when the process that held it is killed', async () => {
    const store = new PostgresDocumentStore({ client: pool });
    const child = writer('lock');
    await once(child.stdout!, 'data');
    await expect(store.lock?.()).rejects.toMatchObject({ code: 'conflict' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await soon(() => store.lock?.());
    await lock?.release();
  });

  it('S-06: keys whose lease has ended are free, and a lock that was lost says so and frees nothing', async () => {
    const where = place();
    const [store, other] = [new PostgresKeyValueStore(where), new PostgresKeyValueStore(where)];
    const held = await store.lock?.(['a', 'b'], { leaseMs: 300 });
    // As of a process that has stood still for so long.
    await pool.query(`UPDATE "${where.schema}".entries SET expires_at = now() - interval '1 second'`);
    const next = await other.lock?.(['b', 'c']);
    expect(next?.keys).toEqual(['b', 'c']);
    await expect.poll(() => held?.lost?.aborted, { timeout: 5_000 }).toBe(true);
    await held?.release();
    expect((await store.lock?.(['a', 'b', 'c']))?.keys).toEqual(['a']);
    await next?.release();
  });

  it('S-05: two processes that add to one entry lose nothing', async () => {
    const children = [writer('add'), writer('add')];
    for (const [code] of await Promise.all(children.map((child) => once(child, 'exit'))))
      expect(code).toBe(0);
    expect(await new PostgresKeyValueStore({ client: pool }).get('count')).toBe(200);
  });

  it(`I-01: after each of ${KILLS} kills a record has its nodes, and a call's entries are of one version`, async () => {
    const documents = new PostgresDocumentStore({ client: pool });
    const values = new PostgresKeyValueStore({ client: pool });
    for (let kill = 0; kill < KILLS; kill++) {
      const child = writer('write');
      await once(child.stdout!, 'data');
      await new Promise((resolve) => setTimeout(resolve, (kill * 7) % 40));
      child.kill('SIGKILL');
      await once(child, 'exit');
      await quiet(pool);
      const record = await documents.getSource('doc');
      const nodes = await documents.getMany(record?.nodeIds ?? []);
      expect(nodes.every((node) => node?.text === record?.hash)).toBe(true);
      const [first, ...others] = await values.getMany(['k0', 'k1', 'k2']);
      expect(others).toEqual([first, first]);
    }
  });

  it('C-01: an aborted call leaves the pool as it was', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 1 });
    small.on('error', () => undefined);
    const store = new PostgresKeyValueStore({ client: small, schema: `test_${++schemas}` });
    await store.set('a', 1);
    const ended = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const controller = new AbortController();
        const asked = store.set('a', 2, { signal: controller.signal }).catch((reason: unknown) => reason);
        setImmediate(() => controller.abort('enough'));
        return asked;
      }),
    );
    expect(ended.every((end) => end === undefined || end === 'enough')).toBe(true);
    await store.set('a', 3);
    expect(await store.get('a')).toBe(3);
    expect([small.totalCount, small.idleCount, small.waitingCount]).toEqual([1, 1, 0]);
    await small.end();
  });

  it('errors: a session that is ended under a lock ends nothing else', async () => {
    const store = new PostgresDocumentStore(place());
    const lock = await store.lock?.();
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'`);
    const next = await soon(() => store.lock?.());
    await lock?.release();
    await expect(store.lock?.()).rejects.toMatchObject({ code: 'conflict' });
    await next?.release();
  });

  it('I-01: a run that holds documents is told when its session is ended, and another may hold them', async () => {
    const given = place();
    const store = new PostgresDocumentStore(given);
    const [first, second] = await Promise.all([
      store.lock?.({ sourceIds: ['a'] }),
      store.lock?.({ sourceIds: ['b', 'c'] }),
    ]);
    const { rows } = await pool.query(
      `SELECT count(DISTINCT pid)::int AS sessions FROM pg_locks WHERE locktype = 'advisory'`,
    );
    expect(rows).toEqual([{ sessions: 1 }]);
    expect(first?.lost?.aborted).toBe(false);
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'`);
    await soon(async () => {
      if (first?.lost?.aborted !== true) throw new Error('The holder was not told.');
    });
    expect(second?.lost?.reason).toMatchObject({ name: 'MortiseError', code: 'connection' });
    // Of this process the first still holds it, until it is through.
    await expect(store.lock?.({ sourceIds: ['a'] })).rejects.toMatchObject({ code: 'conflict' });
    const next = await new PostgresDocumentStore({ ...given }).lock?.({ sourceIds: ['a'] });
    await first?.release();
    await second?.release();
    await next?.release();
    await (await store.lock?.())?.release();
  });

  it('I-01: documents are held by a pool of two connections, however many are', async () => {
    const small = new pg.Pool({ connectionString: server.url, max: 2 });
    // Its connections may still be closing when the server stops.
    small.on('error', () => undefined);
    const store = new PostgresDocumentStore({ client: small, schema: `test_${++schemas}` });
    const ids = Array.from({ length: 20 }, (_, at) => `d${at}`);
    const locks = await Promise.all(ids.map(async (id) => store.lock?.({ sourceIds: [id] })));
    await Promise.all(ids.map((id) => store.setSource({ sourceId: id, hash: 'h', nodeIds: [] })));
    await Promise.all(locks.map(async (lock) => lock?.release()));
    await (await store.lock?.())?.release();
    await small.end();
  });
});

/** A server notices that a client is gone when it next looks. */
async function soon<T>(call: () => Promise<T> | undefined): Promise<T | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Nothing of a killed client runs any more. */
async function quiet(pool: pg.Pool): Promise<void> {
  await soon(async () => {
    const { rows } = await pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
    );
    if (rows.length > 0) throw new Error('A statement of a killed client runs still.');
  });
}
