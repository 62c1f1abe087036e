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
  telling,
  type EmbeddingCase,
} from './lab.ts';

/** What is sent for a list of texts, and what comes of it. */
export const requestCases: readonly EmbeddingCase[] = [
  {
    id: 'metadata.declared',
    rule: 'M-01',
    title: 'tells applications of the same as this suite',
    requires: [],
    async run(trial) {
      const { model, wire } = await connect(trial);
      trial.check.equal(model.metadata, trial.subject.declares, 'metadata');
      trial.check.ok(model.provider !== '' && model.model !== '', 'provider and model have no name');
      trial.check.equal(wire.requests.length, 0, 'the requests that metadata took');
    },
  },
  {
    id: 'embed.texts',
    rule: 'M-01',
    title: 'gives each text its vector, in the order of the texts',
    requires: [],
    async run(trial) {
      const { model } = await connect(trial);
      const texts = fewTexts(trial.subject);
      const result = await model.embedTexts(texts);
      checkVectors(trial, result.embeddings, texts, 'embedTexts');
      const [first] = result.embeddings;
      trial.check.ok(first instanceof Float32Array, 'a vector is no Float32Array');
      const { embeddings: _embeddings, ...rest } = result;
      trial.check.ok(isPlain(rest), 'what stands beside the vectors is no plain data');
      trial.check.equal(rest.cached, 0, 'cached');
    },
  },
  {
    id: 'embed.sent',
    rule: 'M-01',
    title: 'sends the texts as they are, in one request where they fit in one',
    requires: SERVER,
    async run(trial) {
      const { model, wire } = await connect(trial);
      const texts = fewTexts(trial.subject);
      await model.embedTexts(texts);
      trial.check.equal(askedFor(trial, wire), [texts], 'the texts of each request');
    },
  },
  {
    id: 'embed.model',
    rule: 'M-01',
    title: "sends the model's name",
    requires: ['wire:model', ...SERVER],
    async run(trial) {
      const { model, wire } = await connect(trial);
      await model.embedTexts(fewTexts(trial.subject));
      const sent = wire.requests.map((request) => dialectOf(trial.subject).model?.(request));
      trial.check.equal(sent, [model.model], 'the model of each request');
    },
  },
  {
    id: 'embed.one-text',
    rule: 'M-01',
    title: 'gives a text the same vector alone as in a list',
    requires: [],
    async run(trial) {
      const { model } = await connect(trial);
      const texts = fewTexts(trial.subject);
      const { embeddings } = await model.embedTexts(texts);
      const alone = await Promise.all(texts.map((text) => model.embedText(text)));
      const apart = alone.map((vector, at) => distance(vector, embeddings[at]));
      // A local model may add up in another order.
      trial.check.ok(Math.max(...apart) < 1e-4, `the vectors are ${String(apart)} apart`);
    },
  },
  {
    id: 'embed.kind',
    rule: 'M-01',
    title: 'tells queries from documents',
    requires: ['asymmetric', 'wire:kind', ...SERVER],
    async run(trial) {
      const { model, wire } = await connect(trial);
      await model.embedQuery('q');
      await model.embedText('d');
      await model.embedTexts(['d']);
      await model.embedTexts(['q'], { kind: 'query' });
      const kinds = wire.requests.map((request) => dialectOf(trial.subject).kind?.(request));
      trial.check.equal(kinds, ['query', 'document', 'document', 'query'], 'the kinds that were sent');
    },
  },
  {
    id: 'embed.dimensions',
    rule: 'C-08',
    title: 'asks for shorter vectors, or refuses before anything is sent',
    requires: ['dimensions'],
    async run(trial) {
      const { check, subject } = trial;
      const { model, wire } = await connect(trial);
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
    async run(trial) {
      const { model } = await connect(trial);
      const texts = ['a', 'b', 'a', 'a'];
      const { embeddings } = await model.embedTexts(texts);
      checkVectors(trial, embeddings, texts, 'embedTexts');
      const before = [...(embeddings[2] ?? [])];
      embeddings[0]?.fill(0);
      trial.check.equal([...(embeddings[2] ?? [])], before, "a vector after its equal's was changed");
    },
  },
  {
    id: 'embed.duplicates.sent',
    rule: 'M-01',
    title: 'asks for equal texts once',
    requires: SERVER,
    async run(trial) {
      const { model, wire } = await connect(trial);
      await model.embedTexts(['a', 'b', 'a', 'a']);
      trial.check.equal(askedFor(trial, wire).flat(), ['a', 'b'], 'the texts that were sent');
    },
  },
  {
    id: 'embed.not-mutated',
    rule: 'C-05',
    title: 'leaves texts and options as they are',
    requires: [],
    async run(trial) {
      const { model } = await connect(trial);
      const texts = ['b', 'a', 'b'];
      const options: EmbedManyOptions = { kind: 'document', concurrency: 1 };
      await model.embedTexts(texts, options);
      trial.check.equal(texts, ['b', 'a', 'b'], 'the texts');
      trial.check.equal(options, { kind: 'document', concurrency: 1 }, 'the options');
    },
  },
  {
    id: 'embed.usage',
    rule: 'M-01',
    title: 'adds up the tokens of all requests',
    requires: SERVER,
    async run(trial) {
      const { model } = await connect(trial);
      const texts = [
        'a',
        ...Array.from({ length: trial.subject.declares.maxBatchSize }, (_v, at) => `b${at}`),
      ];
      const { usage } = await model.embedTexts(texts);
      trial.check.equal(usage, { inputTokens: 14 }, 'the usage of two requests');
    },
  },
  {
    id: 'embed.usage.absent',
    rule: 'M-01',
    title: 'makes no number of a usage that the provider does not give',
    requires: SERVER,
    async run(trial) {
      const { model } = await connect(trial, telling(trial.subject, { inputTokens: null }));
      trial.check.equal((await model.embedTexts(['a'])).usage, {}, 'usage');
    },
  },
  {
    id: 'embed.empty',
    rule: 'M-05',
    title: 'gives an empty result for no texts, without a request',
    requires: [],
    async run(trial) {
      const { model, wire } = await connect(trial);
      const { embeddings } = await model.embedTexts([]);
      trial.check.equal(embeddings, [], 'the vectors');
      trial.check.equal(wire.requests.length, 0, 'the requests');
    },
  },
  {
    id: 'embed.empty-string',
    rule: 'M-05',
    title: 'refuses an empty text before anything is sent, or embeds it where it is declared',
    requires: [],
    async run(trial) {
      const { check, subject } = trial;
      const { model, wire } = await connect(trial);
      if (subject.declares.acceptsEmpty === true) {
        checkVectors(trial, (await model.embedTexts(['a', ''])).embeddings, ['a', ''], 'embedTexts');
        return;
      }
      await check.error(model.embedTexts(['a', '']), 'invalid-request', 'embedTexts');
      await check.error(model.embedText(''), 'invalid-request', 'embedText');
      await check.error(model.embedQuery(''), 'invalid-request', 'embedQuery');
      check.equal(wire.requests.length, 0, 'the requests');
    },
  },
];

function distance(a: Float32Array, b: Float32Array | undefined): number {
  if (b === undefined || a.length !== b.length) return Infinity;
  return equal(a, b) ? 0 : Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? NaN))));
}
