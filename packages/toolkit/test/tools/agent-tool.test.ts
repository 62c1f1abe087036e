import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import {
  agentTool,
  runTools,
  streamTools,
  tool,
  type RunToolsEvent,
  type ToolsState,
} from '@mortise/toolkit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const usage = { inputTokens: 10, outputTokens: 1 };
const kept = (state: ToolsState): ToolsState => JSON.parse(JSON.stringify(state)) as ToolsState;
const outer = (): ScriptedReply[] => [[toolCallBlock('a', 'research', '{"task": "joints"}')], 'done'];
const inner = (): ScriptedReply[] => [[toolCallBlock('i', 'search', '{}')], 'A tenon.'];
const search = (execute: (key: string) => unknown = () => 'found') =>
  tool({
    name: 'search',
    description: 'x',
    parameters: z.object({}),
    execute: (_args, { idempotencyKey }) => execute(idempotencyKey),
  });
const about = { name: 'research', description: 'Finds out.' };

describe('agentTool', () => {
  it('runs an agent: its text is the result, its usage is added, its events are nested', async () => {
    const llm = new ScriptedLLM({ replies: inner(), usage });
    const research = agentTool({ ...about, llm, tools: [search()], system: 'Be brief.' });
    const stream = streamTools(new ScriptedLLM({ replies: outer(), usage }), 'x', { tools: [research] });
    const nested: string[] = [];
    for await (const event of stream) {
      if (event.type !== 'tool-event') continue;
      expect(event.call.id).toBe('a');
      nested.push(event.event.type);
    }
    const { steps, usage: sum } = await stream.final();
    expect(steps[0]?.results).toMatchObject([{ content: 'A tenon.' }]);
    expect(sum).toMatchObject({ inputTokens: 40, outputTokens: 4 });
    expect([...new Set(nested)]).toEqual([
      ...['step-start', 'stream', 'response', 'tool-start', 'tool-end', 'step-end'],
    ]);
    expect(llm.requests[0]?.messages).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'joints' },
    ]);
  });

  it('takes parameters of its own, which are inferred, and gives its output', async () => {
    const llm = new ScriptedLLM({ replies: [[toolCallBlock('z', 'answer', '{"n": 2}')]] });
    const research = agentTool({
      ...{ ...about, llm, tools: [], output: z.object({ n: z.number() }) },
      parameters: z.object({ topic: z.string() }),
      input: (args) => {
        expectTypeOf(args).toEqualTypeOf<{ topic: string }>();
        return `About ${args.topic}`;
      },
    });
    const replies = [[toolCallBlock('a', 'research', '{"topic": "tenons"}')], 'done'];
    const { steps } = await runTools(new ScriptedLLM({ replies }), 'x', { tools: [research] });
    expect(steps[0]?.results).toMatchObject([{ content: '{"n":2}' }]);
    expect(llm.requests[0]?.messages).toMatchObject([{ content: 'About tenons' }]);
  });

  it('is ended by an abort outside', async () => {
    const controller = new AbortController();
    const hangs = search(() => {
      setTimeout(() => controller.abort('stop'), 1);
      return new Promise(() => undefined);
    });
    const research = agentTool({ ...about, llm: new ScriptedLLM({ replies: inner() }), tools: [hangs] });
    const { signal } = controller;
    const run = runTools(new ScriptedLLM({ replies: outer() }), 'x', { tools: [research], signal });
    await expect(run).rejects.toBe('stop');
  });

  it('tells the model outside that it failed, and counts what it cost', async () => {
    const llm = new ScriptedLLM({ replies: () => [toolCallBlock('i', 'search', '{}')], usage });
    const research = agentTool({ ...about, llm, tools: [search()], maxSteps: 2 });
    const result = await runTools(new ScriptedLLM({ replies: outer(), usage }), 'x', { tools: [research] });
    expect(result.steps[0]?.results).toMatchObject([{ isError: true, content: 'The tool failed.' }]);
    expect(result.usage.inputTokens).toBe(40);
  });

  it('goes on within the state of the run outside: what ran inside is not run again', async () => {
    const states: ToolsState[] = [];
    const keys: string[] = [];
    const make = (replies: ScriptedReply[]) =>
      agentTool({
        ...about,
        llm: new ScriptedLLM({ replies, usage }),
        tools: [search((key) => keys.push(key) && 'found')],
      });
    const whole = await runTools(new ScriptedLLM({ replies: outer(), usage }), 'x', {
      ...{ tools: [make(inner())], runId: 'r' },
      onState: (state) => void states.push(kept(state)),
    });
    expect(keys).toEqual(['r/1/0/1/0']);
    let within = 0;
    for (const state of states) {
      keys.length = 0;
      const inside = state.reply?.calls[0]?.run;
      if (inside !== undefined) within++;
      const llm = new ScriptedLLM({ replies: outer().slice(state.steps), usage });
      const tools = [make(inner().slice(inside?.steps ?? 0))];
      const result = await runTools(llm, state, { tools, runId: 'r' });
      expect(result.messages).toEqual(whole.messages);
      expect(result.usage).toEqual(whole.usage);
      const done =
        state.steps > 1 ||
        state.messages.length > 1 ||
        state.reply?.calls[0]?.result !== undefined ||
        inside?.reply?.calls[0]?.result !== undefined ||
        (inside?.messages.length ?? 0) > 1 ||
        (inside?.steps ?? 0) > 1;
      expect(keys).toEqual(done ? [] : ['r/1/0/1/0']);
    }
    expect(within).toBeGreaterThan(3);
  });

  it('nests in one of its own kind', async () => {
    const deepest = agentTool({ ...about, llm: new ScriptedLLM({ replies: ['deep'] }), tools: [] });
    const middle = agentTool({
      ...{ ...about, tools: [deepest] },
      llm: new ScriptedLLM({ replies: outer() }),
    });
    const depths = new Set<number>();
    const depthOf = (event: RunToolsEvent): number =>
      event.type === 'tool-event' ? 1 + depthOf(event.event) : 0;
    await runTools(new ScriptedLLM({ replies: outer() }), 'x', {
      tools: [middle],
      onEvent: (event) => void depths.add(depthOf(event)),
    });
    expect([...depths]).toEqual([0, 1, 2]);
  });

  it('that has tools which need approval is refused by a run in which nobody can give it', async () => {
    const asks = tool({
      ...{ name: 'pay', description: 'x', parameters: z.object({}), needsApproval: true },
      execute: () => 'paid',
    });
    const llm = new ScriptedLLM({ replies: [] });
    const asking = agentTool({ ...about, llm, tools: [asks] });
    const outside = agentTool({ ...about, name: 'outside', llm, tools: [asking] });
    for (const research of [asking, outside]) {
      const run = runTools(llm, 'x', { tools: [research] });
      await expect(run).rejects.toMatchObject({ code: 'configuration', message: /needs approval/ });
      const alone = { signal: new AbortController().signal, toolCallId: 'a', rawArguments: {} };
      const called = Promise.resolve(research.execute({ task: 'x' }, alone));
      await expect(called).rejects.toMatchObject({ code: 'configuration' });
    }
    const decides = agentTool({ ...about, llm, tools: [asks], approve: () => true });
    await expect(
      runTools(new ScriptedLLM({ replies: ['ok'] }), 'x', { tools: [decides] }),
    ).resolves.toMatchObject({ ended: 'answer', text: 'ok' });
    expect(llm.requests).toEqual([]);
  });
});
