import { ScriptedLLM } from '@mortise/core/testing';
import { MemoryKeyValueStore } from '@mortise/core/store';
import {
  messagesToJson,
  toolCallBlock,
  type ChatMessage,
  type ChatStream,
  type ChatStreamEvent,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core';
import { runTools, tool, withCache, type RunToolsResult } from '@mortise/toolkit';
import { describe, expect, it } from 'vitest';

const call = (id: string, name = 'now', args = '{}'): ToolCallBlock => toolCallBlock(id, name, args);
const parameters = { type: 'object', properties: {} };
const now = (execute: () => unknown) => tool({ name: 'now', description: 'x', parameters, execute });

/** Every call has its result, in the message behind it. */
function unanswered(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap(({ content }, at) => {
    const calls = typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool-call');
    const next = messages[at + 1]?.content ?? [];
    const answers =
      typeof next === 'string' ? [] : next.map((block) => (block as ToolResultBlock).toolCallId);
    return calls.map((block) => (block as ToolCallBlock).id).filter((id) => !answers.includes(id));
  });
}

async function partialOf(run: Promise<unknown>, code = 'budget'): Promise<RunToolsResult> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; partial: RunToolsResult },
  );
  expect(error).toMatchObject({ code });
  return error!.partial;
}

describe('C-13: what a model may ask of runTools', () => {
  it('C-14: what is left at maxSteps can be gone on from', async () => {
    const llm = new ScriptedLLM({ replies: () => [call('a'), call('b')] });
    const { messages, steps } = await partialOf(
      runTools(llm, 'x', { tools: [now(() => 1)], maxSteps: 2 }),
      'max-steps',
    );
    expect(() => messagesToJson(messages)).not.toThrow();
    expect(unanswered(messages)).toEqual([]);
    expect(messages.at(-1)).toMatchObject({
      role: 'tool',
      content: [
        { toolCallId: 'a', isError: true },
        { toolCallId: 'b', isError: true },
      ],
    });
    expect(steps.at(-1)!.results).toEqual([]);
  });

  it('none of 20,000 calls of one reply runs, and each is answered', async () => {
    let ran = 0;
    const calls = Array.from({ length: 20_000 }, (_, at) => call(`c${at}`));
    const llm = new ScriptedLLM({ replies: [calls] });
    const { messages } = await partialOf(runTools(llm, 'x', { tools: [now(() => ran++)] }));
    expect(ran).toBe(0);
    expect((messages.at(-1)!.content as ToolResultBlock[]).length).toBe(20_000);
  });

  it('as many calls run as maxToolCalls says', async () => {
    const llm = new ScriptedLLM({ replies: [[call('a'), call('b')], 'ok'] });
    expect((await runTools(llm, 'x', { tools: [now(() => 1)], maxToolCalls: 2 })).text).toBe('ok');
    const again = new ScriptedLLM({ replies: [[call('a'), call('b')], 'ok'] });
    await partialOf(runTools(again, 'x', { tools: [now(() => 1)], maxToolCalls: 1 }));
    const wrong = runTools(again, 'x', { tools: [], maxToolCalls: 0.5 });
    await expect(wrong).rejects.toMatchObject({ message: expect.stringContaining('maxToolCalls') });
  });

  it.each([Infinity, 2 ** 31, 0, -1, Number.NaN])(
    'a time of %s ms, which no timer holds, is refused',
    async (ms) => {
      const llm = new ScriptedLLM({ replies: [[call('a')], 'ok'] });
      const wrong = { code: 'configuration', message: expect.stringMatching(/imeoutMs/) as unknown };
      const timed = { ...now(() => 1), timeoutMs: ms };
      await expect(runTools(llm, 'x', { tools: [timed] })).rejects.toMatchObject(wrong);
      await expect(runTools(llm, 'x', { tools: [now(() => 1)], toolTimeoutMs: ms })).rejects.toMatchObject(
        wrong,
      );
    },
  );

  it('a name of ten million characters does not go back', async () => {
    const llm = new ScriptedLLM({ replies: [[call('a', 'n'.repeat(10_000_000))], 'ok'] });
    const { messages } = await runTools(llm, 'x', { tools: [now(() => 1)] });
    expect(JSON.stringify(messages).length).toBeLessThan(2_000);
  });

  it.each([4_000, 100_000])('arguments nested %i deep are told to the model', async (depth) => {
    const args = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const llm = new ScriptedLLM({ replies: () => [call('a', 'now', args)] });
    const cached = withCache(llm, new MemoryKeyValueStore());
    const { toolCalls } = await cached.chat('x');
    expect(toolCalls[0]).toMatchObject({ invalid: true, arguments: {} });
    const { messages } = await partialOf(
      runTools(cached, 'x', { tools: [now(() => 1)], maxSteps: 2 }),
      'max-steps',
    );
    expect(messages[2]).toMatchObject({ content: [{ isError: true }] });
  });

  it('a reply nested deeper than any is refused', async () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 5_000; depth++) value = [value];
    const llm = new ScriptedLLM({ replies: () => [{ type: 'acme:deep', value }] });
    const cached = withCache(llm, new MemoryKeyValueStore());
    for (const chat of [
      () => llm.chat('x'),
      () => llm.streamChat('x').final(),
      () => cached.chat('x'),
      () => cached.streamChat('x').final(),
    ])
      await expect(chat()).rejects.toMatchObject({ code: 'malformed-response' });
  });

  const odd: [string, unknown][] = [
    ['an object without a prototype', Object.create(null)],
    ['undefined', undefined],
    ['a symbol', Symbol('x')],
    [
      'an error whose message throws',
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('no');
        },
      }),
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get() {
            throw new Error('no');
          },
          has() {
            throw new Error('no');
          },
        },
      ),
    ],
  ];
  it.each(odd)('a tool that throws %s has failed', async (_what, thrown) => {
    const llm = new ScriptedLLM({ replies: [[call('a')], 'ok'] });
    const failing = now(() => {
      throw thrown;
    });
    const { messages } = await runTools(llm, 'x', { tools: [failing] });
    expect(messages[2]).toMatchObject({
      content: [{ isError: true, content: 'The tool failed.' }],
    });
  });

  it('a result that is no JSON is a failure of a type', async () => {
    const llm = new ScriptedLLM({ replies: () => [call('a')] });
    const run = runTools(llm, 'x', { tools: [now(() => 1n)], toolErrors: 'throw' });
    await expect(run).rejects.toMatchObject({ code: 'validation' });
  });
});

