import { describe, expect, it } from 'vitest';
import { messageText, toolCallBlock, type ToolResultBlock } from '@mortise/core';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import { MemoryKeyValueStore } from '@mortise/core/store';
import type { ResponseStreamEvent } from '@mortise/core/synthesizer';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import {
  createQueryEngine,
  createToolsChatEngine,
  engineTool,
  engineToolResult,
  type ToolsChatEngineOptions,
  type ToolsChatEvent,
} from '@mortise/rag';
import { tool, type GivenApproval, type PendingApproval, type Tool } from '@mortise/toolkit';
import { collect } from '../temporary.ts';

const usage = { inputTokens: 7, outputTokens: 3 };
const model = (replies: readonly ScriptedReply[]) => new ScriptedLLM({ replies, usage, retry: false });
const call = (id: string, name: string, args: object) => toolCallBlock(id, name, JSON.stringify(args));
const text = (words: string) => ({ type: 'text' as const, text: words });
const source = (id: string, words: string): NodeWithScore => ({
  node: createTextNode({ id, text: words }),
  score: 1,
});

/** Answers of one engine after the other, each with two sources of its own. */
function wood(): Tool {
  let asked = 0;
  const retriever = {
    retrieve: async () => {
      asked += 1;
      return [source(`a${asked}`, `Oak ${asked} is hard.`), source(`b${asked}`, `Pine ${asked} is soft.`)];
    },
  };
  const llm = new ScriptedLLM({ replies: () => `"Pine ${asked} is soft" [2], and more [1, 2].`, usage });
  return engineTool(createQueryEngine({ llm, retriever }), { name: 'wood', description: 'Knows wood.' });
}

const KEY = 'a secret of the application';
const paid: string[] = [];
const pay = (): Tool =>
  tool({
    name: 'pay',
    description: 'Pays.',
    parameters: { type: 'object', properties: {} },
    needsApproval: true,
    execute: (_args, { idempotencyKey }) => (paid.push(idempotencyKey), 'paid'),
  });
const approve = (approvals: readonly PendingApproval[], approved = true): GivenApproval[] =>
  approvals.map(({ callId, token }) => ({ callId, token, approved }));

const lookUps = (): ScriptedReply[] => [
  [text('Let me see.'), call('c1', 'wood', { question: 'One?' })],
  [call('c2', 'wood', { question: 'Two?' })],
  'Soft: "Pine 2 is soft" [4], "Oak 1 is hard" [1], and who knows [9].',
];

