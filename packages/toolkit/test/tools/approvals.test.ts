import { fromSSE } from '@mortise/core/sse';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { toolCallBlock } from '@mortise/core';
import {
  runTools,
  streamTools,
  tool,
  type PartialToolsResult,
  type PendingApproval,
  type RunToolsEvent,
  type StreamToolsOptions,
  type ToolsState,
} from '@mortise/toolkit';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';

const approvalKey = 'a secret of 32 bytes, at least 16';
const pay = (ran: unknown[] = [], needsApproval: boolean | ((args: { sum: number }) => boolean) = true) =>
  tool({
    name: 'pay',
    description: 'x',
    parameters: z.object({ sum: z.number() }),
    needsApproval,
    execute: (args) => ran.push(args.sum) && 'paid',
  });
const free = tool({ name: 'free', description: 'x', parameters: z.object({}), execute: () => 'ok' });
const payment = (id: string, sum: number) => toolCallBlock(id, 'pay', JSON.stringify({ sum }));
const script = (): ScriptedReply[] => [[payment('a', 1), toolCallBlock('f', 'free', '{}'), payment('b', 2)]];
const kept = (state: ToolsState): ToolsState => JSON.parse(JSON.stringify(state)) as ToolsState;

async function asked(options: Partial<StreamToolsOptions> = {}, tools = [pay(), free]) {
  const run = runTools(new ScriptedLLM({ replies: script() }), 'x', { tools, approvalKey, ...options });
  const { state, approvals, ...result } = await run.then((ended) => ({ ...ended, state: kept(ended.state) }));
  return { state, approvals, ...result };
}

const yes = ({ callId, token }: PendingApproval) => ({ callId, token, approved: true });

