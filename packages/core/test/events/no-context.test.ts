import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BaseLLM,
  MortiseError,
  setContextStorage,
  subscribe,
  type ChatReply,
  type ChatStreamEvent,
  type MortiseEvent,
} from '@mortise/core';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import { BaseReranker, type RankReply } from '@mortise/core/reranker';
import { BaseRetriever, type NodeWithScore } from '@mortise/core/retriever';
import { FakeEmbedding, replyTo } from '../embedding/fake.ts';

const SETTINGS = { provider: 'acme', model: 'a-1', retry: { baseDelayMs: 1 } };

function failsOnce({ number }: Attempt): void {
  if (number === 1) throw new MortiseError('server', 'down');
}

class FlakyLLM extends BaseLLM {
  override readonly metadata = { isChatModel: true, capabilities: { streaming: true } };

  async doGenerate(_request: unknown, attempt: Attempt): Promise<ChatReply> {
    failsOnce(attempt);
    attempt.warn({ type: 'other', message: 'odd' });
    return { content: [{ type: 'text', text: 'ok' }], finishReason: { unified: 'stop', raw: 'stop' } };
  }

  override async *doStream(_request: unknown, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    failsOnce(attempt);
    attempt.warn({ type: 'other', message: 'odd' });
    yield { type: 'text-delta', index: 0, delta: 'ok' };
    yield { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} };
  }
}

class FlakyReranker extends BaseReranker {
  override readonly metadata = { comparableScores: true };

  async doRerank(_request: unknown, attempt: Attempt): Promise<RankReply> {
    failsOnce(attempt);
    attempt.warn({ type: 'other', message: 'odd' });
    return { results: [{ index: 0, score: 1 }] };
  }
}

class FlakyRetriever extends BaseRetriever {
  #attempts = 0;

  constructor(settings: ModelSettings) {
    super({ retry: settings.retry });
  }

  async doRetrieve(): Promise<NodeWithScore[]> {
    failsOnce({ number: ++this.#attempts } as Attempt);
    return [];
  }
}

describe('where the runtime carries no context, as browsers and workers do not', () => {
  beforeAll(() => setContextStorage(undefined));
  afterAll(() => setContextStorage(new AsyncLocalStorage<string | undefined>()));

  it.each<[string, () => Promise<unknown>]>([
    ['llm.chat', () => new FlakyLLM(SETTINGS).chat('x')],
    ['llm.chat', () => new FlakyLLM(SETTINGS).streamChat('x').final()],
    [
      'embedding.batch',
      () =>
        new FakeEmbedding({
          ...SETTINGS,
          embed: async (inputs, request, attempt) => {
            failsOnce(attempt);
            return replyTo(inputs, request);
          },
        }).embedTexts(['a']),
    ],
    ['reranker.rerank', () => new FlakyReranker(SETTINGS).rerank('q', ['a'])],
    ['retriever.retrieve', () => new FlakyRetriever(SETTINGS).retrieve('q')],
  ])('V-02: retries and warnings of %s name their call', async (name, call) => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    await call().finally(stop);
    const span = events.find((event) => event.name === name && event.phase === 'start')?.spanId;
    const points = events.filter((event) => event.name === 'retry' || event.name === 'warning');
    expect(points.map((point) => point.name)).toContain('retry');
    expect(points.map(({ spanId }) => spanId)).toEqual(points.map(() => span));
  });
});
