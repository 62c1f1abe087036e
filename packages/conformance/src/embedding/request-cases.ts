import type { EmbedManyOptions } from '@mortise/core/embedding';
import { isPlain } from '../shared/helpers.ts';
import {
  askedFor,
  checkVectors,
  connect,
  dialectOf,
  dimensionsOf,
  equal,
  fewTexts,
  SERVER,
  respondWith,
  type EmbeddingCase,
} from './lab.ts';

/** What is sent for a list of texts, and what comes of it. */
export const requestCases: readonly EmbeddingCase[] = [
  {
    id: 'metadata.declared',
    rule: 'M-01',
    title: 'tells applications of the same as this suite',
    requires: [],
    async run(context) {
      const { model, wire } = await connect(context);
      context.check.equal(model.metadata, context.subject.declares, 'metadata');
      context.check.ok(model.provider !== '' && model.model !== '', 'provider and model have no name');
      context.check.equal(wire.requests.length, 0, 'the requests that metadata took');
    },
  },
  {
    id: 'embed.texts',
    rule: 'M-01',
    title: 'gives each text its vector, in the order of the texts',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const texts = fewTexts(context.subject);
      const result = await model.embedTexts(texts);
      checkVectors(context, result.embeddings, texts, 'embedTexts');
      const [first] = result.embeddings;
      context.check.ok(first instanceof Float32Array, 'a vector is no Float32Array');
      const { embeddings: _embeddings, ...rest } = result;
      context.check.ok(isPlain(rest), 'what stands beside the vectors is not plain data');
      context.check.equal(rest.cached, 0, 'cached');
    },
  },
  {
    id: 'embed.sent',
    rule: 'M-01',
    title: 'sends the texts as they are, in one request where they fit in one',
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context);
      const texts = fewTexts(context.subject);
      await model.embedTexts(texts);
      context.check.equal(askedFor(context, wire), [texts], 'the texts of each request');
    },
  },
  {
    id: 'embed.model',
    rule: 'M-01',
    title: "sends the model's name",
    requires: ['wire:model', ...SERVER],
    async run(context) {
      const { model, wire } = await connect(context);
      await model.embedTexts(fewTexts(context.subject));
      const sent = wire.requests.map((request) => dialectOf(context.subject).model?.(request));
      context.check.equal(sent, [model.model], 'the model of each request');
    },
  },
  {
    id: 'embed.options',
    rule: 'C-07',
    title: "sends its own provider options, and nobody else's",
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context);
      const providerOptions = { [model.provider]: { hologram: { depth: 3 } }, stranger: { alien: 1 } };
      await model.embedText('a', { providerOptions });
      // Some wires have them beside each text.
      const body = JSON.stringify(wire.requests[0]?.body ?? {});
      context.check.ok(body.includes('"hologram":{"depth":3}'), 'its own option was not sent');
      context.check.ok(!body.includes('alien'), "another provider's option was sent");
    },
  },
  {
    id: 'embed.one-text',
    rule: 'M-01',
    title: 'gives a text the same vector alone as in a list',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const texts = fewTexts(context.subject);
      const { embeddings } = await model.embedTexts(texts);
      const alone = await Promise.all(texts.map((text) => model.embedText(text)));
      const apart = alone.map((vector, at) => distance(vector, embeddings[at]));
      // A local model may add up in another order.
      context.check.ok(Math.max(...apart) < 1e-4, `the vectors are ${String(apart)} apart`);
    },
  },
  {
    id: 'embed.kind',
    rule: 'M-01',
    title: 'tells queries from documents',
    requires: ['asymmetric', 'wire:kind', ...SERVER],
    async run(context) {
      const { model, wire } = await connect(context);
      await model.embedQuery('q');
      await model.embedText('d');
      await model.embedTexts(['d']);
      await model.embedTexts(['q'], { kind: 'query' });
      const kinds = wire.requests.map((request) => dialectOf(context.subject).kind?.(request));
      context.check.equal(kinds, ['query', 'document', 'document', 'query'], 'the kinds that were sent');
    },
  },
  {
    id: 'embed.dimensions',
    rule: 'C-08',
    title: 'asks for shorter vectors, or refuses before anything is sent',
    requires: ['dimensions'],
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context);
      const dimensions = dimensionsOf(subject) / 2;
      const call = model.embedText('a', { dimensions });
      if (subject.declares.acceptsDimensions === false) {
        await check.error(call, 'unsupported', 'embedText');
        check.equal(wire.requests.length, 0, 'the requests');
        return;
      }
      check.equal((await call).length, dimensions, 'the numbers of the vector');
      const { dialect } = subject;
      if (dialect?.dimensions === undefined) return;
      const sent = wire.requests.map((request) => dialect.dimensions?.(request));
      check.equal(sent, [dimensions], 'the dimensions that were sent');
    },
  },
  {
    id: 'embed.duplicates',
    rule: 'M-01',
    title: 'gives equal texts vectors of their own',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const texts = ['a', 'b', 'a', 'a'];
      const { embeddings } = await model.embedTexts(texts);
      checkVectors(context, embeddings, texts, 'embedTexts');
      const before = [...(embeddings[2] ?? [])];
      embeddings[0]?.fill(0);
      context.check.equal([...(embeddings[2] ?? [])], before, "a vector after its equal's was changed");
    },
  },
  {
    id: 'embed.duplicates.sent',
    rule: 'M-01',
    title: 'asks for equal texts once',
    requires: SERVER,
    async run(context) {
      const { model, wire } = await connect(context);
      await model.embedTexts(['a', 'b', 'a', 'a']);
      context.check.equal(askedFor(context, wire).flat(), ['a', 'b'], 'the texts that were sent');
    },
  },
  {
    id: 'embed.not-mutated',
    rule: 'C-05',
    title: 'leaves texts and options as they are',
    requires: [],
    async run(context) {
      const { model } = await connect(context);
      const texts = ['b', 'a', 'b'];
      const options: EmbedManyOptions = { kind: 'document', concurrency: 1 };
      await model.embedTexts(texts, options);
      context.check.equal(texts, ['b', 'a', 'b'], 'the texts');
      context.check.equal(options, { kind: 'document', concurrency: 1 }, 'the options');
    },
  },
  {
    id: 'embed.usage',
    rule: 'M-01',
    title: 'adds up the tokens of all requests',
    requires: SERVER,
    async run(context) {
      const { model } = await connect(context);
      const texts = [
        'a',
        ...Array.from({ length: context.subject.declares.maxBatchSize }, (_v, at) => `b${at}`),
      ];
      const { usage } = await model.embedTexts(texts);
      context.check.equal(usage, { inputTokens: 14 }, 'the usage of two requests');
    },
  },
  {
    id: 'embed.usage.absent',
    rule: 'M-01',
    title: 'makes no number of a usage that the provider does not give',
    requires: SERVER,
    async run(context) {
      const { model } = await connect(context, respondWith(context.subject, { inputTokens: null }));
      context.check.equal((await model.embedTexts(['a'])).usage, {}, 'usage');
    },
  },
  {
    id: 'embed.usage.no-count',
    rule: 'M-01',
    title: 'leaves out a usage that is negative or a fraction',
    requires: SERVER,
    async run(context) {
      for (const inputTokens of [-5, 1.5]) {
        const { model } = await connect(context, respondWith(context.subject, { inputTokens }));
        context.check.equal((await model.embedTexts(['a'])).usage, {}, `the usage of ${inputTokens} tokens`);
      }
    },
  },
  {
    id: 'embed.empty',
    rule: 'M-05',
    title: 'gives an empty result for no texts, without a request',
    requires: [],
    async run(context) {
      const { model, wire } = await connect(context);
      const { embeddings } = await model.embedTexts([]);
      context.check.equal(embeddings, [], 'the vectors');
      context.check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'embed.empty-string',
    rule: 'M-05',
    title: 'refuses an empty text before anything is sent, or embeds it where it is declared',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const { model, wire } = await connect(context);
      if (subject.declares.acceptsEmpty === true) {
        checkVectors(context, (await model.embedTexts(['a', ''])).embeddings, ['a', ''], 'embedTexts');
        return;
      }
      await check.error(model.embedTexts(['a', '']), 'invalid-request', 'embedTexts');
      await check.error(model.embedText(''), 'invalid-request', 'embedText');
      await check.error(model.embedQuery(''), 'invalid-request', 'embedQuery');
      check.equal(wire.requests.length, 0, 'the requests');
    },
  },
];

/** The largest difference between two vectors in one place. */
export function distance(a: Float32Array, b: Float32Array | undefined): number {
  if (b === undefined || a.length !== b.length) return Infinity;
  return equal(a, b) ? 0 : Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? NaN))));
}
