import { describe, expect, expectTypeOf, it } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  BaseEmbedding,
  BaseLLM,
  BaseOutputParser,
  BaseReranker,
  BaseRetriever,
  CustomLLM,
  isKnownBlock,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
  type LLM,
  type LLMMetadata,
  type TextBlock,
} from '@mortise/core';

describe('C-06: unions grow without breaking anyone', () => {
  /** What a later 1.x may add. */
  type LaterBlock = ContentBlock | { type: 'v2:audio'; seconds: number };
  type LaterEvent = ChatStreamEvent | { type: 'v2:audio-delta'; index: number; delta: string };

  it('narrows by type, and two versions are assignable both ways', () => {
    const narrowed = (block: ContentBlock) => (block.type === 'text' ? block : undefined);
    expectTypeOf(narrowed).returns.toEqualTypeOf<TextBlock | undefined>();
    expectTypeOf<LaterBlock>().toExtend<ContentBlock>();
    expectTypeOf<ContentBlock>().toExtend<LaterBlock>();
    expectTypeOf<LaterEvent>().toExtend<ChatStreamEvent>();
    expectTypeOf<ChatStreamEvent>().toExtend<LaterEvent>();
    // @ts-expect-error a misspelt discriminant without a colon is an error
    const wrong: ContentBlock = { type: 'txt', text: 'x' };
    expect(isKnownBlock(wrong)).toBe(true);
  });

  it("carries a later version's or a provider's own blocks through a conversation", async () => {
    const later = { type: 'v2:audio', seconds: 3 } as const;
    const llm = new ScriptedLLM({ replies: [[later, { type: 'text', text: 'ok' }], 'next'] });
    const { message, text } = await llm.chat('hi');
    expect(text).toBe('ok');
    expect(message.content[0]).toEqual({ ...later, owner: 'scripted' });
    await llm.chat([{ role: 'user', content: 'hi' }, message, { role: 'user', content: 'and?' }]);
    expect(llm.requests[1]?.messages[1]?.content[0]).toEqual(later);
  });
});

describe('L-07: BaseLLM', () => {
  class Minimal extends BaseLLM {
    readonly attempts: Attempt[] = [];
    get metadata(): LLMMetadata {
      return { isChatModel: true, capabilities: {} };
    }
    async doGenerate({ messages }: ChatRequest, attempt: Attempt): Promise<ChatReply> {
      this.attempts.push(attempt);
      if (attempt.number === 1) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      return {
        content: [{ type: 'text', text: `${messages.length} message` }],
        finishReason: { unified: 'stop', raw: 'end' },
      };
    }
  }
  const minimal = () => new Minimal({ provider: 'acme', model: 'a-1', retry: { baseDelayMs: 1 } });

  it('is complete with metadata and generate: streams and completions are derived', async () => {
    const llm: LLM = minimal();
    const whole = await llm.chat('hi');
    expect(whole).toMatchObject({ text: '1 message', finishReason: { raw: 'end' }, model: 'a-1' });
    expect(await llm.streamChat('hi').final()).toEqual(whole);
    expect((await llm.complete('hi')).text).toBe('1 message');
    expect(await llm.streamComplete('hi').final()).toMatchObject({ text: '1 message' });
  });

  it('hands each attempt its number and a fresh signal', async () => {
    const llm = minimal();
    const { signal } = new AbortController();
    await llm.chat('hi', { signal });
    expect(llm.attempts.map(({ number }) => number)).toEqual([1, 2]);
    expect(new Set([signal, ...llm.attempts.map((attempt) => attempt.signal)]).size).toBe(3);
    expect(llm.attempts[0]?.signal.aborted).toBe(true);
  });
});

describe('C-12: base classes are a contract too', () => {
  // Whoever adds a public member here may break a subclass that already has one of that name: it takes a major.
  it.each([
    [BaseLLM, ['chat', 'complete', 'streamChat', 'streamComplete']],
    [CustomLLM, ['doGenerate', 'doStream', 'messagesToPrompt']],
    [BaseEmbedding, ['embedQuery', 'embedStream', 'embedText', 'embedTexts']],
    [BaseReranker, ['rerank']],
    [BaseRetriever, ['retrieve']],
    [BaseOutputParser, ['format', 'name', 'parse', 'stream']],
  ])('%o has the members of 1.0 and no others', (base, members) => {
    const own = Object.getOwnPropertyNames(base.prototype).filter((name) => name !== 'constructor');
    expect(own.sort()).toEqual(members);
  });

  it('an instance has no fields but what its contract names', () => {
    class Bare extends BaseLLM {
      get metadata(): LLMMetadata {
        return { isChatModel: true, capabilities: {} };
      }
      doGenerate(): Promise<ChatReply> {
        return Promise.reject(new Error('not used'));
      }
    }
    expect(Reflect.ownKeys(new Bare({ provider: 'p', model: 'm' }))).toEqual(['provider', 'model']);
  });
});