async function listOf(stream: ChatStream): Promise<ChatStreamEvent[]> {
  const events: ChatStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('L-01: usage that counts no tokens', () => {
  it('is left out, with a warning, whole and streamed', async () => {
    const usage = { inputTokens: -5, outputTokens: 1.5, reasoningTokens: 2, raw: { in: -5 } };
    const llm = new ScriptedLLM({ replies: () => 'ok', usage });
    for (const response of [await llm.chat('x'), await llm.streamChat('x').final()]) {
      expect(response.usage).toEqual({ reasoningTokens: 2, raw: { in: -5 } });
      expect(response.warnings).toMatchObject([{ setting: 'usage' }]);
    }
  });
});

describe('L-07: one reply, one list of events', () => {
  it('a derived stream and a kept reply give the same events, none of them empty', async () => {
    const reply = {
      content: [
        { type: 'reasoning' as const, text: 'Hm.' },
        {
          type: 'text' as const,
          text: 'Yes.',
          citations: [{ type: 'citation' as const, url: 'https://x.test' }],
        },
        { type: 'text' as const, text: '' },
        call('a', 'now', '{"at":1}'),
      ],
      finishReason: { unified: 'tool-calls', raw: 'calls' },
      warnings: [{ type: 'other', message: 'note' }],
    };
    class Whole extends ScriptedLLM {
      override doStream = undefined as never;
    }
    const llm = withCache(new Whole({ replies: () => reply }), new MemoryKeyValueStore());
    const first = await listOf(llm.streamChat('x'));
    const second = await listOf(llm.streamChat('x'));
    expect(second).toEqual(first);
    expect(first.map(({ type }) => type)).toEqual([
      ...['start', 'warning', 'reasoning-delta', 'block', 'text-delta', 'citation', 'block', 'block'],
      ...['tool-call-start', 'tool-call-delta', 'block', 'finish'],
    ]);
  });
});
