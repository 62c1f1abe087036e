import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { runTools, tool, toolBlocks, type RunToolsEvent } from '@mortise/toolkit';
import {
  subscribe,
  type ChatInput,
  type ChatOptions,
  type MortiseEvent,
  type ToolCallBlock,
  type ToolContext,
} from '@mortise/core';

const call = (id: string, name: string, args: ToolCallBlock['arguments'] = {}): ToolCallBlock => ({
  type: 'tool-call',
  id,
  name,
  arguments: args,
});

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

const asks = (...calls: ToolCallBlock[]): ScriptedReply => calls;

describe('tool', () => {
  it.each([
    ['zod', z.object({ city: z.string(), days: z.number().optional() })],
    ['valibot', toStandardJsonSchema(v.object({ city: v.string(), days: v.optional(v.number()) }))],
    ['arktype', type({ city: 'string', 'days?': 'number' })],
  ])(
    'P-05: takes a schema of %s: JSON Schema for the model, validation for the arguments',
    async (_library, parameters) => {
      const weather = tool({
        name: 'weather',
        description: 'Tells the weather.',
        parameters: parameters as z.ZodType<{ city: string }>,
        execute: ({ city }) => `sunny in ${city}`,
      });
      expect(weather.parameters).toMatchObject({
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'number' } },
        required: ['city'],
      });
      const llm = new ScriptedLLM({
        replies: [asks(call('1', 'weather', { city: 'Rome' }), call('2', 'weather', { city: 7 })), 'done'],
      });
      const { steps } = await runTools(llm, 'x', { tools: [weather] });
      expect(steps[0]?.results).toMatchObject([
        { content: 'sunny in Rome' },
        { isError: true, content: expect.stringContaining('city') as string },
      ]);
    },
  );

  it('infers the arguments', () => {
    tool({
      name: 'a',
      description: '',
      parameters: z.object({ n: z.number() }),
      execute: (args) => expectTypeOf(args).toEqualTypeOf<{ n: number }>(),
    });
    tool({
      name: 'b',
      description: '',
      parameters: type({ n: 'number' }),
      execute: (args) => expectTypeOf(args).toEqualTypeOf<{ n: number }>(),
    });
    tool({
      name: 'c',
      description: '',
      parameters: toStandardJsonSchema(v.object({ n: v.number() })),
      execute: (args) => expectTypeOf(args).toEqualTypeOf<{ n: number }>(),
    });
    tool({
      name: 'd',
      description: '',
      parameters: { type: 'object' },
      execute: (args) => expectTypeOf(args['x']).not.toBeAny(),
    });
  });

  it('takes plain JSON Schema as it is', async () => {
    const parameters = { type: 'object', properties: { q: { type: 'string' } } };
    const search = tool({ name: 'search', description: 'x', parameters, execute: (args) => args });
    expect(search.parameters).toBe(parameters);
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'search', { q: 'x' })), 'done'] });
    const { steps } = await runTools(llm, 'x', { tools: [search] });
    expect(steps[0]?.results[0]?.content).toBe('{"q":"x"}');
  });

  it('refuses a validator that cannot write JSON Schema, with a remedy', () => {
    const parameters = v.object({ a: v.string() }) as never;
    expect(() => tool({ name: 'x', description: 'x', parameters, execute: () => 1 })).toThrow(
      /toStandardJsonSchema/,
    );
  });
});