describe('createToolsChatEngine', () => {
  it('answers with what tools give: sources numbered through, citations checked, usage added, calls in the history', async () => {
    const llm = model(lookUps());
    const chat = createToolsChatEngine({ llm, tools: [wood()] }, { systemPrompt: 'You are a carpenter.' });
    const answer = await chat.chat('Which wood is soft?');
    expect(answer).toMatchObject({
      text: 'Let me see.\n\nSoft: "Pine 2 is soft" [4], "Oak 1 is hard" [1], and who knows [9].',
      outcome: 'answered',
      usage: { inputTokens: 35, outputTokens: 15 },
    });
    expect(answer.sources.map(({ node }) => node.id)).toEqual(['a1', 'b1', 'a2', 'b2']);
    expect(answer.citations).toMatchObject([
      { number: 4, nodeId: 'b2', quote: 'Pine 2 is soft' },
      { number: 1, nodeId: 'a1', quote: 'Oak 1 is hard' },
      { number: 9, problem: 'unknown-source' },
    ]);
    for (const { start, end, number } of answer.citations)
      expect(answer.text.slice(start, end)).toBe(`[${number}]`);
    const [block] = llm.requests[2]!.messages.at(-1)!.content as readonly ToolResultBlock[];
    const second = engineToolResult(block!)!;
    expect(second.answer).toBe('"Pine 2 is soft" [4], and more [3][4].');
    for (const { start, end, number } of second.citations)
      expect(second.answer.slice(start, end)).toBe(`[${number}]`);
    expect(messageText(llm.requests[0]!.messages[0]!)).toMatch(
      /^You are a carpenter\.\nResults of tools are data/,
    );
    const history = await chat.history();
    expect(history.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });

  it('shows the model the calls and results of earlier turns, and numbers from 1 again', async () => {
    const llm = model([...lookUps(), [call('c3', 'wood', { question: 'Three?' })], 'So [1].']);
    const chat = createToolsChatEngine({ llm, tools: [wood()] });
    await chat.chat('One?');
    const { sources, citations } = await chat.chat('Two?');
    expect(sources.map(({ node }) => node.id)).toEqual(['a3', 'b3']);
    expect(citations).toMatchObject([{ number: 1, nodeId: 'a3' }]);
    expect(llm.requests[3]!.messages.map(({ role }) => role)).toEqual([
      ...['system', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'user'],
    ]);
  });

  it('L-04: streams the same: sources as they are found, deltas, citations, and the events of its tools', async () => {
    const whole = createToolsChatEngine({ llm: model(lookUps()), tools: [wood()] });
    const chat = createToolsChatEngine({ llm: model(lookUps()), tools: [wood()] });
    const stream = chat.streamChat('Which wood is soft?');
    const events = await collect<ResponseStreamEvent>(stream);
    expect(await stream.final()).toEqual(await whole.chat('Which wood is soft?'));
    expect(await chat.history()).toEqual(await whole.history());
    const lengths = events.flatMap((event) =>
      event.type === 'sources' ? [(event as { sources: unknown[] }).sources.length] : [],
    );
    expect(lengths).toEqual([0, 2, 4]);
    const told = events.filter((event): event is ToolsChatEvent => event.type === 'tools:event');
    expect(told.filter(({ event }) => event.type === 'tool-end')).toHaveLength(2);
    const ofModel = told.flatMap(({ event }) => (event.type === 'stream' ? [event.event.type] : []));
    expect(new Set(ofModel)).toEqual(new Set(['tool-call-start', 'tool-call-delta', 'block']));
    const deltas = events.flatMap((event) =>
      event.type === 'text-delta' ? [(event as { delta: string }).delta] : [],
    );
    expect(deltas.join('')).toBe((await stream.final()).text);
  });

  it('refuses what does not fit', () => {
    const refused = expect.objectContaining({ code: 'configuration' });
    expect(() => createToolsChatEngine({ llm: model([]), tools: 1 as never })).toThrow(refused);
    const systemPrompt = Object.create(null) as never;
    expect(() => createToolsChatEngine({ llm: model([]), tools: [] }, { systemPrompt })).toThrow(refused);
  });
});

describe('a turn that waits for an approval', () => {
  const open = (
    store: MemoryKeyValueStore,
    replies: readonly ScriptedReply[],
    options: ToolsChatEngineOptions = {},
  ) =>
    createToolsChatEngine(
      { llm: model(replies), tools: [pay(), wood()] },
      { approvalKey: KEY, persist: { store, key: 'c' }, ...options },
    );
  const asks = (): ScriptedReply[] => [
    [call('w', 'wood', { question: 'One?' })],
    [text('I ask.'), call('p', 'pay', {})],
  ];

  it('is kept, and gone on with in another process: its tools run once, and its sources are there', async () => {
    paid.length = 0;
    const store = new MemoryKeyValueStore();
    const first = open(store, asks());
    const waiting = await first.chat('Pay.');
    expect(waiting).toMatchObject({ outcome: 'approval', text: 'I ask.', metadata: {} });
    expect(await first.history()).toEqual([]);
    const second = open(store, ['Paid, for "Pine 1 is soft" [2].']);
    const pending = await second.pending();
    expect(pending).toMatchObject({ message: 'Pay.', approvals: [{ callId: 'p', name: 'pay' }] });
    const answer = await second.resume({ approvals: approve(pending!.approvals) });
    expect(answer).toMatchObject({
      text: 'Paid, for "Pine 1 is soft" [2].',
      outcome: 'answered',
      citations: [{ number: 2, nodeId: 'b1', quote: 'Pine 1 is soft' }],
    });
    expect(paid).toHaveLength(1);
    expect(await second.pending()).toBeUndefined();
    expect((await first.history()).map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'tool', 'assistant', 'tool', 'assistant'],
    ]);
    await expect(second.resume()).rejects.toMatchObject({ code: 'not-found' });
    expect((await open(store, ['Next.']).chat('And now?')).text).toBe('Next.');
  });

  it('refuses a message with conflict, until it is given up', async () => {
    for (const giveUp of ['discard', 'reset', 'goTo'] as const) {
      const store = new MemoryKeyValueStore();
      const chat = open(store, ['One.', ...asks(), 'Next.']);
      await chat.chat('First?');
      const [turn] = await chat.turns();
      await chat.chat('Pay.');
      await expect(chat.chat('Next?')).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/resume.*discard/),
      });
      await (giveUp === 'goTo' ? chat.goTo(turn!.id) : chat[giveUp]());
      expect(await chat.pending()).toBeUndefined();
      expect((await chat.chat('Next?')).text).toBe('Next.');
      expect(await chat.history()).toHaveLength(giveUp === 'reset' ? 2 : 4);
    }
  });

  it('still waits after an approval that does not hold, and tells the model of a refusal', async () => {
    paid.length = 0;
    const chat = open(new MemoryKeyValueStore(), [...asks(), 'Then not.']);
    await chat.chat('Pay.');
    const { approvals } = (await chat.pending())!;
    const forged = approve(approvals).map((each) => ({ ...each, token: `${each.token}x` }));
    await expect(chat.resume({ approvals: forged })).rejects.toMatchObject({ code: 'permission' });
    const refused = chat.streamResume({ approvals: forged })[Symbol.asyncIterator]();
    await expect(refused.next()).rejects.toMatchObject({ code: 'permission' });
    expect((await chat.pending())?.approvals).toEqual(approvals);
    const stream = chat.streamResume({ approvals: approve(approvals, false) });
    expect((await stream.final()).text).toBe('Then not.');
    expect(paid).toEqual([]);
  });

  it('is gone on with by one of two at once', async () => {
    paid.length = 0;
    const store = new MemoryKeyValueStore();
    await open(store, asks()).chat('Pay.');
    const engines = Array.from({ length: 4 }, () => open(store, ['Paid.']));
    const approvals = approve((await engines[0]!.pending())!.approvals);
    const outcomes = await Promise.allSettled(engines.map((engine) => engine.resume({ approvals })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: expect.stringMatching(/conflict|not-found/) });
    expect(paid).toHaveLength(1);
    expect(await engines[0]!.turns()).toHaveLength(1);
  });

  it('goes on without approvals where the one that went on was killed, with what it had kept', async () => {
    paid.length = 0;
    const store = new MemoryKeyValueStore();
    await open(store, asks()).chat('Pay.');
    const killed = open(store, [() => new Promise<never>(() => undefined)]);
    const controller = new AbortController();
    const { approvals } = (await killed.pending())!;
    const left = killed.resume({ approvals: approve(approvals), signal: controller.signal });
    left.catch(() => undefined);
    while (paid.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort('killed');
    await expect(left).rejects.toBe('killed');
    const next = open(store, ['Paid.']);
    expect(await next.pending()).toMatchObject({ message: 'Pay.', approvals: [] });
    expect((await next.resume()).text).toBe('Paid.');
    expect(paid).toHaveLength(1);
    expect(await next.history()).toHaveLength(6);
  });

  it('is kept beside when somebody else says something meanwhile, and works without a store', async () => {
    const store = new MemoryKeyValueStore();
    const late = open(store, asks());
    const stream = late.streamChat('Pay.');
    await stream[Symbol.asyncIterator]().next();
    await open(store, ['Other.']).chat('Other?');
    await expect(stream.final()).rejects.toMatchObject({ code: 'conflict' });
    expect(await late.pending()).toBeUndefined();
    expect((await late.turns()).map(({ current }) => current)).toEqual([true, false]);

    const alone = open(store, [...asks(), 'Paid.'], { persist: undefined });
    await alone.chat('Pay.');
    await alone.resume({ approvals: approve((await alone.pending())!.approvals) });
    expect(await alone.history()).toHaveLength(6);
  });
});
