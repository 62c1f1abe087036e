import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import {
  agentTool,
  runTools,
  tool,
  toolsStateFromJson,
  type GivenApproval,
  type PendingApproval,
  type PartialToolsResult,
  type RunToolsEvent,
  type RunToolsOptions,
  type Tool,
  type ToolsState,
} from '@mortise/toolkit';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

const approvalKey = 'a secret of 32 bytes, at least 16';
const usage = { inputTokens: 10, outputTokens: 1 };
const kept = (state: ToolsState): ToolsState => toolsStateFromJson(JSON.parse(JSON.stringify(state)));
const yes = ({ callId, token }: PendingApproval): GivenApproval => ({ callId, token, approved: true });

/**
 * A run outside of agents inside one another, each of which calls the next one twice; the innermost pays, which needs approval.
 * Models answer by how far their conversation has come, so that every process has some that go on.
 */
function world(levels = 1) {
  const paid: string[] = [];
  const pay = tool({
    ...{ name: 'pay', description: 'x', parameters: z.object({ sum: z.number() }), needsApproval: true },
    execute: ({ sum }, { idempotencyKey }) => paid.push(`${idempotencyKey} ${sum}`) && 'paid',
  });
  const llm = (calls: ScriptedReply) =>
    new ScriptedLLM({
      replies: ({ messages }) => (messages.at(-1)?.role === 'tool' ? 'done' : calls),
      usage,
    });
  const twice = (name: string) =>
    llm([toolCallBlock('x', name, '{"task": "a"}'), toolCallBlock('y', name, '{"task": "b"}')]);
  const payment = llm([toolCallBlock('p', 'pay', '{"sum": 7}')]);
  let agent: Tool = agentTool({ name: 'agent0', description: 'x', llm: payment, tools: [pay] });
  for (let at = 1; at < levels; at++)
    agent = agentTool({ name: `agent${at}`, description: 'x', llm: twice(`agent${at - 1}`), tools: [agent] });
  const run = (input: string | ToolsState, options: Partial<RunToolsOptions> = {}) =>
    runTools(twice(`agent${levels - 1}`), input, { tools: [agent], runId: 'r', approvalKey, ...options });
  return { paid, run };
}