describe('approvals that outlive the process', () => {
  it('end the run with what waits, once the other calls are run', async () => {
    const { ended, approvals, messages, state } = await asked();
    expect(ended).toBe('approval');
    expect(approvals).toMatchObject([
      { callId: 'a', name: 'pay', arguments: { sum: 1 } },
      { callId: 'b', name: 'pay', arguments: { sum: 2 } },
    ]);
    expect(Date.parse(approvals[0]!.expiresAt) - Date.now()).toBeGreaterThan(86_000_000);
    expect(state.reply?.calls).toMatchObject([{}, { result: { content: 'ok' } }, {}]);
    expect(messages.at(-1)).toMatchObject({
      content: [{ isError: true }, { content: 'ok' }, { isError: true, content: /waits for an approval/ }],
    });
  });

  it('are taken up by the state: what is approved runs, what is refused is told to the model', async () => {
    const { state, approvals } = await asked();
    const ran: number[] = [];
    const given = [yes(approvals[0]!), { ...yes(approvals[1]!), approved: false, reason: 'Too much.' }];
    const options = { tools: [pay(ran), free], approvalKey, approvals: given };
    const stream = streamTools(new ScriptedLLM({ replies: ['done'] }), state, options);
    const told: string[] = [];
    for await (const event of stream) if ('call' in event) told.push(`${event.type} ${event.call.id}`);
    const { steps, ended } = await stream.final();
    expect([ran, ended]).toEqual([[1], 'answer']);
    expect(steps[0]?.results).toMatchObject([
      { content: 'paid' },
      {},
      { content: 'Too much.', isError: true },
    ]);
    expect(told).toEqual([
      ...['approval-given a', 'approval-given b', 'tool-start a', 'tool-end b', 'tool-end a'],
    ]);
  });

  it('may come one after the other', async () => {
    const ran: number[] = [];
    const options = { tools: [pay(ran), free], approvalKey };
    const { state, approvals } = await asked();
    const first = await runTools(new ScriptedLLM({ replies: [] }), state, {
      ...options,
      approvals: [yes(approvals[1]!)],
    });
    expect([first.ended, ran, first.approvals.map(({ callId }) => callId)]).toEqual(['approval', [2], ['a']]);
    const llm = new ScriptedLLM({ replies: ['done'] });
    const second = await runTools(llm, kept(first.state), { ...options, approvals: [yes(approvals[0]!)] });
    expect([second.ended, ran]).toEqual(['answer', [2, 1]]);
  });

  it('that were taken up outlive a kill before the tool ran', async () => {
    const { state, approvals } = await asked();
    let saved: ToolsState | undefined;
    const ran: number[] = [];
    await runTools(new ScriptedLLM({ replies: ['done'] }), state, {
      ...{ tools: [pay(), free], approvalKey, approvals: approvals.map(yes) },
      onState: (now) => void (saved ??= kept(now)),
    });
    expect(saved?.reply?.calls).toMatchObject([{ approved: true }, { result: {} }, { approved: true }]);
    const llm = new ScriptedLLM({ replies: ['done'] });
    const { ended } = await runTools(llm, saved!, { tools: [pay(ran), free], approvalKey });
    expect([ended, ran]).toEqual(['answer', [1, 2]]);
  });

  type Change = (given: { state: ToolsState; approvals: PendingApproval[] }) => {
    state?: ToolsState;
    approvals: object[];
    approvalKey?: string;
  };
  const refused: [string, string, Change][] = [
    ['forged', 'permission', ({ approvals: [a] }) => ({ approvals: [{ ...yes(a!), token: 'mfz.AAAA' }] })],
    ['no token at all', 'permission', ({ approvals: [a] }) => ({ approvals: [{ ...yes(a!), token: '' }] })],
    [
      'of another key',
      'permission',
      ({ approvals: [a] }) => ({
        approvals: [yes(a!)],
        approvalKey: 'another secret of 32 bytes, quite',
      }),
    ],
    [
      'of another call',
      'permission',
      ({ approvals: [a, b] }) => ({
        approvals: [{ ...yes(a!), token: b!.token }],
      }),
    ],
    [
      'with a later expiry',
      'permission',
      ({ approvals: [a] }) => ({
        approvals: [{ ...yes(a!), token: a!.token.replace(/^\w+/, (Date.now() + 1e9).toString(36)) }],
      }),
    ],
    [
      'of changed arguments',
      'permission',
      ({ state, approvals: [a] }) => ({
        state: JSON.parse(JSON.stringify(state).replace('"sum":1', '"sum":1000')) as ToolsState,
        approvals: [yes(a!)],
      }),
    ],
    [
      'of another run',
      'permission',
      ({ state, approvals: [a] }) => ({
        state: { ...state, id: 'other' },
        approvals: [yes(a!)],
      }),
    ],
    ['given twice at once', 'conflict', ({ approvals: [a] }) => ({ approvals: [yes(a!), yes(a!)] })],
    [
      'of no call that waits',
      'conflict',
      ({ approvals: [a] }) => ({ approvals: [{ ...yes(a!), callId: 'z' }] }),
    ],
    [
      'neither yes nor no',
      'invalid-request',
      ({ approvals: [a] }) => ({
        approvals: [{ ...yes(a!), approved: 'yes' }],
      }),
    ],
    [
      'good beside a forged one',
      'permission',
      ({ approvals: [a, b] }) => ({
        approvals: [yes(a!), { ...yes(b!), token: a!.token }],
      }),
    ],
  ];
  it.each(refused)('that are %s are refused (%s), and nothing runs', async (_what, code, change) => {
    const { state, approvals } = await asked();
    const ran: number[] = [];
    const { state: changed = state, ...options } = change({ state, approvals });
    const llm = new ScriptedLLM({ replies: [] });
    const given = { tools: [pay(ran), free], approvalKey, ...options } as StreamToolsOptions;
    const error = (await runTools(llm, changed, given).catch((thrown: unknown) => thrown)) as {
      partial: PartialToolsResult;
    };
    expect(error).toMatchObject({ code });
    expect(ran).toEqual([]);
    expect(error.partial.state).toEqual(changed);
  });

  it('that are repeated are refused, whether the call has run or waits for its turn', async () => {
    const { state, approvals } = await asked();
    const ran: number[] = [];
    const options = { tools: [pay(ran), free], approvalKey, approvals: [yes(approvals[0]!)] };
    const { state: after } = await runTools(new ScriptedLLM({ replies: [] }), state, options);
    const again = runTools(new ScriptedLLM({ replies: [] }), kept(after), options);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect(ran).toEqual([1]);
  });

  it('that have expired are refused, and asked for anew', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { state, approvals } = await asked({ approvalTtlMs: 1000 });
      vi.setSystemTime(Date.now() + 1001);
      const options = { tools: [pay(), free], approvalKey };
      const late = runTools(new ScriptedLLM({ replies: [] }), state, {
        ...options,
        approvals: [yes(approvals[0]!)],
      });
      await expect(late).rejects.toMatchObject({ code: 'permission', message: /expired/ });
      const anew = await runTools(new ScriptedLLM({ replies: [] }), state, options);
      const llm = new ScriptedLLM({ replies: ['done'] });
      const { ended } = await runTools(llm, kept(anew.state), {
        ...options,
        approvals: anew.approvals.map(yes),
      });
      expect(ended).toBe('answer');
    } finally {
      vi.useRealTimers();
    }
  });

  it('need a key that is a secret, and a tool that needs one needs somebody to ask', async () => {
    for (const wrong of ['short', new Uint8Array(8), 7 as never])
      await expect(asked({ approvalKey: wrong })).rejects.toMatchObject({ code: 'configuration' });
    await expect(asked({ approvalKey: undefined })).rejects.toMatchObject({ code: 'configuration' });
    await expect(asked({ approvalKey: new Uint8Array(16) })).resolves.toMatchObject({ ended: 'approval' });
  });

  it('are asked for by the arguments, which are inferred', async () => {
    tool({
      name: 'a',
      description: '',
      parameters: z.object({ sum: z.number() }),
      needsApproval: (args) => {
        expectTypeOf(args).toEqualTypeOf<{ sum: number }>();
        return true;
      },
      execute: () => 1,
    });
    const { approvals } = await asked({}, [pay([], ({ sum }) => sum > 1), free]);
    expect(approvals.map(({ callId }) => callId)).toEqual(['b']);
  });

  it('given at once by approve end no run', async () => {
    const llm = new ScriptedLLM({ replies: [...script(), 'done'] });
    const options = { tools: [pay(), free], approve: () => true, approvalKey };
    expect(await runTools(llm, 'x', options)).toMatchObject({ ended: 'answer', approvals: [] });
  });

  it('tell approve, which is asked of every call, whether the tool asks for one', async () => {
    const llm = new ScriptedLLM({ replies: [...script(), 'done'] });
    const ran: unknown[] = [];
    const seen: unknown[] = [];
    await runTools(llm, 'x', {
      tools: [pay(ran, ({ sum }) => sum > 1), free],
      approve: ({ id }, { needsApproval }) => {
        seen.push([id, needsApproval]);
        return !needsApproval || 'Too much.';
      },
    });
    expect(new Map(seen as [string, boolean][])).toEqual(
      new Map([
        ['a', false],
        ['f', false],
        ['b', true],
      ]),
    );
    expect(ran).toEqual([1]);
  });

  it('go to a page only where they are shown', async () => {
    const sent = async (show?: object): Promise<string> => {
      const llm = new ScriptedLLM({ replies: script() });
      const events: RunToolsEvent[] = [];
      const response = streamTools(llm, 'x', { tools: [pay(), free], approvalKey }).toResponse({ show });
      for await (const event of fromSSE<RunToolsEvent>(response)) events.push(event);
      return JSON.stringify(events.filter(({ type }) => type === 'approval-asked'));
    };
    expect(await sent()).not.toContain('token');
    expect(await sent({ approvals: true })).toContain('"token":"');
  });
});
