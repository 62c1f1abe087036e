import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { PostgresDocumentStore } from '@mortise/postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverProgram, startRedis, WHY } from '../../../integrations/bullmq/test/server.ts';
import { freePort } from '../../../integrations/postgres/test/server.ts';
import { start, temporaryFolder } from './lab.ts';

describe.skipIf(serverProgram === undefined)(`the cookbook's queue${WHY}`, () => {
  it('is read by one program, worked on by another, and follows the folder', async () => {
    const redis = await startRedis(serverProgram as string);
    onTestFinished(() => redis.stop());
    const db = await PGlite.create({ extensions: { vector } });
    const port = await freePort();
    // One session stands behind the socket: enough for one worker.
    const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: 20 });
    await server.start();
    onTestFinished(() => server.stop());
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'handbook'));
    for (const name of ['oak', 'ash', 'pine'])
      writeFileSync(join(folder, 'handbook', `${name}.md`), `# ${name}\n\nAll about ${name}.`);
    const env = {
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
    };
    const worker = start('ingestion-queue.ts', ['work'], { folder, env });
    const read = async () =>
      (await start('ingestion-queue.ts', ['read', 'handbook'], { folder, env }).ended).out;
    expect(await read()).toBe('3 added, 0 unchanged, 0 failed\n');
    rmSync(join(folder, 'handbook', 'ash.md'));
    expect(await read()).toBe('0 added, 2 unchanged, 0 failed\n');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0, errors: '' });
    const kept: string[] = [];
    for await (const { sourceId } of new PostgresDocumentStore({ client: db }).sources()) kept.push(sourceId);
    expect(kept.toSorted()).toEqual(['oak.md', 'pine.md']);
  });
});
