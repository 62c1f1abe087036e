import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import {
  runTools,
  streamTools,
  tool,
  type PartialToolsResult,
  type RunToolsEvent,
  type StreamToolsOptions,
  type ToolCallContext,
} from '@mortise/toolkit';
import { describe, expect, it } from 'vitest';

const parameters = { type: 'object', properties: {} };
const named = (
  name: string,
  execute: (context: ToolCallContext) => unknown = () => 'ok',
  maxCalls?: number,
) => tool({ name, description: 'x', parameters, maxCalls, execute: (_args, context) => execute(context) });
const call = (id: string, name: string) => toolCallBlock(id, name, '{}');
const one = [call('a', 'one')];

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function failure(run: Promise<unknown>): Promise<{ code: string; partial: PartialToolsResult }> {
  return run.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as { code: string; partial: PartialToolsResult },
  );
}

describe('the events of streamTools', () => {
  const script = (): ScriptedReply[] => [
    [call('a', 'one'), toolCallBlock('b', 'two', '{"at": "x"}')],
    'done',
  ];

  it('give the id of its call with every piece of it', async () => {
    const llm = new ScriptedLLM({ replies: script() });
    const events = await collect(streamTools(llm, 'x', { tools: [named('one'), named('two')] }));
    const ids = events.flatMap((event) =>
      event.type === 'stream' && event.event.type.startsWith('tool-call')
        ? [`${event.event.type} ${event.toolCallId}`]
        : [],
    );
    expect(ids).toEqual([
      ...['tool-call-start a', 'tool-call-delta a'],
      ...['tool-call-start b', 'tool-call-delta b'],
    ]);
  });

  it('begin a tool after its arguments are valid and it is approved, and tell of both', async () => {
    const llm = new ScriptedLLM({
      replies: [[call('a', 'one'), call('b', 'two'), call('c', 'none')], 'done'],
    });
    const approve = ({ name }: { name: string }) => (name === 'one' ? true : 'Not now.');
    const events = await collect(
      streamTools(llm, 'x', { tools: [named('one'), named('two')], approve, concurrency: 1 }),
    );
    const told = events.flatMap((event) => ('call' in event ? [`${event.type} ${event.call.id}`] : []));
    expect(told).toEqual([
      ...['approval-asked a', 'approval-given a', 'tool-start a', 'tool-end a'],
      ...['approval-asked b', 'approval-given b', 'tool-end b', 'tool-end c'],
    ]);
    expect(events.find((event) => event.type === 'approval-given' && !event.approved)).toMatchObject({
      reason: 'Not now.',
    });
  });

  it('tell of progress while the tool runs, and of the usage so far', async () => {
    const works = named('one', async ({ progress }) => {
      await progress({ done: 1 });
      void progress({ done: 2 });
      return 'ok';
    });
    const usage = { inputTokens: 10, outputTokens: 1 };
    const llm = new ScriptedLLM({ replies: [one, 'done'], usage });
    const events = await collect(streamTools(llm, 'x', { tools: [works] }));
    expect(events.flatMap((event) => (event.type === 'tool-progress' ? [event.value] : []))).toEqual([
      { done: 1 },
      { done: 2 },
    ]);
    const ends = events.flatMap((event) => (event.type === 'step-end' ? [event.usage.inputTokens] : []));
    expect(ends).toEqual([10, 20]);
    expect(events.map(({ type }) => type).filter((type) => type.startsWith('step'))).toEqual([
      ...['step-start', 'step-end', 'step-start', 'step-end'],
    ]);
  });

  it('are of no tool that has ended: what it tells later is not heard', async () => {
    let late: ToolCallContext | undefined;
    const llm = new ScriptedLLM({ replies: [one, 'done'] });
    const events: RunToolsEvent[] = [];
    const stream = streamTools(llm, 'x', { tools: [named('one', (context) => (late = context) && 'ok')] });
    for await (const event of stream) {
      events.push(event);
      await late?.progress('late');
    }
    expect(events.map(({ type }) => type)).not.toContain('tool-progress');
  });
});

