import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import {
  runTools,
  streamTools,
  tool,
  toolBlocks,
  type PartialToolsResult,
  type ToolCallContext,
  type ToolsState,
} from '@mortise/toolkit';
import { describe, expect, it } from 'vitest';

const parameters = { type: 'object', properties: {} };
const named = (name: string, execute: (context: ToolCallContext) => unknown) =>
  tool({ name, description: 'x', parameters, execute: (_args, context) => execute(context) });
const call = (id: string, name: string) => toolCallBlock(id, name, '{}');
/** Through text, as it is kept. */
const kept = (state: ToolsState): ToolsState => JSON.parse(JSON.stringify(state)) as ToolsState;
const usage = { inputTokens: 3, outputTokens: 1 };

const script = (): ScriptedReply[] => [
  [{ type: 'reasoning', text: 'Hm.', signature: 's' }, call('a', 'one'), call('b', 'two')],
  [call('c', 'one')],
  'done',
];
const image = { type: 'image' as const, source: { data: new Uint8Array([1, 2]), mediaType: 'image/png' } };

describe('the state of a run', () => {
  it('is plain JSON before each request, after each reply and after each tool', async () => {
    const states: ToolsState[] = [];
    const llm = new ScriptedLLM({ replies: script(), usage });
    const result = await runTools(llm, 'x', {
      tools: [named('one', () => 1), named('two', () => toolBlocks([image]))],
      onState: (state) => void states.push(state),
      runId: 'r',
      concurrency: 1,
    });
    for (const state of states) expect(kept(state)).toEqual(state);
    const seen = states.map(({ steps, reply }) => [
      steps,
      reply?.calls.map(({ result: found }) => found !== undefined),
    ]);
    expect(seen).toEqual([
      [0, undefined],
      [1, [false, false]],
      [1, [true, false]],
      [1, [true, true]],
      [1, undefined],
      [2, [false]],
      [2, [true]],
      [2, undefined],
      [3, []],
    ]);
    expect(result.state).toEqual(states.at(-1));
    expect(Object.keys(result)).not.toContain('state');
  });

  it("is the application's: what is done to one is neither in the run nor in the next", async () => {
    const states: ToolsState[] = [];
    const keep: ToolsState[] = [];
    const result = await runTools(new ScriptedLLM({ replies: script(), usage }), 'x', {
      tools: [named('one', () => 1), named('two', () => toolBlocks([image]))],
      onState: (state) => {
        keep.push(kept(state));
        states.push(state);
        state.messages.length = 0;
        state.calls['one'] = 9;
        delete state.usage;
        // What the states of a run share is frozen.
        for (const shared of [state.reply?.message, state.reply?.about, state.reply?.calls[0]?.result])
          if (shared !== undefined) expect(Reflect.set(shared, 'role', 'system')).toBe(false);
      },
      runId: 'r',
    });
    const untouched: ToolsState[] = [];
    const other = await runTools(new ScriptedLLM({ replies: script(), usage }), 'x', {
      tools: [named('one', () => 1), named('two', () => toolBlocks([image]))],
      onState: (state) => void untouched.push(kept(state)),
      runId: 'r',
    });
    expect(keep).toEqual(untouched);
    expect(result.messages).toEqual(other.messages);
    expect(kept(result.state)).toEqual(kept(other.state));
  });

  it('writes what is settled once, however many steps come after it', async () => {
    const states: ToolsState[] = [];
    const tools = [named('one', () => 'x')];
    const llm = new ScriptedLLM({ replies: script() });
    await runTools(llm, 'x', { tools, onState: (state) => void states.push(state) });
    const [first] = states;
    for (const state of states) expect(state.messages[0]).toBe(first?.messages[0]);
  });

  it('goes on from any of them, to the same conversation, and runs nothing again that has a result', async () => {
    const states: ToolsState[] = [];
    const ran: string[] = [];
    const tools = [
      named('one', ({ idempotencyKey }) => ran.push(idempotencyKey) && 1),
      named('two', ({ idempotencyKey }) => ran.push(idempotencyKey) && toolBlocks([image])),
    ];
    const options = { tools, runId: 'r', concurrency: 1 };
    const whole = await runTools(new ScriptedLLM({ replies: script(), usage }), 'x', {
      ...options,
      onState: (state) => void states.push(kept(state)),
    });
    expect(ran).toEqual(['r/1/0', 'r/1/1', 'r/2/0']);
    for (const state of states) {
      ran.length = 0;
      const llm = new ScriptedLLM({ replies: script().slice(state.steps), usage });
      const result = await runTools(llm, state, options);
      expect(result.messages).toEqual(whole.messages);
      expect(result.usage).toEqual(whole.usage);
      expect([result.text, result.ended]).toEqual(['done', 'answer']);
      const open = state.reply?.calls.filter(({ result: found }) => found === undefined).length ?? 0;
      const later = [3, 1, 0, 0][state.steps] ?? 0;
      expect(ran).toHaveLength(open + later);
    }
  });

  it('of an answer gives the answer again, and asks nothing', async () => {
    const first = await runTools(new ScriptedLLM({ replies: ['ok'] }), 'x', { tools: [] });
    const again = await runTools(new ScriptedLLM({ replies: [] }), kept(first.state), { tools: [] });
    expect(again).toMatchObject({ text: 'ok', messages: first.messages, response: first.response });
  });

  it('is in every typed error, at maxSteps with the calls pending', async () => {
    const run = runTools(new ScriptedLLM({ replies: script() }), 'x', {
      tools: [named('one', () => 1), named('two', () => 2)],
      maxSteps: 1,
    });
    const { partial } = (await run.catch((error: unknown) => error)) as { partial: PartialToolsResult };
    expect(partial.state.reply?.calls).toEqual([{}, {}]);
    const ran: string[] = [];
    const tools = [named('one', () => ran.push('one')), named('two', () => ran.push('two'))];
    const llm = new ScriptedLLM({ replies: script().slice(1) });
    await runTools(llm, kept(partial.state), { tools, maxSteps: 3 });
    expect(ran).toEqual(['one', 'two', 'one']);

    const failing = new ScriptedLLM({ replies: [[call('a', 'one')], new Error('down')] });
    const failed = runTools(failing, 'x', { tools: [named('one', () => 1)] });
    const error = (await failed.catch((thrown: unknown) => thrown)) as { partial: PartialToolsResult };
    expect(error.partial.state).toMatchObject({ steps: 1, messages: [{}, {}, {}] });
    expect(error.partial).toMatchObject({ steps: [{}], messages: [{}, {}, {}] });
  });

  it('is on the stream after an abort, whose reason says nothing', async () => {
    const controller = new AbortController();
    const tools = [
      named('one', () => 'kept'),
      named('two', () => {
        controller.abort('stop');
        return new Promise(() => undefined);
      }),
    ];
    const { signal } = controller;
    const stream = streamTools(new ScriptedLLM({ replies: script() }), 'x', {
      tools,
      signal,
      concurrency: 1,
    });
    await expect(stream.final()).rejects.toBe('stop');
    expect(stream.state.reply?.calls).toMatchObject([{ result: { content: 'kept' } }, {}]);
  });

  it('keeps the tools that prepareStep left the step', async () => {
    const prepareStep = () => ({ tools: ['one'] });
    let state: ToolsState | undefined;
    let ran = 0;
    const tools = [named('one', () => 1), named('two', () => ran++)];
    const options = { tools, prepareStep };
    await runTools(new ScriptedLLM({ replies: script() }), 'x', {
      ...options,
      onState: (now) => {
        if (now.reply?.calls.length === 2) state ??= kept(now);
      },
    });
    await runTools(new ScriptedLLM({ replies: script().slice(1) }), state!, options);
    expect(ran).toBe(0);
  });

  it('ends the run where it cannot be kept, and before the result is used', async () => {
    const llm = new ScriptedLLM({ replies: script() });
    const run = runTools(llm, 'x', {
      tools: [named('one', () => 1), named('two', () => 2)],
      onState: ({ reply }) => {
        if (reply?.calls.some(({ result }) => result !== undefined) === true) throw new Error('disk full');
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'internal', message: 'disk full' });
    expect(llm.requests).toHaveLength(1);
  });

  it('bounds the steps of the whole run', async () => {
    const tools = [named('one', () => 1)];
    const first = new ScriptedLLM({ replies: () => [call('a', 'one')] });
    const { state } = await runTools(first, 'x', { tools, stopWhen: ({ step }) => step === 2 });
    const run = runTools(first, state, { tools, maxSteps: 3 });
    await expect(run).rejects.toMatchObject({ code: 'max-steps' });
    expect(first.requests).toHaveLength(3);
  });

  it.each([
    ['another version', { version: 2 }],
    ['no id', { id: '' }],
    ['no messages', { messages: 'x' }],
    ['a count that is none', { steps: -1 }],
    [
      'calls of another reply',
      { reply: { message: { role: 'assistant', content: [] }, about: {}, calls: [{}] } },
    ],
    [
      'a reply without an end',
      { reply: { message: { role: 'assistant', content: [] }, about: {}, calls: [] } },
    ],
  ])('is refused with %s', async (_what, change) => {
    const { state } = await runTools(new ScriptedLLM({ replies: ['ok'] }), 'x', { tools: [] });
    const run = runTools(new ScriptedLLM({ replies: [] }), { ...state, ...change } as never, { tools: [] });
    await expect(run).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
