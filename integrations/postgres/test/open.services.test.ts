import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { openPostgres, PostgresDocumentStore, PostgresVectorStore } from '@mortise/postgres';
import { openIndex } from '@mortise/rag';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pglite } from './pglite.ts';
import { freePort } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-postgres-'));
let server: PGLiteSocketServer;
let connectionString: string;

beforeAll(async () => {
  const port = await freePort();
  server = new PGLiteSocketServer({ db: await pglite(), port, host: '127.0.0.1', maxConnections: 20 });
  await server.start();
  connectionString = `postgresql://postgres@127.0.0.1:${port}/postgres`;
}, 600_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('S-03: an index is opened by a connection string as it is in a folder', async () => {
  await using client = await openPostgres(connectionString);
  const documents = new PostgresDocumentStore({ client });
  const vectors = new PostgresVectorStore({ client, dimensions: 64 });
  const index = await openIndex({ embedding: new HashEmbedding({ dimensions: 64 }), documents, vectors });
  await index.update([createDocument({ id: 'wall', text: 'Lime lets a wall dry.' })]);
  const found = await index.retriever({ topK: 1 }).retrieve('How is a wall kept dry?');
  expect(found.map(({ node }) => node.text)).toEqual(['Lime lets a wall dry.']);
  expect(documents.lock).toBeTypeOf('function');
});

it('I-01: a folder is open once at a time', async () => {
  const place = join(folder, 'once');
  const first = await openPostgres(place);
  await expect(openPostgres(place)).rejects.toMatchObject({ code: 'conflict' });
  await first.close();
  await first.close();
  const next = await openPostgres(place);
  expect((await next.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await next.close();
});
