import { embeddingCacheKey } from '@mortise/core/embedding';
import { MemoryKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import { pause } from '../shared/helpers.ts';
import {
  checkVectors,
  connect,
  dimensionsOf,
  fewTexts,
  SERVER,
  respondWith,
  type EmbeddingCase,
  type EmbeddingCaseContext,
} from './lab.ts';

const CACHE = ['cache', ...SERVER];

/** M-06 and, of the store that an embedding model is given, S-01. */
export const cacheCases: readonly EmbeddingCase[] = [
  {
    id: 'cache.key',
    rule: 'M-06',
    title: 'keeps a vector as little-endian bytes under the published key of its text',
    requires: CACHE,
    async run(context) {
      const { check, subject } = context;
      const store = new MemoryKeyValueStore();
      const written: (readonly [key: string, bytes: unknown])[] = [];
      const cache = spied(store, {
        set: async (key, value, options) => (written.push([key, value]), store.set(key, value, options)),
        setMany: async (entries, options) => (written.push(...entries), store.setMany(entries, options)),
      });
      const { model } = await connect(context, respondWith(subject), { cache });
      const texts = fewTexts(subject);
      const { embeddings } = await model.embedTexts(texts);
      const { provider, model: name, metadata } = model;
      const fields = { provider, model: name, dimensions: metadata.dimensions, kind: 'document' };
      const keys = texts.map((text) => embeddingCacheKey(fields, text));
      check.equal(written.map(([key]) => key).toSorted(), keys.toSorted(), 'the keys');
      const found = new Map(written);
      const numbers = keys.map((key) => littleEndian(found.get(key)));
      check.equal(
        numbers,
        embeddings.map((vector) => [...vector]),
        'the vectors that the bytes stand for',
      );
    },
  },
  {
    id: 'cache.kinds',
    rule: 'M-06',
    title: 'takes a query and a document of the same words for two entries',
    requires: CACHE,
    async run(context) {
      const { model, wire } = await connect(context, respondWith(context.subject), {
        cache: new MemoryKeyValueStore(),
      });
      for (let round = 0; round < 2; round++) {
        await model.embedText('the same words');
        await model.embedQuery('the same words');
      }
      context.check.equal(wire.requests.length, 2, 'the requests for both, twice');
    },
  },
  {
    id: 'cache.single-flight',
    rule: 'M-06',
    title: 'makes one request for a text that two calls miss at once',
    requires: CACHE,
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(
        context,
        async (request, reply, n) => {
          await pause(50);
          return respondWith(subject)(request, reply, n);
        },
        { cache: new MemoryKeyValueStore() },
      );
      const texts = fewTexts(subject);
      const both = await Promise.all([model.embedTexts(texts), model.embedTexts(texts)]);
      for (const { embeddings } of both) checkVectors(context, embeddings, texts, 'each call');
      check.equal(wire.requests.length, 1, 'the requests');
      check.ok(both[0].embeddings[0] !== both[1].embeddings[0], 'two calls have one vector between them');
    },
  },
  {
    id: 'cache.corrupt',
    rule: 'M-06',
    title: 'takes what is no vector of the model for a miss, with a warning',
    requires: CACHE,
    async run(context) {
      const torn = new Uint8Array(7);
      const notFinite = new Uint8Array(
        new Float32Array(dimensionsOf(context.subject)).fill(Number.NaN).buffer,
      );
      for (const rubbish of [torn, notFinite, 'text', 17]) {
        const store = new MemoryKeyValueStore();
        const cache = spied(store, {
          get: async () => rubbish,
          getMany: async (keys) => keys.map(() => rubbish),
        });
        await survives(context, cache, `a cache that holds ${String(rubbish)}`);
      }
    },
  },
  {
    id: 'cache.failing',
    rule: 'M-06',
    title: 'goes on uncached, with a warning, when its store fails',
    requires: CACHE,
    async run(context) {
      const fails = (): Promise<never> => Promise.reject(new Error('The disk is gone.'));
      const unreadable = spied(new MemoryKeyValueStore(), { get: fails, getMany: fails });
      const unwritable = spied(new MemoryKeyValueStore(), { set: fails, setMany: fails });
      await survives(context, unreadable, 'a cache that cannot be read');
      await survives(context, unwritable, 'a cache that cannot be written');
    },
  },
  {
    id: 'cache.members',
    rule: 'S-01',
    title: 'refuses a store that lacks a member when it is created, and names the member',
    requires: ['cache'],
    async run({ check, subject }) {
      const cache = spied(new MemoryKeyValueStore(), { setMany: undefined as never });
      const create = async (): Promise<unknown> =>
        subject.create({ url: 'http://127.0.0.1:1', settings: { retry: false, cache } });
      const { message } = await check.error(create(), 'configuration', 'create()');
      check.ok(message.includes('setMany'), `the message names no member: ${message}`);
    },
  },
];

function spied(store: KeyValueStore, members: Partial<KeyValueStore>): KeyValueStore {
  return {
    get: (key, options) => store.get(key, options),
    set: (key, value, options) => store.set(key, value, options),
    delete: (key, options) => store.delete(key, options),
    getMany: (keys, options) => store.getMany(keys, options),
    setMany: (entries, options) => store.setMany(entries, options),
    iterate: (options) => store.iterate(options),
    ...members,
  };
}

async function survives(context: EmbeddingCaseContext, cache: KeyValueStore, what: string): Promise<void> {
  const { check, subject } = context;
  const { model, wire } = await connect(context, respondWith(subject), { cache });
  const texts = fewTexts(subject);
  const { embeddings, cached, warnings } = await model.embedTexts(texts);
  checkVectors(context, embeddings, texts, what);
  check.equal(cached, 0, `${what}: texts from the cache`);
  check.equal(wire.requests.length, 1, `${what}: the requests`);
  check.ok(warnings.length > 0, `${what}: it gave no warning`);
}

function littleEndian(bytes: unknown): number[] | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_unused, at) => view.getFloat32(at * 4, true));
}
