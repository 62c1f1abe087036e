import { createTextNode } from '@mortise/core';
import { PostgresVectorStore } from '@mortise/postgres';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './server.ts';
import { pglite } from './pglite.ts';
import { vectorSuite } from './wiring.ts';

let server: PGLiteSocketServer;
let pool: pg.Pool;
let schemas = 0;

// One session stands behind the socket: so one connection, and one that comes while the pool drops another after an error.
beforeAll(async () => {
  const port = await freePort();
  server = new PGLiteSocketServer({ db: await pglite(), port, host: '127.0.0.1', maxConnections: 2 });
  await server.start();
  pool = new pg.Pool({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`, max: 1 });
}, 600_000);

afterAll(async () => {
  await pool?.end();
  await server?.stop();
});

vectorSuite({ describe, it }, 'postgres by pg', 'exact', async () => ({
  client: pool,
  schema: `socket_${++schemas}`,
}));

it('S-03: what a graph of halves finds comes through the wire as it is in process', async () => {
  const options = { schema: `socket_${++schemas}`, dimensions: 3, half: true, index: 'hnsw' as const };
  const far = new PostgresVectorStore({ client: pool, ...options });
  await far.upsert(
    ['a saw', 'a plane', 'two saws'].map((text, at) => ({
      node: createTextNode({ id: `n${at}`, text, metadata: { at } }),
      embedding: Float32Array.of(at, 1, -at),
    })),
  );
  const near = new PostgresVectorStore({ client: await pglite(), ...options });
  const query = { embedding: Float32Array.of(1, 1, 0), text: 'saw', topK: 3 };
  for (const mode of far.support.modes)
    for (const filter of [undefined, { key: 'at', op: '>', value: 0 } as const]) {
      const asked = { ...query, mode, filter };
      expect(await far.query(asked)).toEqual(await near.query(asked));
    }
});