describe('approvals: of calls inside agents', () => {
  it('end the run outside, once its other calls are run, and are taken up there', async () => {
    const { paid, run } = world();
    const first = await run('x');
    expect(first).toMatchObject({ ended: 'approval', usage: { inputTokens: 30, outputTokens: 3 } });
    expect(first.approvals).toMatchObject([
      { callId: 'x/p', name: 'pay', arguments: { sum: 7 } },
      { callId: 'y/p', name: 'pay', arguments: { sum: 7 } },
    ]);
    expect(paid).toEqual([]);
    const told: RunToolsEvent[] = [];
    const last = await run(kept(first.state), {
      approvals: [
        yes(first.approvals[0]!),
        { ...yes(first.approvals[1]!), approved: false, reason: 'Once.' },
      ],
      onEvent: (event) => void told.push(event),
    });
    expect(last).toMatchObject({
      ended: 'answer',
      text: 'done',
      usage: { inputTokens: 60, outputTokens: 6 },
    });
    expect(paid).toEqual(['r/1/0/1/0 7']);
    expect(told.slice(0, 2)).toMatchObject([
      { type: 'tool-event', call: { id: 'x' }, event: { type: 'approval-given', approved: true } },
      { type: 'tool-event', call: { id: 'y' }, event: { type: 'approval-given', reason: 'Once.' } },
    ]);
  });

  it('reach through two levels, and are told by the calls around them', async () => {
    const { paid, run } = world(2);
    const told: RunToolsEvent[] = [];
    const first = await run('x', { onEvent: (event) => void told.push(event) });
    expect(first.approvals.map(({ callId }) => callId)).toEqual(['x/x/p', 'x/y/p', 'y/x/p', 'y/y/p']);
    const asked = told.flatMap((event) => {
      const inside =
        event.type === 'tool-event' && event.event.type === 'tool-event' ? event.event.event : event;
      return inside.type === 'approval-asked' ? [inside.approval] : [];
    });
    expect(asked).toHaveLength(4);
    expect(asked).toEqual(expect.arrayContaining(first.approvals));
    // One after the other, each in a process of its own.
    let { state } = first;
    for (const approval of first.approvals) {
      const next = await run(kept(state), { approvals: [yes(approval)] });
      expect(next.ended).toBe(paid.length === 4 ? 'answer' : 'approval');
      ({ state } = next);
    }
    expect(paid).toEqual(['r/1/0/1/0/1/0 7', 'r/1/0/1/1/1/0 7', 'r/1/1/1/0/1/0 7', 'r/1/1/1/1/1/0 7']);
    expect(state.usage).toMatchObject({ inputTokens: (1 + 2 + 4) * 2 * 10 });
  });

  it('outlive a kill between what was decided and what it runs', async () => {
    const { state, approvals } = await world(2).run('x');
    const states: ToolsState[] = [];
    const options = {
      approvals: approvals.map(yes),
      onState: (now: ToolsState) => void states.push(kept(now)),
    };
    const whole = await world(2).run(kept(state), options);
    for (const from of states) {
      const { paid, run } = world(2);
      const result = await run(from);
      expect(result.messages).toEqual(whole.messages);
      expect(result.usage).toEqual(whole.usage);
      expect(paid.length).toBeLessThanOrEqual(4);
    }
    const { paid, run } = world(2);
    await run(states[0]!);
    expect(paid).toHaveLength(4);
  });

  type Given = { state: ToolsState; approvals: PendingApproval[] };
  type Change = (given: Given) => { state?: ToolsState; approvals: object[]; approvalKey?: string };
  const changed = (state: ToolsState, from: string, to: string): ToolsState =>
    JSON.parse(JSON.stringify(state).replaceAll(from, to)) as ToolsState;
  const refused: [string, string, Change][] = [
    ['forged', 'permission', ({ approvals: [a] }) => ({ approvals: [{ ...yes(a!), token: 'mfz.AAAA' }] })],
    [
      'of the same call of another agent',
      'permission',
      ({ approvals: [a, b] }) => ({ approvals: [{ ...yes(a!), token: b!.token }] }),
    ],
    [
      'of another key',
      'permission',
      ({ approvals: [a] }) => ({ approvals: [yes(a!)], approvalKey: 'another secret of 32 bytes, quite' }),
    ],
    [
      'of changed arguments',
      'permission',
      ({ state, approvals: [a] }) => ({
        state: changed(state, '"sum":7', '"sum":7000'),
        approvals: [yes(a!)],
      }),
    ],
    [
      'of another run',
      'permission',
      ({ state, approvals: [a] }) => ({ state: { ...state, id: 'other' }, approvals: [yes(a!)] }),
    ],
    [
      'of an agent whose run was put in the place of another',
      'permission',
      ({ state, approvals: [, b] }) => {
        const [first, second] = state.reply?.calls ?? [];
        const swapped = { ...state, reply: { ...state.reply!, calls: [{ run: second!.run! }, first!] } };
        return { state: swapped, approvals: [{ ...yes(b!), callId: 'x/p' }] };
      },
    ],
    ['given twice at once', 'conflict', ({ approvals: [a] }) => ({ approvals: [yes(a!), yes(a!)] })],
    [
      'of no call that waits',
      'conflict',
      ({ approvals: [a] }) => ({ approvals: [{ ...yes(a!), callId: 'x/q' }] }),
    ],
    [
      'good beside a forged one',
      'permission',
      ({ approvals: [a, b] }) => ({ approvals: [yes(a!), { ...yes(b!), token: a!.token }] }),
    ],
  ];
  it.each(refused)('that are %s are refused (%s), and nothing runs', async (_what, code, change) => {
    const { paid, run } = world();
    const { state, approvals } = await run('x');
    const { state: given = kept(state), ...options } = change({ state: kept(state), approvals });
    const error = (await run(given, options as Partial<RunToolsOptions>).catch(
      (thrown: unknown) => thrown,
    )) as {
      partial: PartialToolsResult;
    };
    expect(error).toMatchObject({ code });
    expect(paid).toEqual([]);
    expect(error.partial.state).toEqual(given);
  });

  it('that are repeated are refused, whether the agent still runs or has answered', async () => {
    const { paid, run } = world();
    const { state, approvals } = await run('x');
    const options = { approvals: [yes(approvals[0]!)] };
    const after = await run(kept(state), options);
    expect([after.ended, paid.length]).toEqual(['approval', 1]);
    await expect(run(kept(after.state), options)).rejects.toMatchObject({ code: 'conflict' });
    const last = await run(kept(after.state), { approvals: after.approvals.map(yes) });
    await expect(run(kept(last.state), options)).rejects.toMatchObject({ code: 'conflict' });
    expect(paid).toHaveLength(2);
  });

  it('that have expired are refused, and asked for anew', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { run } = world();
      const { state, approvals } = await run('x', { approvalTtlMs: 1000 });
      vi.setSystemTime(Date.now() + 1001);
      const late = run(kept(state), { approvals: [yes(approvals[0]!)] });
      await expect(late).rejects.toMatchObject({ code: 'permission', message: /expired/ });
      const anew = await run(kept(state));
      const { ended } = await run(kept(anew.state), { approvals: anew.approvals.map(yes) });
      expect(ended).toBe('answer');
    } finally {
      vi.useRealTimers();
    }
  });

  it('are asked of the approve of the run outside, where the agent has none', async () => {
    const { paid, run } = world(2);
    const asked: string[] = [];
    const approve: RunToolsOptions['approve'] = ({ name }) => asked.push(name) > 0;
    expect(await run('x', { approve, approvalKey: undefined })).toMatchObject({ ended: 'answer' });
    expect(asked.filter((name) => name === 'pay')).toHaveLength(4);
    expect(paid).toHaveLength(4);
  });
});
