import { enqueue } from '@mortise/bullmq';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDocument, type Document } from '@mortise/core/retriever';
import { PostgresDocumentStore } from '@mortise/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  serverPrograms,
  startServer,
  type Server as PostgresServer,
} from '../../../integrations/postgres/test/server.ts';
import { PlainVectorStore } from '../plain-vectors.ts';
import { serverProgram, startRedis, type RedisServer } from '../../../integrations/bullmq/test/server.ts';
import type { WorkerArguments } from './worker.ts';

/** The long form has 100 kills of workers, and 10 of each server. */
const KILLS = Number(process.env['MORTISE_QUEUE_KILLS'] ?? 10);
const SERVER_KILLS = Math.ceil(KILLS / 10);
const WORKERS = 4;
const CONCURRENCY = 2;
/** Batches that one worker may have under way: its jobs, each with the pipeline's own four. */
const BATCHES = CONCURRENCY * 4;

const why = [
  ...(serverProgram === undefined ? ['no redis-server in /usr/bin'] : []),
  ...(serverPrograms === undefined ? ['no Postgres in /usr/lib/postgresql'] : []),
];
const WHY = why.length === 0 ? '' : ` (skipped: ${why.join(', ')})`;

describe.skipIf(why.length > 0)(`${WORKERS} workers in processes of their own${WHY}`, () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let pool: pg.Pool;
  let provider: Server;
  /** How often each text was paid, and how many requests held one that was paid before. */
  let paid = new Map<string, number>();
  let again = 0;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    postgres = await startServer(serverPrograms as string);
    pool = new pg.Pool({ connectionString: postgres.url });
    pool.on('error', () => undefined);
    provider = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const texts = JSON.parse(body) as string[];
        if (texts.some((text) => paid.has(text))) again += 1;
        for (const text of texts) paid.set(text, (paid.get(text) ?? 0) + 1);
        setTimeout(() => response.end(JSON.stringify(texts.map(vectorOf))), 20);
      });
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    provider?.close();
    await pool?.end();
    await postgres?.stop();
    await redis?.stop();
  });

  async function worker(name: string, leaseMs = 1_000): Promise<ChildProcess> {
    const given: WorkerArguments = {
      ...{ name, concurrency: CONCURRENCY, leaseMs, redisPort: redis.port, postgresUrl: postgres.url },
      providerUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    };
    const file = fileURLToPath(new URL('worker.ts', import.meta.url));
    const flags = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...flags, file, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', process.env['MORTISE_LOUD'] === undefined ? 'ignore' : 'inherit'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    await once(child.stdout, 'data');
    return child;
  }

  async function index(name: string): Promise<void> {
    await PlainVectorStore.open(pool, `${name}_plain`);
    paid = new Map();
    again = 0;
  }

  /** Everything there is, records with their nodes and vectors with theirs. */
  async function dump(name: string): Promise<unknown> {
    const documents = new PostgresDocumentStore({ client: pool, prefix: `${name}_` });
    const records: unknown[] = [];
    for await (const record of documents.sources())
      records.push({ ...record, nodes: await documents.getMany(record.nodeIds) });
    const vectors = await new PlainVectorStore(pool, `${name}_plain`).query();
    const nodes: string[] = [];
    for await (const { id } of documents.iterate()) nodes.push(id);
    return { records, vectors: vectors.map(({ node }) => node), nodes: nodes.toSorted() };
  }

  const run = (name: string, source: Document[]) =>
    enqueue(source, {
      ...{ connection: redis.connect(), name, batchSize: 4, maxWaiting: 64, strategy: 'upserts-and-delete' },
    });

  it(`I-01, I-02, I-03: after ${KILLS} kills of workers and ${SERVER_KILLS} of Redis and of Postgres all is as without any`, async () => {
    const versions = [corpus(1, 400), corpus(2, 360)];
    await index('calm');
    const calm = await Promise.all(Array.from({ length: WORKERS }, () => worker('calm')));
    for (const version of versions) await run('calm', version);
    for (const child of calm) child.kill('SIGTERM');
    await Promise.all(calm.map((child) => once(child, 'exit')));
    expect(again).toBe(0);
    const expected = await dump('calm');

    await index('killed');
    let workers = await Promise.all(Array.from({ length: WORKERS }, () => worker('killed')));
    let kills = 0;
    let over = false;
    const killing = (async () => {
      while (!over && kills < KILLS) {
        await pause(100 + Math.random() * 400);
        const at = Math.floor(Math.random() * WORKERS);
        workers[at]!.kill('SIGKILL');
        kills += 1;
        if (kills % 10 === 5) {
          await redis.kill();
          await pause(Math.random() * 300);
          await redis.start();
        }
        if (kills % 10 === 0) {
          await postgres.kill();
          await pause(Math.random() * 300);
          await postgres.start();
        }
        workers[at] = await worker('killed');
      }
    })();
    // Each time another version, so that there is something to pay for, until there were enough kills.
    for (let version = 3; kills < KILLS; version++) await run('killed', corpus(version, 400));
    for (const version of versions) await run('killed', version);
    over = true;
    await killing;
    const last = await run('killed', versions.at(-1)!);
    expect(last.failed).toEqual([]);
    for (const child of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(async (child) => child.exitCode ?? once(child, 'exit')));
    workers = [];
    expect(await dump('killed')).toEqual(expected);
    process.stdout.write(
      `${kills} kills: ${again} requests held what was paid before; ${paid.size} texts.\n`,
    );
    expect(again).toBeLessThanOrEqual(kills * BATCHES);
  }, 1_200_000);

  it('I-03: a document that its workers die of is set aside, and the others of its piece of work are not', async () => {
    await index('poison');
    const source = corpus(1, 4).map((one, at) => (at === 2 ? { ...one, text: 'A poison.' } : one));
    let over = false;
    const running = run('poison', source).finally(() => (over = true));
    let deaths = 0;
    while (!over) {
      const child = await worker('poison', 300);
      await Promise.race([once(child, 'exit').then(() => deaths++), running]);
      child.kill('SIGKILL');
    }
    expect(await running).toMatchObject({
      added: 3,
      failed: [{ documentId: 'd2', code: 'internal', message: expect.stringContaining('workers ended') }],
    });
    expect(deaths).toBeGreaterThan(2);
  }, 600_000);
});

/** A third of the documents change from one version to the next, and some are of equal content. */
function corpus(version: number, count: number): Document[] {
  return Array.from({ length: count }, (_, at) => {
    const text =
      at % 50 === 0 ? 'The same everywhere.' : `Document ${at}, version ${at % 3 === 0 ? version : 0}.`;
    return createDocument({ id: `d${at}`, text, metadata: { at } });
  });
}

function vectorOf(text: string): number[] {
  return [text.length, text.charCodeAt(0), text.charCodeAt(text.length - 2), 1];
}
