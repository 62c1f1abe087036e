import type { EmbeddingInput, EmbeddingModel, PartialEmbeddingResult } from '@mortise/core/embedding';
import { canonicalJson } from '@mortise/core/shared';
import { MemoryKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import type { CaseContext, ConformanceCase, Suite } from '../frame/case.ts';
import { collect, pause } from '../shared/helpers.ts';
import type { EmbeddingCacheSubject } from './subject.ts';
import {
  BATCH,
  checkEach,
  DIMENSIONS,
  keptIn,
  keyOf,
  LabEmbedding,
  NAMESPACE,
  plainModel,
  PROVIDER,
  SERVER_NAME,
  spied,
  textsOf,
  vectorAs,
} from './lab.ts';

type CacheCaseContext = CaseContext<EmbeddingCacheSubject>;
type CacheCase = ConformanceCase<EmbeddingCacheSubject>;

/** M-06, what M-04 and M-07 say of a cache, and S-01 of its store. */
export const embeddingCacheSuite: Suite<EmbeddingCacheSubject> = [
  cacheCase(
    'cache.key',
    'M-06',
    'keeps a vector as little-endian bytes under the published key of its text',
    async ({ check, subject }) => {
      const memory = new MemoryKeyValueStore();
      const written: (readonly [key: string, bytes: unknown])[] = [];
      const store = spied(
        {
          set: async (key, value, options) => (written.push([key, value]), memory.set(key, value, options)),
          setMany: async (entries, options) => (written.push(...entries), memory.setMany(entries, options)),
        },
        memory,
      );
      const texts = ['Grüße "aus" Rom 😀', 'a\nb', 'third'];
      await subject.cached(new LabEmbedding(), store).embedTexts(texts);
      const keys = texts.map((text) => keyOf(text));
      check.equal(written.map(([key]) => key).toSorted(), keys.toSorted(), 'the keys');
      const found = new Map(written);
      check.equal(
        keys.map((key) => littleEndian(found.get(key))),
        texts.map((text) => [...vectorAs('document', text)]),
        'the vectors that the bytes stand for',
      );
    },
  ),
  cacheCase(
    'cache.kinds',
    'M-06',
    'takes a query and a document of the same words for two entries',
    async ({ check, subject }) => {
      const lab = new LabEmbedding();
      const model = subject.cached(lab, new MemoryKeyValueStore());
      const words = 'the same words';
      for (let round = 0; round < 2; round++) {
        const [text, query] = [await model.embedText(words), await model.embedQuery(words)];
        check.equal([...text], [...vectorAs('document', words)], 'the document');
        check.equal([...query], [...vectorAs('query', words)], 'the query');
      }
      check.equal(lab.requests.length, 2, 'the requests for both, twice');
    },
  ),
  cacheCase(
    'cache.blocks',
    'M-06',
    'keeps blocks under their published key, bytes and their base64 as one, and no text with them',
    async (context) => {
      const { check, subject } = context;
      const lab = new LabEmbedding();
      const store = new MemoryKeyValueStore();
      const model = subject.cached(lab, store);
      const bytes = Uint8Array.of(1, 2, 3);
      const blocks = (data: string | Uint8Array): EmbeddingInput => [
        { type: 'text', text: 'a cat' },
        { type: 'image', source: { data, mediaType: 'image/png' } },
      ];
      const inputs = [blocks(bytes), canonicalJson(blocks('AQID')), `\0${canonicalJson(blocks('AQID'))}`];
      checkEach(context, inputs, (await model.embedTexts(inputs)).embeddings, 'embedTexts');
      check.ok(
        (await store.get(keyOf(blocks('AQID')), { namespace: NAMESPACE })) !== undefined,
        'no such key',
      );
      const again = [blocks('AQID'), ...inputs, blocks(new Uint8Array(3))];
      const streamed = await collect(model.embedStream(again));
      const vectors = streamed.map(({ embedding }) => embedding);
      checkEach(context, again, vectors, 'embedStream');
      const found = streamed.map(({ cached }) => cached);
      check.equal(found, [true, true, true, true, false], 'what the stream says was cached');
      check.equal(
        [...(await model.embedText(blocks(bytes)))],
        [...vectorAs('document', blocks(bytes))],
        'embedText',
      );
      check.equal(lab.requests.length, 2, 'the requests');
    },
  ),
  cacheCase(
    'cache.answered',
    'C-16',
    'says who answered, also where all texts were cached, or none were given',
    async ({ check, subject }) => {
      const lab = new LabEmbedding();
      const model = subject.cached(lab, new MemoryKeyValueStore());
      for (const texts of [['a', 'b'], ['a', 'b'], []]) {
        const { provider, server, model: name } = await model.embedTexts(texts);
        check.equal([provider, server, name], [PROVIDER, SERVER_NAME, lab.model], 'who answered');
      }
      check.equal(lab.requests.length, 1, 'the requests');
    },
  ),
  cacheCase(
    'cache.single-flight',
    'M-06',
    'makes one request for a text that two calls miss at once',
    async (context) => {
      const { check, subject } = context;
      const lab = new LabEmbedding(50);
      const model = subject.cached(lab, new MemoryKeyValueStore());
      const texts = textsOf(3);
      const both = await Promise.all([model.embedTexts(texts), model.embedTexts(texts)]);
      for (const { embeddings } of both) checkEach(context, texts, embeddings, 'each call');
      check.equal(lab.requests.length, 1, 'the requests');
      check.ok(both[0].embeddings[0] !== both[1].embeddings[0], 'two calls have one vector between them');
    },
  ),
  cacheCase(
    'cache.single-flight.failed',
    'M-06',
    'asks for itself when the call that it waited for has left',
    async ({ check, subject }) => {
      const lab = new LabEmbedding(50);
      const model = subject.cached(lab, new MemoryKeyValueStore());
      const controller = new AbortController();
      const leader = check.rejects(model.embedText('a', { signal: controller.signal }), 'the first call');
      await pause(10);
      const follower = model.embedText('a');
      await pause(10);
      controller.abort('enough');
      check.equal(await leader, 'enough', 'the reason of the first call');
      const second = follower.then(
        (vector) => [...vector],
        (error: unknown) => error,
      );
      const vector = await check.within(5_000, second, 'the second call');
      check.equal(vector, [...vectorAs('document', 'a')], 'its vector');
    },
  ),
  cacheCase(
    'cache.corrupt',
    'M-06',
    'takes a value that is not a vector of the model for a miss, with a warning',
    async (context) => {
      const torn = new Uint8Array(7);
      const notFinite = new Uint8Array(new Float32Array(DIMENSIONS).fill(Number.NaN).buffer);
      const longer = new Uint8Array(new Float32Array(DIMENSIONS + 1).buffer);
      for (const rubbish of [torn, notFinite, longer, 'text', 17]) {
        const store = spied({
          get: async () => rubbish,
          getMany: async (keys) => keys.map(() => rubbish),
        });
        await survives(context, store, `a cache that holds ${String(rubbish)}`);
      }
    },
  ),
  cacheCase(
    'cache.failing',
    'M-06',
    'goes on uncached, with a warning, when its store fails',
    async (context) => {
      const fails = (): Promise<never> => Promise.reject(new Error('The disk is gone.'));
      await survives(context, spied({ get: fails, getMany: fails }), 'a cache that cannot be read');
      await survives(context, spied({ set: fails, setMany: fails }), 'a cache that cannot be written');
    },
  ),
  cacheCase(
    'cache.hanging',
    'M-06',
    'goes on when its store does not answer, after `timeoutMs`, and asks it no more in that call',
    async (context) => {
      let asked = 0;
      const hangs = (): Promise<never> => {
        asked += 1;
        return new Promise<never>(() => undefined);
      };
      const model = context.subject.cached(
        new LabEmbedding(),
        spied({ get: hangs, getMany: hangs, setMany: hangs }),
      );
      const texts = textsOf(300);
      const call = model.embedTexts(texts, { timeoutMs: 50 });
      const { embeddings } = await context.check.within(5_000, call, 'the call');
      checkEach(context, texts, embeddings, 'a cache that does not answer');
      context.check.equal(asked, 1, 'how often it was asked');
    },
  ),
  cacheCase(
    'cache.members',
    'S-01',
    'refuses a store that lacks a member when it is created, and names the member',
    async ({ check, subject }) => {
      const store = spied({ setMany: undefined as never });
      const create = async (): Promise<unknown> => subject.cached(new LabEmbedding(), store);
      const { message } = await check.error(create(), 'configuration', 'cached()');
      check.ok(message.includes('setMany'), `the message names no member: ${message}`);
    },
  ),
  cacheCase(
    'cache.batches',
    'M-06',
    'hands the misses down as one list, so that batches are full',
    async (context) => {
      const { check, subject } = context;
      const lab = new LabEmbedding();
      const model = subject.cached(lab, new MemoryKeyValueStore());
      const texts = textsOf(600);
      await model.embedTexts(texts.filter((_text, at) => at % 3 === 0));
      lab.requests.length = 0;
      const { embeddings, cached, requests } = await model.embedTexts([...texts, ...texts.slice(0, 7)]);
      checkEach(context, [...texts, ...texts.slice(0, 7)], embeddings, 'the list');
      check.equal(lab.requests.length, 400 / BATCH, 'the requests for the 400 misses');
      check.equal([cached, requests], [203, 100], 'what the result says was cached, and of its requests');
    },
  ),
  cacheCase(
    'cache.kept',
    'M-04',
    'has in its store what is reported as done, and what a stream yields',
    async ({ check, subject }) => {
      const texts = textsOf(5 * BATCH);
      const store = slowStore();
      const model = subject.cached(new LabEmbedding(), store);
      let early = 0;
      let reported = 0;
      const counts: Promise<void>[] = [];
      const onProgress = ({ done }: { done: number }): void => {
        reported = done;
        const kept = keptIn(store, texts).then((found) => void (found.length < done && early++));
        counts.push(kept);
      };
      await model.embedTexts(texts, { onProgress });
      await Promise.all(counts);
      check.equal(reported, texts.length, 'the texts that were reported as done');
      check.equal(early, 0, 'reports of what is not in the store');
      const others = texts.map((text) => `streamed ${text}`);
      for await (const { input } of model.embedStream(others))
        if ((await keptIn(store, [input as string])).length === 0) early++;
      check.equal(early, 0, 'texts that were yielded and are not in the store');
    },
  ),
  cacheCase(
    'cache.partial',
    'M-04',
    'has in its store, and in `partial`, what was finished when the call failed',
    async (context) => {
      const { check, subject } = context;
      for (const [name, wrap] of MODELS) {
        const store = new MemoryKeyValueStore();
        const texts = [...textsOf(2 * BATCH), 'slow', 'bad'];
        const known = texts.slice(0, BATCH);
        const model = subject.cached(wrap(new LabEmbedding()), store);
        await model.embedTexts(known);
        const error = await check.error(model.embedTexts(texts), 'server', `${name}: the call`);
        const { embeddings } = error.partial as PartialEmbeddingResult;
        checkEach(context, known, embeddings.slice(0, BATCH), `${name}: what was cached`);
        checkEach(
          context,
          texts.slice(BATCH, 2 * BATCH),
          embeddings.slice(BATCH, 2 * BATCH),
          `${name}: what was finished`,
        );
        check.equal(await keptIn(store, texts), texts.slice(0, 2 * BATCH), `${name}: what is in the store`);
      }
    },
  ),
  cacheCase(
    'cache.any',
    'M-06',
    'serves a model that is no `BaseEmbedding`, by lists and streams',
    async (context) => {
      const { check, subject } = context;
      const lab = new LabEmbedding();
      const store = new MemoryKeyValueStore();
      const model = subject.cached(plainModel(lab), store);
      const texts = textsOf(3 * BATCH);
      checkEach(context, texts, (await model.embedTexts(texts)).embeddings, 'the list');
      const more = [...texts, 'one', 'two', 'one'];
      const yielded = await collect(model.embedStream(more));
      checkEach(
        context,
        more,
        yielded.map(({ embedding }) => embedding),
        'the stream',
      );
      check.equal(
        (lab.requests.flat() as string[]).toSorted(),
        [...texts, 'one', 'two'].toSorted(),
        'what it was asked',
      );
      check.equal((await keptIn(store, more)).length, more.length, 'how many are in the store');
    },
  ),
  cacheCase(
    'cache.stream',
    'M-07',
    'yields hits and misses in input order, with full batches, a bounded number ahead',
    async (context) => {
      const { check, subject } = context;
      const lab = new LabEmbedding();
      const store = new MemoryKeyValueStore();
      const model: EmbeddingModel = subject.cached(lab, store);
      const texts = textsOf(1_200);
      await model.embedTexts(texts.filter((_text, at) => at % 3 === 0));
      lab.requests.length = 0;
      let taken = 0;
      function* source(): Generator<string> {
        for (const text of texts) {
          taken++;
          yield text;
        }
      }
      let seen = 0;
      let ahead = 0;
      for await (const { index, input, embedding, cached } of model.embedStream(source())) {
        check.equal([index, input], [seen, texts[seen]], 'the place and the text');
        check.equal([...embedding], [...vectorAs('document', input)], 'the vector');
        check.equal(cached, index % 3 === 0, `whether text ${index} was cached`);
        ahead = Math.max(ahead, taken - ++seen);
      }
      check.equal(seen, texts.length, 'the texts');
      check.ok(ahead < texts.length / 2, `${ahead} texts were taken and not yet yielded`);
      check.equal(lab.requests.length, 800 / BATCH, 'the requests for the 800 misses');
    },
  ),
];

const MODELS: readonly (readonly [name: string, wrap: (lab: LabEmbedding) => EmbeddingModel])[] = [
  ['a BaseEmbedding', (lab) => lab],
  ['another model', plainModel],
];

function cacheCase(id: string, rule: string, title: string, run: CacheCase['run']): CacheCase {
  return { id, rule, title, requires: [], run };
}

/** Writes take a while. */
function slowStore(): KeyValueStore {
  const memory = new MemoryKeyValueStore();
  return spied(
    { setMany: async (entries, options) => (await pause(5), memory.setMany(entries, options)) },
    memory,
  );
}

async function survives(
  { check, subject }: CacheCaseContext,
  store: KeyValueStore,
  what: string,
): Promise<void> {
  const lab = new LabEmbedding();
  const texts = textsOf(3);
  const model = subject.cached(lab, store);
  const { embeddings, cached, warnings } = await model.embedTexts(texts);
  const numbers = embeddings.map((vector) => [...vector]);
  check.equal(
    numbers,
    texts.map((text) => [...vectorAs('document', text)]),
    `${what}: the vectors`,
  );
  check.equal(cached, 0, `${what}: texts from the cache`);
  check.equal(lab.requests.length, 1, `${what}: the requests`);
  check.ok(warnings.length > 0, `${what}: it gave no warning`);
}

function littleEndian(bytes: unknown): number[] | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_unused, at) => view.getFloat32(at * 4, true));
}
