import { fromSSE } from '@mortise/core/sse';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import { runTools, streamTools, tool, type RunToolsEvent } from '@mortise/toolkit';
import { describe, expect, it, vi } from 'vitest';

const parameters = { type: 'object', properties: {} };
const named = (name: string, execute: (signal: AbortSignal) => unknown) =>
  tool({ name, description: 'x', parameters, execute: (_args, { signal }) => execute(signal) });
const call = (id: string, name: string) => toolCallBlock(id, name, '{}');

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const script = (): ScriptedReply[] => [[call('a', 'one'), call('b', 'two')], 'done'];
const tools = [named('one', () => 1), named('two', () => Promise.reject(new Error('ENOENT /etc')))];

describe('streamTools', () => {
  it('yields what onEvent of runTools is told, and ends with what it gives', async () => {
    const told: RunToolsEvent[] = [];
    const onEvent = (event: RunToolsEvent) => void told.push(event);
    const result = await runTools(new ScriptedLLM({ replies: script() }), 'x', { tools, onEvent });
    const stream = streamTools(new ScriptedLLM({ replies: script() }), 'x', { tools });
    const types = (events: readonly RunToolsEvent[]) => events.map(({ type, step }) => `${type} ${step}`);
    const events = await collect(stream);
    expect(types(events).toSorted()).toEqual(types(told).toSorted());
    expect(events.at(-2)).toMatchObject({ type: 'response', step: 2, response: { text: 'done' } });
    expect(await stream.final()).toEqual(result);
  });

  it('yields the text of all replies, and final() needs no reader', async () => {
    const replies: ScriptedReply[] = [[{ type: 'text', text: 'wait ' }, call('a', 'one')], 'done'];
    const stream = streamTools(new ScriptedLLM({ replies }), 'x', { tools });
    expect((await collect(stream.textStream)).join('')).toBe('wait done');
    const other = streamTools(new ScriptedLLM({ replies: script() }), 'x', { tools });
    expect(await other.final()).toMatchObject({ text: 'done', steps: [{}, {}] });
  });

  it('asks nothing before it is read, and goes no further than it is read', async () => {
    const ran = vi.fn<() => number>(() => 1);
    const llm = new ScriptedLLM({ replies: [[call('a', 'one')], 'done'] });
    const reader = streamTools(llm, 'x', { tools: [named('one', ran)] })[Symbol.asyncIterator]();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(llm.requests).toEqual([]);
    let event: RunToolsEvent | undefined;
    while (event?.type !== 'tool-start') event = (await reader.next()).value as RunToolsEvent;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ran).not.toHaveBeenCalled();
    await reader.next();
    expect(ran).toHaveBeenCalledOnce();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(llm.requests).toHaveLength(1);
    await reader.return?.();
  });

  it('aborts the tools that run when it is left', async () => {
    const aborted = vi.fn<() => void>();
    const hangs = named('one', (signal) => {
      signal.addEventListener('abort', aborted);
      return new Promise(() => undefined);
    });
    const stream = streamTools(new ScriptedLLM({ replies: [[call('a', 'one')]] }), 'x', { tools: [hangs] });
    const reader = stream.toSSE().getReader();
    const waiting = (async () => {
      while (!(await reader.read()).done);
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.cancel();
    await waiting;
    expect(aborted).toHaveBeenCalledOnce();
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
  });

  it("ends with the caller's reason, also while nobody reads", async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const llm = new ScriptedLLM({ replies: script() });
    const stream = streamTools(llm, 'x', { tools, signal: controller.signal });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    controller.abort(reason);
    await expect(stream.final()).rejects.toBe(reason);
    await expect(reader.next()).rejects.toBe(reason);
  });

  it('fails as runTools does, with the error of a tool where that is asked for', async () => {
    const stream = streamTools(new ScriptedLLM({ replies: script() }), 'x', { tools, toolErrors: 'throw' });
    await expect(collect(stream)).rejects.toThrow('ENOENT /etc');
    const bounded = streamTools(new ScriptedLLM({ replies: script() }), 'x', { tools, maxSteps: 1 });
    await expect(bounded.final()).rejects.toMatchObject({ code: 'max-steps' });
    expect(() => streamTools(new ScriptedLLM({ replies: [] }), 'x', null as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it('goes to a browser without what its tools failed with', async () => {
    const sent = async (show?: object): Promise<RunToolsEvent[]> =>
      collect(
        fromSSE<RunToolsEvent>(
          streamTools(new ScriptedLLM({ replies: script() }), 'x', {
            tools,
            toolErrors: (error) => String(error),
          }).toResponse({ show }),
        ),
      );
    const ends = (events: readonly RunToolsEvent[]) =>
      events
        .flatMap((event) => (event.type === 'tool-end' ? [JSON.stringify(event.result.content)] : []))
        .sort();
    expect(ends(await sent())).toEqual(['"1"', '"The tool failed."']);
    expect(ends(await sent({ toolErrors: true }))).toEqual(['"1"', expect.stringContaining('ENOENT /etc')]);
  });
});

describe('onEvent of runTools', () => {
  it('is waited for', async () => {
    const order: string[] = [];
    const llm = new ScriptedLLM({ replies: [[call('a', 'one')], 'done'] });
    await runTools(llm, 'x', {
      tools: [named('one', () => void order.push('ran'))],
      onEvent: async ({ type }) => {
        if (type !== 'tool-start') return;
        await new Promise((resolve) => setTimeout(resolve, 2));
        order.push('told');
      },
    });
    expect(order).toEqual(['told', 'ran']);
    const failing = runTools(new ScriptedLLM({ replies: ['done'] }), 'x', {
      tools: [],
      onEvent: () => Promise.reject(new Error('closed')),
    });
    await expect(failing).rejects.toMatchObject({ code: 'internal', message: 'closed' });
  });
});
