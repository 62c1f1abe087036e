import { expect, it } from 'vitest';
import { createBudget, fitMessages, modelHealth, runTools, structured, withCache } from '@mortise/toolkit';
import { MortiseError } from '@mortise/core';
import { createRateLimiter } from '@mortise/toolkit/limiter';
import { runPool } from '@mortise/core/call';
import { BaseEmbedding } from '@mortise/core/embedding';
import { shorten } from '@mortise/toolkit/vectors';
import { BaseRetriever } from '@mortise/core/retriever';
import {
  checkVectorQuery,
  maximalMarginalRelevance,
  MemoryKeyValueStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';

const llm = new ScriptedLLM({ replies: ['{}'] });
const embedding = new HashEmbedding();
const store = new MemoryKeyValueStore();
const support: VectorStoreSupport = { modes: ['dense'] };
const vector = Float32Array.of(1, 0);
const schema = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as never;

class Sized extends BaseEmbedding {
  readonly metadata;
  constructor(metadata: object) {
    super({ provider: 'p', model: 'm', retry: false });
    this.metadata = { maxBatchSize: 1, asymmetric: false, ...metadata };
  }
  async doEmbed(inputs: readonly string[]) {
    return { embeddings: inputs.map(() => vector) };
  }
}

class Finds extends BaseRetriever {
  async doRetrieve() {
    return [];
  }
}

const NONE: readonly unknown[] = [NaN, -1, '3', 3n, {}];
const count = [...NONE, 0, 1.5, Infinity];
const from0 = [...NONE, 1.5, Infinity];
const above0 = [...NONE, 0, Infinity];
const bound = [...NONE, 0];
const share = [...NONE, 1.01];

type Row = [option: string, refused: readonly unknown[], give: (value: never) => unknown, code?: string];
const call = 'invalid-request';
const options: Row[] = [
  ['timeoutMs', above0, (timeoutMs) => new Finds({ timeoutMs })],
  ['deadlineMs', above0, (deadlineMs) => new Finds({ deadlineMs })],
  ['deadlineMs of a call', above0, (deadlineMs) => new Finds().retrieve('q', { deadlineMs })],
  ['retry.maxAttempts', count, (maxAttempts) => new Finds({ retry: { maxAttempts } })],
  ['retry.baseDelayMs', above0, (baseDelayMs) => new Finds({ retry: { baseDelayMs } })],
  ['retry.maxDelayMs', above0, (maxDelayMs) => new Finds({ retry: { maxDelayMs } })],
  ['BaseRetriever.maxDepth', count, (maxDepth) => new Finds({ maxDepth })],
  ['BaseRetriever.concurrency', count, (concurrency) => new Finds({ concurrency })],
  ['retrieve topK', count, (topK) => new Finds().retrieve('q', { topK }), call],
  ['limiter requestsPerMinute', above0, (requestsPerMinute) => createRateLimiter({ requestsPerMinute })],
  ['limiter tokensPerMinute', above0, (tokensPerMinute) => createRateLimiter({ tokensPerMinute })],
  ['limiter concurrency', count, (concurrency) => createRateLimiter({ concurrency })],
  ['runPool concurrency', count, (concurrency) => runPool([1], concurrency, async () => undefined)],
  ['BaseEmbedding.concurrency', count, (concurrency) => new HashEmbedding({ concurrency })],
  ['embedTexts concurrency', count, (concurrency) => embedding.embedTexts(['a'], { concurrency })],
  ['embedTexts dimensions', count, (dimensions) => embedding.embedTexts(['a'], { dimensions }), call],
  [
    'metadata.maxBatchSize',
    [...NONE, 0, 1.5],
    (maxBatchSize) => new Sized({ maxBatchSize }).embedTexts(['a']),
  ],
  ['metadata.maxBatchTokens', bound, (maxBatchTokens) => new Sized({ maxBatchTokens }).embedTexts(['a'])],
  ['metadata.maxBatchBytes', bound, (maxBatchBytes) => new Sized({ maxBatchBytes }).embedTexts(['a'])],
  ['HashEmbedding.dimensions', count, (dimensions) => new HashEmbedding({ dimensions })],
  ['HashEmbedding.maxBatchSize', [...NONE, 0, 1.5], (maxBatchSize) => new HashEmbedding({ maxBatchSize })],
  ['shorten', [...count, 3], (dimensions) => shorten(vector, dimensions), call],
  ['query topK', count, (topK) => checkVectorQuery({ topK, embedding: vector }, support), call],
  ['query alpha', share, (alpha) => checkVectorQuery({ topK: 1, embedding: vector, alpha }, support), call],
  [
    'query lambda',
    share,
    (lambda) => checkVectorQuery({ topK: 1, embedding: vector, lambda }, support),
    call,
  ],
  ['maximalMarginalRelevance topK', from0, (topK) => maximalMarginalRelevance([], topK), call],
  ['maximalMarginalRelevance lambda', share, (lambda) => maximalMarginalRelevance([], 1, lambda), call],
  ['MemoryKeyValueStore.maxBytes', bound, (maxBytes) => new MemoryKeyValueStore({ maxBytes })],
  ['set ttlMs', bound, (ttlMs) => store.set('k', 1, { ttlMs }), call],
  ['withCache ttlMs', bound, (ttlMs) => withCache(llm, store, { ttlMs })],
  ['modelHealth failures', bound, (failures) => modelHealth({ failures })],
  ['modelHealth baseRestMs', above0, (baseRestMs) => modelHealth({ baseRestMs })],
  ['modelHealth maxRestMs', above0, (maxRestMs) => modelHealth({ maxRestMs })],
  ['budget maxTokens', above0, (maxTokens) => createBudget({ maxTokens })],
  ['budget maxCost', above0, (maxCost) => createBudget({ maxCost, prices: { input: 1, output: 1 } })],
  [
    'budget price',
    [...NONE, Infinity],
    (input) => createBudget({ maxCost: 1, prices: { input, output: 1 } }),
  ],
  [
    'budget price of a model',
    [...NONE, Infinity],
    (reasoning) => createBudget({ maxCost: 1, prices: { m: { input: 1, output: 1, reasoning } } }),
  ],
  ['temperature', [...NONE, Infinity], (temperature) => llm.chat('q', { temperature }), call],
  ['topP', [...share, 0], (topP) => llm.chat('q', { topP }), call],
  ['maxOutputTokens', count, (maxOutputTokens) => llm.chat('q', { maxOutputTokens }), call],
  ['seed', [NaN, '3', 3n, {}, 1.5, Infinity], (seed) => llm.chat('q', { seed }), call],
  ['runTools maxSteps', count, (maxSteps) => runTools(llm, 'q', { tools: [], maxSteps })],
  ['runTools concurrency', count, (concurrency) => runTools(llm, 'q', { tools: [], concurrency })],
  ['runTools toolTimeoutMs', above0, (toolTimeoutMs) => runTools(llm, 'q', { tools: [], toolTimeoutMs })],
  ['structured maxRepairs', from0, (maxRepairs) => structured(llm, schema, 'q', { maxRepairs }), call],
  ['fitMessages maxTokens', NONE, (maxTokens) => fitMessages([], { maxTokens } as never), call],
];

it.each(options)(
  '%s is refused, typed, where it is none',
  async (_option, refused, give, code = 'configuration') => {
    for (const value of refused) {
      const failure: unknown = await (async () => give(value as never))().then(
        () => 'nothing was thrown',
        (error: unknown) => error,
      );
      expect(failure, String(value)).toBeInstanceOf(MortiseError);
      expect(failure, String(value)).toMatchObject({ code });
      expect((failure as Error).message, String(value)).toMatch(/^\S.* is .*; it takes a (whole )?number\b/);
    }
  },
);
