import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  CustomLLM,
  messagesToPrompt,
  subscribe,
  toolCallBlock,
  type Attempt,
  type ChatMessage,
  type LLMMetadata,
  type TextAttempt,
  type TextReply,
} from '@mortise/core';

class EchoLLM extends CustomLLM {
  readonly prompts: string[] = [];
  readonly #secret = 'sk-hidden';

  constructor(bounds: { maxReplyBytes?: number; maxLineBytes?: number } = {}) {
    super({ provider: 'echo', model: 'echo-1', ...bounds });
  }

  get metadata(): LLMMetadata {
    return { isChatModel: false, capabilities: { tools: false, inputModalities: ['text'] } };
  }

  async doComplete(prompt: string, { request }: TextAttempt): Promise<TextReply> {
    this.prompts.push(prompt);
    const length = request.maxOutputTokens ?? this.#secret.length * 100;
    return { text: prompt.slice(0, length), usage: { inputTokens: 1, outputTokens: 2 } };
  }
}

class StreamingEchoLLM extends EchoLLM {
  override async *doStreamComplete(
    prompt: string,
    attempt: TextAttempt,
  ): AsyncGenerator<string | Omit<TextReply, 'text'>> {
    const { text, usage } = await this.doComplete(prompt, attempt);
    for (const character of text) yield character;
    yield { usage };
  }
}

describe('CustomLLM', () => {
  it('C-13: hands the bounds of a reply to its author', async () => {
    const seen: unknown[] = [];
    class Bounded extends EchoLLM {
      override async doComplete(prompt: string, attempt: TextAttempt): Promise<TextReply> {
        seen.push([attempt.maxReplyBytes, attempt.maxLineBytes]);
        return super.doComplete(prompt, attempt);
      }
    }
    await new Bounded({ maxReplyBytes: 7, maxLineBytes: 5 }).chat('Hi');
    expect(seen).toEqual([[7, 5]]);
  });

  it.each([new EchoLLM(), new StreamingEchoLLM()])(
    'L-08: derives chat, streams and completion from doComplete',
    async (llm) => {
      const chat = await llm.chat([{ role: 'user', content: 'Hi' }]);
      expect(chat.text).toBe('user: Hi\nassistant: ');
      expect(await llm.streamChat('Hi').final()).toEqual(chat);
      expect((await llm.complete('raw prompt')).text).toBe('raw prompt');
      expect(await llm.streamComplete('raw prompt').final()).toEqual(await llm.complete('raw prompt'));
      expect((await llm.complete('raw prompt', { maxOutputTokens: 3 })).text).toBe('raw');
    },
  );

  it('L-08: one call is one span', async () => {
    const names: string[] = [];
    const stop = subscribe(({ name, phase }) => void names.push(`${name} ${phase}`));
    await new EchoLLM().chat('Hi');
    stop();
    expect(names).toEqual(['llm.chat start', 'llm.chat end']);
  });

  it('C-08: refuses what it declares not to take', async () => {
    const llm = new EchoLLM();
    const options = { tools: [{ name: 'a', parameters: { type: 'object' } }] };
    await expect(llm.chat('Hi', options)).rejects.toMatchObject({ code: 'unsupported' });
    expect(llm.prompts).toEqual([]);
  });

  it('C-09: inspecting it shows no private field', () => {
    expect(inspect(new EchoLLM(), { depth: 9, showHidden: true })).not.toContain('sk-hidden');
  });
});

describe('media and models of text', () => {
  const image = { type: 'image' as const, source: { url: 'https://example.com/cat.png' } };
  const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'What is ' }, image] }];

  class Describing extends EchoLLM {
    override get metadata(): LLMMetadata {
      return { isChatModel: false, capabilities: {} };
    }
    override messagesToPrompt(given: readonly ChatMessage[], attempt: Attempt): string {
      return messagesToPrompt(given, {
        describe: ({ type }) => `[${type}]`,
        warn: (warning) => attempt.warn(warning),
      });
    }
  }

  it('C-08: an image is refused before anything is sent, unless the author asked to describe it', async () => {
    const plain = new EchoLLM();
    await expect(plain.chat(messages)).rejects.toMatchObject({ code: 'unsupported' });
    expect(plain.prompts).toEqual([]);
    expect(() => messagesToPrompt(messages)).toThrow(
      expect.objectContaining({ code: 'unsupported' }) as Error,
    );
  });

  it('C-08: an image that was described is a warning', async () => {
    const llm = new Describing();
    const { text, warnings } = await llm.chat(messages);
    expect(text).toBe('user: What is [image]\nassistant: ');
    expect(warnings).toEqual([
      { type: 'other', setting: 'image', message: expect.stringContaining('description') as string },
    ]);
    expect(await llm.streamChat(messages).final()).toMatchObject({ text, warnings });
  });
});

describe('toolCallBlock', () => {
  it.each([
    ['', {}],
    ['  ', {}],
    ['null', {}],
    ['{"a":1}', { a: 1 }],
  ])('takes %j as arguments', (text, expected) => {
    expect(toolCallBlock('1', 't', text)).toEqual({
      type: 'tool-call',
      id: '1',
      name: 't',
      arguments: expected,
    });
  });

  it.each(['{"a":', '[1]', '"text"', '7'])('keeps %j as invalid arguments', (text) => {
    expect(toolCallBlock('1', 't', text)).toEqual({
      type: 'tool-call',
      id: '1',
      name: 't',
      arguments: {},
      invalid: true,
      argumentsText: text,
    });
  });
});

it('C-05: what a caller does to a finish reason reaches no other call', async () => {
  const llm = new EchoLLM();
  const changed = await llm.chat('a');
  changed.finishReason.unified = 'mine';
  expect((await llm.chat('a')).finishReason.unified).toBe('stop');
  expect((await llm.streamChat('a').final()).finishReason.unified).toBe('stop');
});