describe('runTools', () => {
  it('runs the calls of a reply in parallel, each once, and sends all results back together', async () => {
    const seen: string[] = [];
    let running = 0;
    let peak = 0;
    const slow = tool({
      name: 'slow',
      description: 'x',
      parameters: z.object({ n: z.number() }),
      async execute({ n }, { toolCallId }) {
        seen.push(toolCallId);
        peak = Math.max(peak, ++running);
        await new Promise((resolve) => setTimeout(resolve, 20 - n));
        running--;
        return n * 2;
      },
    });
    const calls = [1, 2, 3, 4, 5].map((n) => call(`c${n}`, 'slow', { n }));
    const llm = new ScriptedLLM({
      replies: [asks(...calls), 'done'],
      usage: { inputTokens: 10, outputTokens: 1 },
    });
    const result = await runTools(llm, 'go', { tools: [slow] });
    expect(seen.sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    expect(peak).toBe(5);
    expect(result.text).toBe('done');
    expect(result.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(result.messages[2]?.content).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({
        type: 'tool-result',
        toolCallId: `c${n}`,
        toolName: 'slow',
        content: String(n * 2),
      })),
    );
    expect(llm.requests[1]?.messages).toEqual(result.messages.slice(0, 3));
    expect(result.usage).toEqual({ inputTokens: 20, outputTokens: 2, totalTokens: 22 });
  });

  it('tells the model of unknown tools, invalid arguments, failures and refusals', async () => {
    const fails = tool({
      name: 'fails',
      description: 'x',
      parameters: z.object({}),
      execute: () => Promise.reject(new Error('disk full')),
    });
    const invalid: ToolCallBlock = { ...call('3', 'add'), invalid: true, argumentsText: '{"a":' };
    const llm = new ScriptedLLM({
      replies: [
        asks(
          call('1', 'nope'),
          call('2', 'add', { a: 'x', b: 1 }),
          invalid,
          call('4', 'fails'),
          call('5', 'add', { a: 1, b: 2 }),
        ),
        'ok',
      ],
    });
    const approve = ({ id }: ToolCallBlock) => (id === '5' ? 'not today' : true);
    const { steps } = await runTools(llm, 'x', { tools: [add, fails], approve });
    const contents = steps[0]?.results.map(({ content, isError }) => [isError, content]);
    expect(contents).toEqual([
      [true, 'There is no tool named nope. There are: add, fails.'],
      [true, expect.stringMatching(/^The arguments are invalid: a: /)],
      [true, 'The arguments are not a JSON object: {"a":'],
      [true, 'The tool failed.'],
      [true, 'not today'],
    ]);
  });

  it("throws a tool's own error when asked to, and cancels the others", async () => {
    const error = new Error('boom');
    let other: AbortSignal | undefined;
    const fails = tool({
      name: 'fails',
      description: 'x',
      parameters: z.object({}),
      execute: () => Promise.reject(error),
    });
    const waits = tool({
      name: 'waits',
      description: 'x',
      parameters: z.object({}),
      execute: (_args, { signal }: ToolContext) => ((other = signal), new Promise(() => undefined)),
    });
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'waits'), call('2', 'fails'))] });
    await expect(runTools(llm, 'x', { tools: [fails, waits], toolErrors: 'throw' })).rejects.toBe(error);
    expect(other?.aborted).toBe(true);
  });

  it('bounds a tool that hangs, and lets the run go on', async () => {
    const hangs = tool({
      name: 'hangs',
      description: 'x',
      parameters: z.object({}),
      timeoutMs: 20,
      execute: () => new Promise(() => undefined),
    });
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'hangs')), 'ok'] });
    const { steps, text } = await runTools(llm, 'x', { tools: [hangs] });
    expect(steps[0]?.results[0]).toMatchObject({
      isError: true,
      content: 'The tool hangs did not finish within 20 ms.',
    });
    expect(text).toBe('ok');
  });

  it('C-01: an abort rejects with exactly the reason and reaches the tool', async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const waits = tool({
      name: 'waits',
      description: 'x',
      parameters: z.object({}),
      execute: (_args, { signal }: ToolContext) => {
        seen = signal;
        setTimeout(() => controller.abort('stop'), 5);
        return new Promise(() => undefined);
      },
    });
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'waits'))] });
    await expect(runTools(llm, 'x', { tools: [waits], signal: controller.signal })).rejects.toBe('stop');
    expect(seen?.reason).toBe('stop');
  });

  it('stops after maxSteps with a code of its own, and the conversation so far in partial', async () => {
    const llm = new ScriptedLLM({ replies: () => asks(call('1', 'add', { a: 1, b: 2 })) });
    const run = runTools(llm, 'x', { tools: [add], maxSteps: 3 });
    await expect(run).rejects.toMatchObject({ code: 'max-steps', partial: { steps: [{}, {}, {}] } });
    expect(llm.requests).toHaveLength(3);
  });

  it('streams when somebody listens, and tells of every call and result', async () => {
    const events: RunToolsEvent[] = [];
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'add', { a: 1, b: 2 })), 'It is 3.'] });
    await runTools(llm, 'x', { tools: [add], onEvent: (event) => void events.push(event) });
    const kinds = events.map((event) =>
      event.type === 'stream' ? `${event.step} ${event.event.type}` : `${event.step} ${event.type}`,
    );
    expect([...new Set(kinds)]).toEqual([
      '1 step-start',
      '1 start',
      '1 tool-call-start',
      '1 tool-call-delta',
      '1 block',
      '1 finish',
      '1 response',
      '1 tool-start',
      '1 tool-end',
      '1 step-end',
      '2 step-start',
      '2 start',
      '2 text-delta',
      '2 block',
      '2 finish',
      '2 response',
      '2 step-end',
    ]);
  });

  it('V-01: a tool is a span inside the run, whose error is seen although the model is only told', async () => {
    const seen: string[] = [];
    const stop = subscribe(({ name, phase }) => void seen.push(`${name} ${phase}`));
    const fails = tool({
      name: 'fails',
      description: 'x',
      parameters: z.object({}),
      execute: () => Promise.reject(new Error('x')),
    });
    await runTools(new ScriptedLLM({ replies: [asks(call('1', 'fails')), 'ok'] }), 'x', { tools: [fails] });
    stop();
    expect(seen).toEqual([
      'run-tools start',
      'run-tools.step start',
      'llm.chat start',
      'llm.chat end',
      'tool.execute start',
      'tool.execute error',
      'run-tools.step end',
      'run-tools.step start',
      'llm.chat start',
      'llm.chat end',
      'run-tools.step end',
      'run-tools end',
    ]);
  });

  it('shows images that a tool gives', async () => {
    const image = { type: 'image' as const, source: { url: 'https://example.com/a.png' } };
    const shot = tool({
      name: 'shot',
      description: 'x',
      parameters: z.object({}),
      execute: () => toolBlocks([image]),
    });
    const { steps } = await runTools(new ScriptedLLM({ replies: [asks(call('1', 'shot')), 'ok'] }), 'x', {
      tools: [shot],
    });
    expect(steps[0]?.results[0]?.content).toEqual([image]);
  });

  it('C-05: does not change the messages it was given', async () => {
    const messages = Object.freeze([Object.freeze({ role: 'user' as const, content: 'x' })]);
    const { messages: all } = await runTools(new ScriptedLLM({ replies: ['ok'] }), messages, {
      tools: [add],
    });
    expect(messages).toHaveLength(1);
    expect(all).toHaveLength(2);
  });

  it('lets a provider go on that paused in work of its own', async () => {
    const paused = {
      content: [{ type: 'text' as const, text: 'searching' }],
      finishReason: { unified: 'pause', raw: 'pause_turn' },
    };
    const llm = new ScriptedLLM({ replies: [paused, 'found'] });
    const { text, messages } = await runTools(llm, 'x', { tools: [add] });
    expect(text).toBe('found');
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'assistant']);
  });
});