describe('stopWhen', () => {
  it('ends the run after a step, with every call answered', async () => {
    const llm = new ScriptedLLM({ replies: () => one });
    const seen: number[] = [];
    const result = await runTools(llm, 'x', {
      tools: [named('one', () => 'found')],
      stopWhen: ({ step, results, messages }) => {
        seen.push(messages.length);
        return step === 2 && results[0]?.content === 'found';
      },
    });
    expect(result).toMatchObject({ ended: 'stopped', steps: [{}, {}] });
    expect(result.messages.map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'tool', 'assistant', 'tool'],
    ]);
    expect([llm.requests.length, seen]).toEqual([2, [3, 5]]);
  });

  it('is not asked of an answer', async () => {
    const stopWhen = () => expect.fail('it was asked');
    expect(await runTools(new ScriptedLLM({ replies: ['ok'] }), 'x', { tools: [], stopWhen })).toMatchObject({
      ended: 'answer',
    });
  });
});

describe('prepareStep', () => {
  it('gives a step another model, some of the tools and other messages, and the conversation stays', async () => {
    const main = new ScriptedLLM({ replies: [one] });
    const other = new ScriptedLLM({ replies: [[call('b', 'one')], 'done'] });
    let ran = 0;
    const tools = [named('one', () => ran++), named('two')];
    const prepareStep: StreamToolsOptions['prepareStep'] = ({ step, messages }) =>
      step === 1
        ? undefined
        : { llm: other, tools: ['two'], toolChoice: 'auto', messages: messages.slice(-2) };
    const { messages, text } = await runTools(main, 'x', { tools, prepareStep });
    expect(text).toBe('done');
    expect(main.requests[0]?.tools?.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(other.requests.map((request) => request.tools?.map(({ name }) => name))).toEqual([
      ['two'],
      ['two'],
    ]);
    expect(other.requests.map((request) => request.messages.length)).toEqual([2, 2]);
    expect(messages).toHaveLength(6);
    // A tool that was not shown in this step is not run in it.
    expect(ran).toBe(1);
  });

  it('is refused where it names a tool that is none', async () => {
    const run = runTools(new ScriptedLLM({ replies: [] }), 'x', {
      tools: [],
      prepareStep: () => ({ tools: ['gone'] }),
    });
    expect(await failure(run)).toMatchObject({ code: 'configuration', message: /gone/ });
  });
});

describe('toolErrors', () => {
  const secret = named('one', () => Promise.reject(new Error('postgres://u:p@host')));

  it('tells the model nothing of what was thrown, unless a function says what', async () => {
    const run = async (toolErrors?: StreamToolsOptions['toolErrors']) => {
      const llm = new ScriptedLLM({ replies: [one, 'ok'] });
      const { steps } = await runTools(llm, 'x', { tools: [secret], toolErrors });
      return steps[0]?.results[0];
    };
    expect(await run()).toMatchObject({ isError: true, content: 'The tool failed.' });
    expect(await run((error, { name }) => `${name}: ${(error as Error).name}`)).toMatchObject({
      isError: true,
      content: 'one: Error',
    });
  });
});

describe('limits on calls', () => {
  it('bound one tool: the model is told, and goes on', async () => {
    let ran = 0;
    const llm = new ScriptedLLM({ replies: [[...one, call('b', 'one')], [call('c', 'one')], 'ok'] });
    const { steps } = await runTools(llm, 'x', { tools: [named('one', () => ++ran, 2)] });
    expect(ran).toBe(2);
    expect(steps[1]?.results).toMatchObject([
      { isError: true, content: 'This call was not run: one may be called 2 times.' },
    ]);
  });

  it('bound the run: none of the calls beyond is run, and the state goes on from there', async () => {
    let ran = 0;
    const tools = [named('one', () => ++ran)];
    const llm = new ScriptedLLM({ replies: [one, [call('b', 'one'), call('c', 'one')], 'ok'] });
    const { code, partial } = await failure(runTools(llm, 'x', { tools, maxTotalToolCalls: 2 }));
    expect([code, ran]).toEqual(['budget', 1]);
    const { text } = await runTools(llm, partial.state, { tools, maxTotalToolCalls: 3 });
    expect([text, ran]).toEqual(['ok', 3]);
  });
});
