import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import type { Reader } from '@mortise/core';
import { IngestionPipeline, MemoryDocumentStore, MemoryVectorStore } from '@mortise/rag';
import {
  serverProgram,
  startRedis,
  WHY,
  type RedisServer,
} from '../../../integrations/bullmq/test/server.ts';
import { read as readFolder } from '../packages/bullmq.ts';
import { embedTwice } from '../packages/keyv.ts';
import { openPipeline, read, run, state } from '../queue.ts';
import { providers } from './provider.ts';

describe.skipIf(serverProgram === undefined)(`the guide's queue${WHY}`, () => {
  let redis: RedisServer;
  let url: string;

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    url = `redis://127.0.0.1:${redis.port}`;
  });
  afterAll(() => redis?.stop());

  it('goes from the one that reads to those that work', async () => {
    const embedding = new HashEmbedding();
    const pipeline = new IngestionPipeline({
      ...{ documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore(), embedding },
    });
    const reader: Reader = {
      async *read() {
        for (const id of ['a', 'b', 'c']) yield createDocument({ id, text: `Text of ${id}.` });
      },
    };
    const lines: string[] = [];
    const working = run(url, 'guide', pipeline);
    expect(await read(url, 'guide', reader, (line) => lines.push(line))).toMatchObject({
      added: 3,
      failed: [],
    });
    expect(lines.at(-1)).toBe('3 of 3');
    expect(await state(url, 'guide')).toMatchObject({ progress: { settled: 3 }, report: { added: 3 } });
    process.emit('SIGTERM');
    await working;
  });

  it('has a pipeline over a database that is not asked before there is work', async () => {
    const connection = new Redis(url);
    const limits: unknown[] = [];
    const { client } = openPipeline('postgres://127.0.0.1:1/none', connection, ({ limiter }) => {
      limits.push(limiter);
      return new HashEmbedding({ dimensions: 1_536 });
    });
    expect(limits).toHaveLength(1);
    await client.end();
    connection.disconnect();
  });

  it('the programs at the heads of the READMEs read a folder, and embed a text once', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const folder = mkdtempSync(join(tmpdir(), 'mortise-guides-'));
    writeFileSync(join(folder, 'wall.md'), 'Lime lets a wall dry.');
    const parts = { documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() };
    const working = run(url, 'handbook', new IngestionPipeline({ ...parts, embedding: new HashEmbedding() }));
    expect(await readFolder(url, folder)).toBe(1);
    expect(log.mock.calls.at(-1)).toEqual(['1 added, 0 set aside']);
    process.emit('SIGTERM');
    await working;
    vi.stubEnv('OPENAI_API_KEY', 'test');
    vi.stubGlobal(
      'fetch',
      providers(() => ''),
    );
    expect(await embedTwice(url)).toBe(0);
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    log.mockRestore();
    rmSync(folder, { recursive: true });
  });
});