describe('runTools, at its edges', () => {
  const nothing = (execute: () => unknown = () => 'done') =>
    tool({ name: 'nothing', description: 'x', parameters: z.object({}), execute });

  it.each(['required', { tool: 'nothing' }] as const)(
    'forces a call by toolChoice %j in the first reply only: else the model could never answer',
    async (toolChoice) => {
      const llm = new ScriptedLLM({
        replies: (request) => (request.toolChoice === undefined ? 'answer' : asks(call('1', 'nothing'))),
      });
      const { text, steps } = await runTools(llm, 'x', { tools: [nothing()], toolChoice });
      expect([text, steps.length]).toEqual(['answer', 2]);
    },
  );

  it('keeps a subset of the tools after the first reply, forces it no more, and runs no other tool', async () => {
    const llm = new ScriptedLLM({
      replies: [asks(call('1', 'nothing'), call('2', 'other')), 'ok'],
      metadata: { capabilities: { allowedTools: true } },
    });
    let ran = 0;
    const other = tool({ name: 'other', description: 'x', parameters: z.object({}), execute: () => ran++ });
    const toolChoice = { tools: ['nothing'], required: true };
    const { steps } = await runTools(llm, 'x', { tools: [nothing(), other], toolChoice });
    expect(llm.requests.map((request) => request.toolChoice)).toEqual([toolChoice, { tools: ['nothing'] }]);
    expect([ran, steps[0]?.results.map(({ isError }) => isError)]).toEqual([0, [undefined, true]]);
  });

  it('does not take an end that nobody knows, without a text, for the answer', async () => {
    const finishReason = { unified: 'other', raw: 'LANGUAGE' } as const;
    const llm = new ScriptedLLM({ replies: [{ content: [], finishReason }] });
    await expect(runTools(llm, 'x', { tools: [nothing()] })).rejects.toMatchObject({
      code: 'malformed-response',
      partial: { text: '', steps: [expect.anything()] },
    });
  });

  it('keeps a toolChoice that forces nothing', async () => {
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'nothing')), 'ok'] });
    await runTools(llm, 'x', { tools: [nothing()], toolChoice: 'auto' });
    expect(llm.requests.map(({ toolChoice }) => toolChoice)).toEqual(['auto', 'auto']);
  });

  it('tells the model of a validator that throws', async () => {
    const parameters = z.object({
      n: z
        .number()
        .transform((): number => {
          throw new Error('no such n');
        })
        .pipe(z.number()),
    });
    const strange = tool({
      name: 'strange',
      description: 'x',
      parameters: parameters as never,
      execute: () => 'x',
    });
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'strange', { n: 1 })), 'ok'] });
    const { steps } = await runTools(llm, 'x', { tools: [strange] });
    expect(steps[0]?.results).toMatchObject([
      { isError: true, content: 'The arguments are invalid: no such n' },
    ]);
  });

  it('C-01: an abort ends the wait for a validator', async () => {
    const controller = new AbortController();
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'mine',
        validate: () => new Promise<never>(() => undefined),
      },
    };
    const slow = { ...nothing(), schema };
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'nothing'))] });
    const run = runTools(llm, 'x', { tools: [slow], signal: controller.signal });
    setTimeout(() => controller.abort('stop'), 5);
    await expect(run).rejects.toBe('stop');
  });

  it('V-02: links model and tools to the run, and the run to a parent given by option', async () => {
    const starts: MortiseEvent[] = [];
    const stop = subscribe((event) => void (event.phase === 'start' && starts.push(event)));
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'nothing')), 'ok'] });
    await runTools(llm, 'x', { tools: [nothing()], parent: 'outer' });
    stop();
    const [run, first, , , second] = starts.map(({ spanId }) => spanId);
    expect(starts.map(({ name, parentId }) => [name, parentId])).toEqual([
      ['run-tools', 'outer'],
      ['run-tools.step', run],
      ['llm.chat', first],
      ['tool.execute', first],
      ['run-tools.step', run],
      ['llm.chat', second],
    ]);
    expect(starts[4]?.attributes).toEqual({ step: 2 });
  });
});

