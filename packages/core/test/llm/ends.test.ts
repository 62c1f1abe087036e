import { describe, expect, it } from 'vitest';
import {
  BaseLLM,
  type ChatMessage,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
} from '@mortise/core/llm';

const retry = { baseDelayMs: 1 };

/** Says what it is told to, one reply after another, whole or as the events that come to it. */
class ToldLLM extends BaseLLM {
  readonly metadata = { isChatModel: true, capabilities: { streaming: true } };
  readonly requests: ChatRequest[] = [];
  readonly #replies: readonly ChatReply[];
  constructor(...replies: readonly ChatReply[]) {
    super({ provider: 'told', model: 'told-1', retry });
    this.#replies = replies;
  }
  async doGenerate(request: ChatRequest): Promise<ChatReply> {
    const at = this.requests.push(request) - 1;
    return this.#replies[Math.min(at, this.#replies.length - 1)]!;
  }
}

const reply = (raw: string, text?: string, unified = 'other'): ChatReply => ({
  content: text === undefined ? [] : [{ type: 'text', text }],
  finishReason: { unified, raw },
  usage: { outputTokens: 3 },
});

describe('an end that is a failure', () => {
  it.each([
    ['MALFORMED_FUNCTION_CALL', 'malformed-response'],
    ['malformed_tool_use', 'malformed-response'],
    ['error', 'server'],
    ['UPSTREAM_BROKE', 'server', 'error'],
  ])('E-06: %s is %s, retried, with what there was', async (raw, code, unified = 'other') => {
    const llm = new ToldLLM(reply(raw, 'Well', unified));
    await expect(llm.chat('Hi')).rejects.toMatchObject({
      code,
      retryable: true,
      provider: 'told',
      partial: { text: 'Well', usage: { outputTokens: 3 } },
    });
    expect(llm.requests.length).toBe(3);
    const again = new ToldLLM(reply(raw, undefined, unified), reply('STOP', 'Yes', 'stop'));
    expect((await again.chat('Hi')).text).toBe('Yes');
  });

  it('E-06: in a stream too, which is tried again where nothing had come', async () => {
    const llm = new ToldLLM(reply('MALFORMED_FUNCTION_CALL', 'Well'));
    const stream = llm.streamChat('Hi');
    await expect(stream.final()).rejects.toMatchObject({
      code: 'malformed-response',
      retryable: true,
      partial: { text: 'Well' },
    });
    expect(llm.requests.length).toBe(1);
    const again = new ToldLLM(reply('MALFORMED_FUNCTION_CALL'), reply('STOP', 'Yes', 'stop'));
    expect((await again.streamChat('Hi').final()).text).toBe('Yes');
  });

  it('E-06: a request that lacks a signature is not sent again', async () => {
    const llm = new ToldLLM(reply('MISSING_THOUGHT_SIGNATURE'));
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'invalid-request', retryable: false });
    expect(llm.requests.length).toBe(1);
  });

  it('E-06: what is no failure is a reply: a filter, a word that nobody knows', async () => {
    const { finishReason, text } = await new ToldLLM(reply('SAFETY', undefined, 'content-filter')).chat('Hi');
    expect([finishReason.unified, text]).toEqual(['content-filter', '']);
    expect((await new ToldLLM(reply('LANGUAGE')).chat('Hi')).finishReason.unified).toBe('other');
  });
});

describe('signed reasoning without an owner', () => {
  const sent = async (block: object) => {
    const llm = new ToldLLM(reply('STOP', 'Yes', 'stop'));
    const content = [
      { type: 'reasoning', text: 'Hm.', ...block },
      { type: 'text', text: 'So.' },
    ] as never;
    const messages: ChatMessage[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
    ];
    const { warnings } = await llm.chat(messages);
    return [JSON.stringify(llm.requests[0]?.messages).includes('Hm.'), warnings.length];
  };

  it('C-14: goes to the provider that it names, and nowhere else', async () => {
    expect(await sent({ signature: 's' })).toEqual([false, 1]);
    expect(await sent({ encrypted: 'e' })).toEqual([false, 1]);
    expect(await sent({ signature: 's', providerMetadata: { google: {} } })).toEqual([false, 1]);
    expect(await sent({ signature: 's', providerMetadata: { told: {} } })).toEqual([true, 0]);
    expect(await sent({})).toEqual([true, 0]);
  });
});

it('L-03: a block that comes again replaces the first, and so does usage', async () => {
  class Twice extends ToldLLM {
    override async *doStream(): AsyncGenerator<ChatStreamEvent> {
      yield { type: 'text-delta', index: 0, delta: 'One' };
      yield { type: 'block', index: 0, block: { type: 'text', text: 'One' } };
      yield { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } };
      yield { type: 'usage', usage: { outputTokens: 2 } };
      const providerMetadata = { told: { signature: 's' } };
      yield { type: 'block', index: 0, block: { type: 'text', text: 'One', providerMetadata } };
      yield { type: 'finish', finishReason: { unified: 'stop', raw: 'STOP' }, usage: {} };
    }
  }
  const { message, usage } = await new Twice().streamChat('Hi').final();
  expect(message.content).toEqual([
    { type: 'text', text: 'One', providerMetadata: { told: { signature: 's' } }, owner: 'told' },
  ]);
  expect(usage).toMatchObject({ inputTokens: 1, outputTokens: 2, totalTokens: 3 });
});
