import {
  enqueue,
  queueState,
  work,
  type EnqueueOptions,
  type IngestionWorker,
  type WorkOptions,
} from '@mortise/bullmq';
import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { MortiseError } from '@mortise/core';
import { createDocument, type Document } from '@mortise/core/retriever';
import type { Reader } from '@mortise/core/reader';
import { HashEmbedding } from '@mortise/core/testing';
import { IngestionPipeline, MemoryDocumentStore, MemoryVectorStore } from '@mortise/rag';
import { Queue } from 'bullmq';
import { Cluster, type Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';

const document = (id: string, text = `Text of ${id}.`): Document => createDocument({ id, text });
const many = (count: number): Document[] => Array.from({ length: count }, (_, at) => document(`d${at}`));

/** Does as it is told, once. */
class ToldEmbedding extends HashEmbedding {
  tell: (texts: readonly string[]) => Promise<void> | void = () => undefined;
  readonly texts: string[] = [];

  override async doEmbed(...[inputs, request]: Parameters<HashEmbedding['doEmbed']>) {
    await this.tell(inputs);
    this.texts.push(...inputs);
    return super.doEmbed(inputs, request);
  }
}

describe.skipIf(serverProgram === undefined)(`ingestion through a queue${WHY}`, () => {
  let redis: RedisServer;
  let connection: Redis;
  let queues = 0;
  const working: IngestionWorker[] = [];

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    connection = redis.connect();
  });
  afterEach(() => Promise.all(working.splice(0).map((worker) => worker.stop({ now: true }))));
  afterAll(() => redis?.stop());

  /** An index of its own with a queue of its own. */
  function setup() {
    const name = `index-${++queues}`;
    const embedding = new ToldEmbedding({ dimensions: 16 });
    const documents = new MemoryDocumentStore();
    const vectors = new MemoryVectorStore();
    const pipeline = new IngestionPipeline({ documents, vectors, embedding });
    const errors: Error[] = [];
    const queue = { connection, name };
    return {
      ...{ queue, embedding, documents, vectors, pipeline, errors },
      enqueue: (source: Parameters<typeof enqueue>[0], options: Partial<EnqueueOptions> = {}) =>
        enqueue(source, { ...queue, ...options }),
      work(options: Partial<WorkOptions> = {}) {
        const worker = work(pipeline, {
          ...queue,
          leaseMs: 1_000,
          onError: (error) => errors.push(error),
          ...options,
        });
        worker.done.catch(() => undefined);
        working.push(worker);
        return worker;
      },
      async texts() {
        const texts = Object.create(null) as Record<string, string>;
        for await (const { sourceId, nodeIds, strayIds } of documents.sources()) {
          expect(strayIds).toBeUndefined();
          const nodes = await documents.getMany(nodeIds);
          texts[sourceId] = nodes.map((node) => node?.text).join('');
        }
        const found = await vectors.query({ topK: 10_000, embedding: new Float32Array(16).fill(1) });
        expect(found.length).toBe(Object.keys(texts).length);
        return texts;
      },
    };
  }

  it('workers ingest what is enqueued, and the report says what all of them did', async () => {
    const index = setup();
    index.work();
    index.work();
    const seen: number[] = [];
    const report = await index.enqueue(many(100), { onProgress: ({ settled }) => seen.push(settled) });
    expect(report).toMatchObject({
      added: 100,
      updated: 0,
      unchanged: 0,
      removed: 0,
      superseded: 0,
      failed: [],
    });
    expect(report).toMatchObject({ nodes: 100, embedded: 100, cached: 0, tokens: expect.any(Number) });
    expect(Object.keys(await index.texts())).toHaveLength(100);
    expect(seen.at(-1)).toBe(100);
    expect(await index.enqueue(many(100))).toMatchObject({ added: 0, unchanged: 100, embedded: 0 });
    const changed = many(100).map((one, at) => (at % 10 === 0 ? document(one.id, 'Another.') : one));
    expect(await index.enqueue(changed)).toMatchObject({ updated: 10, unchanged: 90 });
    expect(await queueState(index.queue)).toMatchObject({
      progress: { enqueued: 100, settled: 100, total: 100 },
      report: { updated: 10, unchanged: 90 },
    });
  });

  it('I-04: what the source does not have any more is removed, once all else is there', async () => {
    const index = setup();
    index.work();
    await index.enqueue(many(250));
    const strategy = 'upserts-and-delete';
    expect(await index.enqueue(many(20), { strategy })).toMatchObject({ unchanged: 20, removed: 230 });
    expect(Object.keys(await index.texts())).toHaveLength(20);
    expect(await index.enqueue([], { strategy })).toMatchObject({ removed: 20 });
    expect(await index.texts()).toEqual({});
  });

  it('I-04: what a reader could not read is not removed, and reported', async () => {
    const index = setup();
    index.work();
    const failures: string[] = [];
    const ofItems = (failing: boolean): Reader => ({
      async *read({ onError } = {}) {
        yield { ...document('a#1'), item: 'a' };
        if (failing) onError?.({ item: 'b', error: new MortiseError('parse', 'Torn.') });
        else yield { ...document('b#1'), item: 'b' };
        if (!failing) yield { ...document('c#1'), item: 'c' };
      },
    });
    const strategy = 'upserts-and-delete';
    await index.enqueue(ofItems(false), { strategy });
    const report = await index.enqueue(ofItems(true), {
      strategy,
      onError: ({ item }) => failures.push(item),
    });
    expect(report).toMatchObject({
      unchanged: 1,
      removed: 1,
      failed: [{ item: 'b', code: 'parse', message: 'Torn.' }],
    });
    expect(failures).toEqual(['b']);
    expect(Object.keys(await index.texts())).toEqual(['a#1', 'b#1']);
    await expect(index.enqueue(ofItems(false).read(), { strategy })).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  it('I-03: a document that cannot be ingested is set aside, told, and tried again by the next run', async () => {
    const index = setup();
    index.embedding.tell = (texts) => {
      if (texts.some((text) => text.includes('d3')))
        throw new MortiseError('invalid-request', 'No such text.');
    };
    index.work();
    const failures: unknown[] = [];
    const report = await index.enqueue(many(8), { onError: (failure) => failures.push(failure) });
    expect(report).toMatchObject({ added: 7, failed: [{ documentId: 'd3', code: 'invalid-request' }] });
    expect(failures).toHaveLength(1);
    index.embedding.tell = () => undefined;
    expect(await index.enqueue(many(8))).toMatchObject({ added: 1, unchanged: 7, failed: [] });
    const twice = [
      document('x'),
      document('x', 'Another.'),
      { ...document('y'), metadata: { big: 1n as never } },
    ];
    expect(await index.enqueue(twice)).toMatchObject({
      added: 1,
      failed: [
        { documentId: 'x', code: 'conflict' },
        { documentId: 'y', code: 'invalid-request' },
      ],
    });
    expect((await index.texts())['x']).toBe('Text of x.');
  });

  it('a provider that is gone for a while costs that while', async () => {
    const index = setup();
    let calls = 0;
    index.embedding.tell = () => {
      if (++calls <= 4) throw new MortiseError('overloaded', 'Too much.', { retryable: true });
    };
    index.work({ concurrency: 1 });
    expect(await index.enqueue(many(5))).toMatchObject({ added: 5, failed: [] });
    expect(index.errors.length).toBeGreaterThan(0);
  });

  it('a wrong key stops the worker, which says so; another one takes up its work', async () => {
    const index = setup();
    index.embedding.tell = () => {
      throw new MortiseError('authentication', 'Wrong key.');
    };
    const worker = index.work();
    const running = index.enqueue(many(5));
    await expect(worker.done).rejects.toMatchObject({ code: 'authentication' });
    index.embedding.tell = () => undefined;
    index.work();
    expect(await running).toMatchObject({ added: 5 });
  });

  it('of two versions in the queue the later one counts, whoever comes first', async () => {
    const index = setup();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    index.embedding.tell = (texts) => (texts.includes('first') ? gate : undefined);
    await index.enqueue([document('a', 'first'), document('b', 'first')], { wait: false, batchSize: 1 });
    index.work({ concurrency: 1 });
    await pause(300);
    const second = index.enqueue([document('a', 'second'), document('b', 'second')]);
    index.work({ concurrency: 4 });
    await pause(500);
    open();
    const report = await second;
    expect(report.failed).toEqual([]);
    expect(await index.texts()).toEqual({ a: 'second', b: 'second' });
  });

  it('a second enqueue is refused while one is at the queue', async () => {
    const index = setup();
    const controller = new AbortController();
    const first = index.enqueue(many(3), { signal: controller.signal });
    await pause(300);
    await expect(index.enqueue(many(3))).rejects.toMatchObject({ code: 'conflict' });
    controller.abort('enough');
    await expect(first).rejects.toBe('enough');
    index.work();
    expect(await index.enqueue(many(4))).toMatchObject({ added: 4 });
  });

  it('reads no faster than workers follow', async () => {
    const index = setup();
    let read = 0;
    async function* source() {
      for (const one of many(60)) {
        read += 1;
        yield one;
      }
    }
    const running = index.enqueue(source(), { batchSize: 2, maxWaiting: 5 });
    await pause(500);
    expect(read).toBeLessThan(20);
    index.work();
    expect(await running).toMatchObject({ added: 60 });
  });

  it('drains, and stops; what was begun is finished, or given back at once', async () => {
    const index = setup();
    await index.enqueue(many(40), { wait: false });
    const worker = index.work();
    await worker.drain();
    expect(Object.keys(await index.texts())).toHaveLength(40);
    await worker.done;
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    index.embedding.tell = () => gate;
    await index.enqueue(many(50), { wait: false });
    const slow = index.work();
    await pause(300);
    await slow.stop({ now: true });
    index.embedding.tell = () => undefined;
    open();
    await index.work().drain();
    expect(Object.keys(await index.texts())).toHaveLength(50);
    const signal = AbortSignal.abort('enough');
    await index.work({ signal }).done;
  });

  it('a run that began after another keeps what it has from being removed by it', async () => {
    const index = setup();
    await index.work().drain();
    const strategy = 'upserts-and-delete';
    // The last piece of work of the first one stands in the queue when the second one begins.
    await index.enqueue([document('a')], { strategy, wait: false });
    await index.enqueue([document('a'), document('b')], { strategy, wait: false });
    await index.work().drain();
    expect(Object.keys(await index.texts()).sort()).toEqual(['a', 'b']);
  });

  it('takes no queue without a name, nor a client that is none', async () => {
    for (const bad of [{ name: '' }, { name: 'a:b' }, { prefix: '{x}' }, { connection: {} as never }])
      await expect(enqueue([], { connection, name: 'a', ...bad })).rejects.toMatchObject({
        code: 'configuration',
      });
    const { pipeline, queue } = setup();
    expect(() => work({} as never, queue)).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(() => work(pipeline, { ...queue, concurrency: 0 })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    await expect(enqueue([], { ...queue, strategy: 'duplicates-only' as never })).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  /** The queue as BullMQ has it. */
  async function jobsOf(index: ReturnType<typeof setup>) {
    const queue = new Queue<{ kind: string }>(index.queue.name, {
      connection,
      prefix: `{mortise:ingestion:${index.queue.name}}`,
    });
    return { queue, jobs: await queue.getJobs(['waiting', 'delayed']) };
  }

  it('I-04: a last piece of work that comes again, of a worker that was killed after it, removes nothing', async () => {
    const index = setup();
    await index.enqueue(many(20), { strategy: 'upserts-and-delete', wait: false });
    const { queue, jobs } = await jobsOf(index);
    const last = jobs.find(({ data }) => data.kind === 'missing');
    await index.work().drain();
    expect(Object.keys(await index.texts())).toHaveLength(20);
    await queue.add('missing', last!.data, { jobId: 'again', removeOnComplete: true });
    await index.work().drain();
    expect(Object.keys(await index.texts())).toHaveLength(20);
    await queue.close();
  });

  it('I-04: where Redis has lost which documents there were, none is removed, and all are told', async () => {
    const index = setup();
    await index.enqueue(many(20), { wait: false });
    await index.work().drain();
    const strategy = 'upserts-and-delete';
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    index.embedding.tell = () => gate;
    const running = index.enqueue([...many(20), document('new')], { strategy });
    index.work();
    await pause(400);
    for (const key of await connection.keys(`{mortise:ingestion:${index.queue.name}}:seen:*`))
      await connection.del(key);
    open();
    await expect(running).rejects.toMatchObject({ code: 'not-found', message: /lost/ });
    expect(Object.keys(await index.texts())).toHaveLength(21);
    await index.work().drain();
    expect(index.errors).toMatchObject([{ code: 'not-found' }]);
  });

  it('a run whose enqueuer was killed at its very end does not keep workers from an end', async () => {
    const index = setup();
    await index.enqueue(many(3), { strategy: 'upserts-and-delete', wait: false });
    const [key] = await connection.keys(`{mortise:ingestion:${index.queue.name}}:run:*`);
    await connection.hdel(key as string, 'read');
    await index.work().drain();
    expect(await connection.hget(key as string, 'finished')).toBe('1');
  });

  it('a document that no worker can read, or whose id Redis cannot keep, is set aside alone', async () => {
    const index = setup();
    const worker = index.work();
    const kindless = { ...document('kindless'), type: undefined as never };
    const sources = [
      document('\ud800'),
      document('\udc00'),
      kindless,
      document('__proto__'),
      document('a b:🦊'),
    ];
    const report = await index.enqueue(
      [...sources, createDocument({ id: 'm', text: 'half \ud800', metadata: JSON.parse('{"__proto__":1}') })],
      { strategy: 'upserts-and-delete' },
    );
    expect(report.added).toBe(3);
    expect(report.failed.map(({ code }) => code).sort()).toEqual([
      'conflict',
      'invalid-request',
      'validation',
    ]);
    expect(Object.keys(await index.texts()).sort()).toEqual(['__proto__', 'a b:🦊', 'm']);
    await worker.stop();
    await worker.done;
  });

  it('callbacks that throw: of a worker they cost no document, of enqueue they end it', async () => {
    const index = setup();
    let calls = 0;
    index.embedding.tell = () => {
      if (++calls <= 2) throw new MortiseError('overloaded', 'Too much.', { retryable: true });
    };
    index.work({
      onError: () => {
        throw new Error('Mine.');
      },
    });
    expect(await index.enqueue(many(4), { batchSize: 2 })).toMatchObject({ added: 4 });
    const mine = new Error('Mine.');
    const throwing = {
      onProgress: () => {
        throw mine;
      },
    };
    await expect(index.enqueue(many(4), throwing)).rejects.toMatchObject({ cause: mine });
    const rejecting = { onProgress: async () => Promise.reject(mine) };
    await expect(index.enqueue(many(4), rejecting)).rejects.toMatchObject({ cause: mine });
  });

  it('C-01, C-03: an abort does not wait for a source, nor for a Redis that is gone; no listener is left', async () => {
    const index = setup();
    async function* silent(): AsyncGenerator<Document> {
      yield document('a');
      await new Promise(() => undefined);
    }
    const reason = new Error('Enough.');
    const after = (ms: number) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), ms);
      return controller.signal;
    };
    await expect(index.enqueue(silent(), { signal: after(300) })).rejects.toBe(reason);
    const gone = await startRedis(serverProgram as string);
    const elsewhere = gone.connect();
    await elsewhere.ping();
    await gone.kill();
    const began = performance.now();
    const lost = { connection: elsewhere, signal: after(300) };
    await expect(index.enqueue([document('a')], lost)).rejects.toBe(reason);
    await expect(queueState({ ...index.queue, ...lost, signal: after(300) })).rejects.toBe(reason);
    await gone.start();
    const worker = index.work({ connection: elsewhere });
    await pause(500);
    await gone.kill();
    await worker.stop();
    expect(performance.now() - began).toBeLessThan(9_000);
    await gone.start();
    await pause(2_500);
    // Of the worker nothing comes back.
    const clients = (await elsewhere.client('LIST')) as string;
    expect(clients.trim().split('\n')).toHaveLength(1);
    await gone.stop();
    const long = new AbortController();
    const first = index.enqueue(silent(), { signal: long.signal });
    await pause(200);
    await expect(index.enqueue([], { signal: long.signal })).rejects.toMatchObject({ code: 'conflict' });
    expect(getEventListeners(long.signal, 'abort')).toHaveLength(1);
    long.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(getEventListeners(long.signal, 'abort')).toHaveLength(0);
  });

  it('what could not be read is told once, though Redis was gone when it was written down', async () => {
    const index = setup();
    const server = await startRedis(serverProgram as string);
    const elsewhere = server.connect();
    const reader: Reader = {
      async *read({ onError } = {}) {
        yield document('a');
        await server.kill();
        onError?.({ item: 'b', error: new MortiseError('parse', 'Torn.') });
        setTimeout(() => void server.start(), 5_500);
      },
    };
    const told: string[] = [];
    const progress: number[] = [];
    const report = await index.enqueue(reader, {
      connection: elsewhere,
      wait: false,
      onError: ({ item }) => told.push(item),
      onProgress: ({ failed }) => progress.push(failed),
    });
    expect(report.failed.map(({ item }) => item)).toEqual(['b']);
    expect([told, progress.at(-1)]).toEqual([['b'], 1]);
    await server.stop();
  }, 600_000);

  it('reads no faster while a provider is gone, though nothing waits but what is tried again', async () => {
    const index = setup();
    index.embedding.tell = () => {
      throw new MortiseError('overloaded', 'Too much.', { retryable: true });
    };
    let read = 0;
    async function* source() {
      for (const one of many(200)) {
        read += 1;
        yield one;
      }
    }
    const controller = new AbortController();
    const running = index.enqueue(source(), { batchSize: 1, maxWaiting: 4, signal: controller.signal });
    index.work();
    await pause(1_500);
    expect(read).toBeLessThan(20);
    controller.abort('enough');
    await expect(running).rejects.toBe('enough');
  });

  it('a worker that gives up says so once its work is given back', async () => {
    const index = setup();
    index.embedding.tell = () => {
      throw new MortiseError('authentication', 'Wrong key.');
    };
    await index.enqueue(many(5), { wait: false });
    await expect(index.work({ leaseMs: 30_000 }).done).rejects.toMatchObject({ code: 'authentication' });
    const { queue } = await jobsOf(index);
    expect(await queue.getJobCounts('active', 'waiting')).toEqual({ active: 0, waiting: 1 });
    await queue.close();
  });

  it('refuses what is no source', async () => {
    const { queue } = setup();
    for (const bad of [undefined, 'text', 5, {}])
      await expect(enqueue(bad as never, queue)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('goes through a cluster, where its keys are on one node', async () => {
    const node = await startRedis(
      serverProgram as string,
      '--cluster-enabled',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
    );
    const cluster = new Cluster([{ host: '127.0.0.1', port: node.port }]);
    cluster.on('error', () => undefined);
    try {
      await node.connect().cluster('ADDSLOTSRANGE', 0, 16_383);
      const index = setup();
      index.work({ connection: cluster });
      const strategy = 'upserts-and-delete';
      expect(await index.enqueue(many(20), { connection: cluster, strategy })).toMatchObject({ added: 20 });
      expect(await index.enqueue(many(5), { connection: cluster, strategy })).toMatchObject({ removed: 15 });
      await Promise.all(working.splice(0).map((worker) => worker.stop()));
    } finally {
      cluster.disconnect();
      await node.stop();
    }
  });
});