describe('runTools leaves nothing behind', () => {
  const quick = tool({ name: 'quick', description: 'x', parameters: z.object({}), execute: () => 'ok' });

  it('C-03: no listener on the signal, and no timer', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const llm = new ScriptedLLM({ replies: [asks(call('1', 'quick'), call('2', 'quick')), 'ok'] });
    await runTools(llm, 'x', { tools: [quick], signal });
    expect([listeners, timers()]).toEqual([0, before]);
  });

  it('C-05: a tool that changes its arguments does not change the conversation, validated or not', async () => {
    const mutate = (args: Record<string, unknown>) => ((args['list'] as string[]).push('changed'), 'ok');
    const parameters = { type: 'object' };
    const plain = tool({ name: 'plain', description: 'x', parameters, execute: (args) => mutate(args) });
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'mine',
        validate: (value: unknown) => ({ value }),
      },
    };
    const validated = { ...plain, name: 'validated', schema };
    const list = () => ({ list: ['given'] });
    const llm = new ScriptedLLM({
      replies: [asks(call('1', 'plain', list()), call('2', 'validated', list())), 'ok'],
    });
    const { steps } = await runTools(llm, 'x', { tools: [plain, validated] });
    expect(steps[0]?.response.toolCalls.map((each) => each.arguments)).toEqual([list(), list()]);
  });

  it('C-05: a model that keeps its request does not see it grow', async () => {
    const seen: (readonly unknown[])[] = [];
    class Keeps extends ScriptedLLM {
      override chat(messages: ChatInput, options?: ChatOptions) {
        seen.push(messages as readonly unknown[]);
        return super.chat(messages, options);
      }
    }
    const keeps = new Keeps({ replies: [asks(call('1', 'quick')), 'ok'] });
    await runTools(keeps, 'x', { tools: [quick] });
    expect(seen.map(({ length }) => length)).toEqual([1, 3]);
  });

  it("C-01: a tool that fails on the caller's abort ends the run with the reason, not as a result", async () => {
    const controller = new AbortController();
    const inner = new ScriptedLLM({ replies: [asks(call('1', 'aborts')), 'ok'] });
    const aborts = tool({
      name: 'aborts',
      description: 'x',
      parameters: z.object({}),
      execute: () => {
        controller.abort('stop');
        throw new Error('interrupted');
      },
    });
    const ended: unknown[] = [];
    const run = runTools(inner, 'x', {
      tools: [aborts],
      signal: controller.signal,
      onEvent: (event) => void (event.type === 'tool-end' && ended.push(event)),
    });
    await expect(run).rejects.toBe('stop');
    expect(ended).toEqual([]);
  });
});
