import { approvalsFromResume, toAGUI, type AGUIEvent } from '@mortise/ai-sdk/ag-ui';
import {
  approvalsFromUIMessages,
  fromUIMessages,
  toUIMessages,
  toUIMessageStreamResponse,
  type UIChunk,
  type UIMessageStreamOptions,
  type UISource,
} from '@mortise/ai-sdk/ui';
import { toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { agentTool, streamTools, tool, type GivenApproval, type ToolsInput } from '@mortise/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const approvalKey = 'a key of the application';
const parameters = { type: 'object', properties: { sum: { type: 'number' } } };
const pay = tool({
  name: 'pay',
  description: 'Pays.',
  parameters,
  needsApproval: true,
  execute: ({ sum }) => ({ paid: sum ?? null }),
});
const asks = (): ScriptedLLM =>
  new ScriptedLLM({ replies: [[toolCallBlock('c1', 'pay', '{"sum":3}')], 'Done.'] });
const goesOn = (): ScriptedLLM => new ScriptedLLM({ replies: ['Done.'] });

function run(llm: ScriptedLLM, input: ToolsInput, approvals?: readonly GivenApproval[]) {
  return streamTools(llm, input, { tools: [pay], approvalKey, ...(approvals && { approvals }) });
}

async function chunksOf(stream: UISource, options?: UIMessageStreamOptions): Promise<UIChunk[]> {
  const text = await toUIMessageStreamResponse(stream, options).text();
  const frames = text.trimEnd().split('\n\n').slice(0, -1);
  return frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as UIChunk);
}

const show = { approvals: true };
const ofTools = (chunks: readonly UIChunk[]): UIChunk[] =>
  chunks.filter(({ type }) => /^tool-(approval|output)|^data-/.test(type));

/** The message of a page that was asked, as its decision leaves it. */
const decided = (approval: object) => [
  { id: '1', role: 'user', parts: [{ type: 'text', text: 'x' }] },
  {
    id: '2',
    role: 'assistant',
    parts: [
      { type: 'step-start' },
      { type: 'tool-pay', toolCallId: 'c1', state: 'approval-responded', input: { sum: 3 }, approval },
    ],
  },
];

describe('approvals of useChat', () => {
  it('ui: a call that waits is a request, whose id is the token, where that is shown', async () => {
    const asked = run(asks(), 'x');
    const [request] = ofTools(await chunksOf(asked, { show }));
    expect(request).toEqual({
      ...{ type: 'tool-approval-request', toolCallId: 'c1' },
      approvalId: (await asked.final()).approvals[0]?.token,
    });
    expect(ofTools(await chunksOf(run(asks(), 'x')))).toEqual([]);
  });

  it('ui: what the page decided goes on with the run that waits', async () => {
    const asked = run(asks(), 'x');
    const [request] = ofTools(await chunksOf(asked, { show }));
    const id = request?.type === 'tool-approval-request' ? request.approvalId : '';
    const yes = approvalsFromUIMessages(decided({ id, approved: true }));
    const paid = await chunksOf(run(goesOn(), asked.state, yes), { show, outputs: 'data' });
    expect(ofTools(paid)).toEqual([{ type: 'tool-output-available', toolCallId: 'c1', output: { paid: 3 } }]);
    const no = approvalsFromUIMessages(decided({ id, approved: false, reason: 'Too much.' }));
    expect(no).toEqual([{ callId: 'c1', approved: false, reason: 'Too much.', token: id }]);
    const refused = run(goesOn(), asked.state, no);
    expect(ofTools(await chunksOf(refused, { show }))).toEqual([
      { type: 'tool-output-denied', toolCallId: 'c1' },
    ]);
    expect(JSON.stringify((await refused.final()).messages)).toContain('Too much.');
  });

  it('ui: what the page forged is refused by the run', async () => {
    const asked = run(asks(), 'x');
    await asked.final();
    const forged = approvalsFromUIMessages(decided({ id: 'zz.AAAA', approved: true }));
    await expect(run(goesOn(), asked.state, forged).final()).rejects.toMatchObject({ code: 'permission' });
  });

  it('ui: a page of ai 5 is told of both in parts that it knows', async () => {
    const asked = run(asks(), 'x');
    const [request] = ofTools(await chunksOf(asked, { show, aiVersion: 5 }));
    const [approval] = (await asked.final()).approvals;
    expect(request).toEqual({ type: 'data-approval', id: 'c1', data: approval });
    const no = [{ callId: 'c1', approved: false, token: approval!.token }];
    const refused = await chunksOf(run(goesOn(), asked.state, no), { show, aiVersion: 5 });
    expect(ofTools(refused)).toMatchObject([{ type: 'tool-output-error', toolCallId: 'c1' }]);
  });

  it('ui: a refusal by `approve` is an error, since the page was not asked', async () => {
    const stream = streamTools(asks(), 'x', { tools: [pay], approve: () => false });
    expect(ofTools(await chunksOf(stream, { show }))).toMatchObject([{ type: 'tool-output-error' }]);
  });

  it('ui: only the last message of a page decides', () => {
    const messages = decided({ id: 't', approved: true });
    expect(approvalsFromUIMessages([...messages, messages[0]])).toEqual([]);
    expect(approvalsFromUIMessages([])).toEqual([]);
  });

  it.each([
    ['a string', 'x', /cannot be read/],
    ['a decision that is none', decided({ id: 't', approved: 'yes' }), /parts\[1\] has "yes" where approved/],
    ['a token that is none', decided({ id: 7, approved: true }), /parts\[1\] has 7 where a text belongs/],
    ['a reason that is none', decided({ id: 't', approved: false, reason: {} }), /where a text belongs/],
  ])('ui: %s is refused with its place', (_name, messages, message) => {
    expect(() => approvalsFromUIMessages(messages)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(message) }),
    );
  });
});

const ids = { threadId: 't', runId: 'r' };

async function eventsOf(stream: UISource): Promise<AGUIEvent[]> {
  const events: AGUIEvent[] = [];
  for await (const event of toAGUI(stream, { ...ids, show })) events.push(event);
  return events;
}

describe('approvals of AG-UI', () => {
  it('ag-ui: a run that waits ends with an interrupt, whose answer goes on with it', async () => {
    const asked = run(asks(), 'x');
    const end = (await eventsOf(asked)).at(-1);
    const [{ token, expiresAt } = { token: '', expiresAt: '' }] = (await asked.final()).approvals;
    expect(end).toMatchObject({
      type: 'RUN_FINISHED',
      outcome: {
        type: 'interrupt',
        interrupts: [
          {
            ...{ id: `c1:${token}`, toolCallId: 'c1', expiresAt },
            metadata: { name: 'pay', arguments: { sum: 3 } },
          },
        ],
      },
    });
    const answer = (payload: unknown, status = 'resolved') =>
      approvalsFromResume([{ interruptId: `c1:${token}`, status, payload }]);
    const events = await eventsOf(run(goesOn(), asked.state, answer({ approved: true })));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'TOOL_CALL_RESULT', content: '{"paid":3}' }),
    );
    expect(answer(undefined, 'cancelled')).toEqual([{ callId: 'c1', approved: false, token }]);
    expect(answer({ approved: false, reason: 'No.' })).toMatchObject([{ approved: false, reason: 'No.' }]);
  });

  it.each([
    ['no list', 'x'],
    ['no entry', [7]],
    ['an id of nobody', [{ interruptId: 'x', status: 'resolved', payload: { approved: true } }]],
    ['a status of later', [{ interruptId: 'c:t', status: 'deferred' }]],
    ['a payload that decides nothing', [{ interruptId: 'c:t', status: 'resolved', payload: {} }]],
    ['a reason', [{ interruptId: 'c:t', status: 'resolved', payload: { approved: false, reason: 1 } }]],
  ])('ag-ui: %s is refused', (_name, resume) => {
    expect(() => approvalsFromResume(resume)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});

describe('agents that are tools', () => {
  const clock = tool({ name: 'clock', description: 'x', parameters: {}, execute: () => 'noon' });
  const withAgent = (inner: ScriptedLLM) => {
    const llm = new ScriptedLLM({
      replies: [[toolCallBlock('c1', 'research', '{"task":"t"}')], 'It is noon.'],
    });
    const research = agentTool({ name: 'research', description: 'x', llm: inner, tools: [clock] });
    return streamTools(llm, 'x', { tools: [research] });
  };
  const inner = (): ScriptedLLM =>
    new ScriptedLLM({ replies: [[toolCallBlock('c2', 'clock', '{}')], 'Noon.'], pieceLength: 99 });

  it('ui: what happens inside is handed on, and kept in no message', async () => {
    const chunks = await chunksOf(withAgent(inner()));
    const told = chunks.flatMap((chunk) => (chunk.type === 'data-agent' ? [chunk] : []));
    expect(told.every((chunk) => 'transient' in chunk && chunk.transient)).toBe(true);
    expect(told.map(({ data }) => (data as { chunk: UIChunk }).chunk.type)).toEqual([
      ...['start', 'start-step', 'tool-input-start', 'tool-input-delta', 'tool-input-available'],
      ...['tool-output-available', 'finish-step'],
      ...['start-step', 'text-start', 'text-delta', 'text-end', 'finish-step', 'finish'],
    ]);
    const output = chunks.findIndex(({ type }) => type === 'tool-output-available');
    expect(chunks.slice(output).some(({ type }) => type === 'data-agent')).toBe(false);
  });

  it('ui: what is not shown outside is not shown inside', async () => {
    const thinks = new ScriptedLLM({ replies: [[{ type: 'reasoning', text: 'secret' }]] });
    expect(JSON.stringify(await chunksOf(withAgent(thinks)))).not.toContain('secret');
  });

  it('ag-ui: an agent inside is a subagent, whose events say its run', async () => {
    const events = await eventsOf(withAgent(inner()));
    const inside = events.filter(({ subagentRunId }) => subagentRunId === 'r-c1');
    expect(inside.map(({ type }) => type)).toEqual([
      'SUBAGENT_STARTED',
      ...['TOOL_CALL_START', 'TOOL_CALL_ARGS', 'TOOL_CALL_END', 'TOOL_CALL_RESULT'],
      ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END'],
      'SUBAGENT_FINISHED',
    ]);
    expect(inside[0]).toMatchObject({ name: 'research', parentToolCallId: 'c1' });
    const ends = events.filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_STARTED');
    expect(ends).toHaveLength(2);
  });

  it('ag-ui: an agent that failed is a subagent that failed', async () => {
    const fails = new ScriptedLLM({ replies: [new Error('sk-123')], retry: false });
    const events = await eventsOf(withAgent(fails));
    const failed = { type: 'SUBAGENT_ERROR', subagentRunId: 'r-c1', message: 'The tool failed.' };
    expect(events).toContainEqual(failed);
    expect(JSON.stringify(events)).not.toContain('sk-123');
  });
});

describe('approvals inside agents', () => {
  /** An agent that pays, twice: `o/p` and `o/q`. */
  const nested = (
    llm: ScriptedLLM,
    input: ToolsInput,
    approvals?: readonly GivenApproval[],
    inner?: ScriptedLLM,
  ) => {
    const payer = agentTool({
      ...{ name: 'payer', description: 'x', tools: [pay] },
      llm:
        inner ??
        new ScriptedLLM({
          replies: [[toolCallBlock('p', 'pay', '{"sum":1}'), toolCallBlock('q', 'pay', '{"sum":2}')]],
        }),
    });
    return streamTools(llm, input, { tools: [payer], approvalKey, ...(approvals && { approvals }) });
  };
  const outer = (): ScriptedLLM =>
    new ScriptedLLM({ replies: [[toolCallBlock('o', 'payer', '{"task":"t"}')]] });
  const told = (chunks: readonly UIChunk[]): UIChunk[] =>
    chunks.filter(({ type }) => type.startsWith('tool-') && !type.startsWith('tool-input-'));

  it('ui: a call inside that waits is a part beside that of the agent, and is settled where the run goes on', async () => {
    const asked = nested(outer(), 'x');
    const chunks = await chunksOf(asked, { show });
    const { approvals, messages } = await asked.final();
    // They run side by side.
    const requests = new Map(approvals.map(({ callId, token }) => [callId, token]));
    expect([...requests.keys()]).toEqual(['o/p', 'o/q']);
    expect(told(chunks)).toHaveLength(2);
    for (const chunk of told(chunks)) {
      if (chunk.type !== 'tool-approval-request') throw new Error(chunk.type);
      expect(chunk.approvalId).toBe(requests.get(chunk.toolCallId));
    }
    expect(JSON.stringify(chunks.filter(({ type }) => type === 'data-agent'))).not.toContain(
      approvals[0]?.token,
    );

    const page = toUIMessages(messages.slice(0, 2), { show, approvals });
    expect(page[1]?.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'tool-payer', toolCallId: 'o', state: 'input-available' },
      { type: 'step-start' },
      { type: 'tool-pay', toolCallId: 'o/p', state: 'approval-requested', input: { sum: 1 } },
      { type: 'tool-pay', toolCallId: 'o/q', state: 'approval-requested', input: { sum: 2 } },
    ]);
    // Only the agent's call was the model's.
    expect(fromUIMessages(page).at(-2)?.content).toMatchObject([{ type: 'tool-call', id: 'o' }]);

    for (const [at, part] of page[1]!.parts.entries()) {
      if (part['state'] !== 'approval-requested') continue;
      part['state'] = 'approval-responded';
      part['approval'] = { ...(part['approval'] as object), approved: at === 3 };
    }
    const decided = approvalsFromUIMessages(page);
    expect(decided.map(({ callId }) => callId)).toEqual(['o/p', 'o/q']);
    const resumed = nested(goesOn(), asked.state, decided, goesOn());
    expect(told(await chunksOf(resumed, { show }))).toEqual(
      expect.arrayContaining([
        { type: 'tool-output-available', toolCallId: 'o/p', output: '{"paid":1}' },
        { type: 'tool-output-denied', toolCallId: 'o/q' },
        { type: 'tool-output-available', toolCallId: 'o', output: 'Done.' },
      ]),
    );
  });

  it('ui: a page that may not decide is told of none', async () => {
    expect(told(await chunksOf(nested(outer(), 'x')))).toEqual([]);
  });

  it('ag-ui: a call inside that waits is an interrupt of its subagent', async () => {
    const asked = nested(outer(), 'x');
    const events = await eventsOf(asked);
    const { approvals } = await asked.final();
    expect(events.at(-1)).toMatchObject({
      outcome: {
        interrupts: [
          { id: `o/p:${approvals[0]?.token}`, toolCallId: 'p', subagentRunId: 'r-o' },
          { id: `o/q:${approvals[1]?.token}`, toolCallId: 'q', subagentRunId: 'r-o' },
        ],
      },
    });
    const answers = approvals.map(({ callId, token }) => ({
      interruptId: `${callId}:${token}`,
      status: 'cancelled',
    }));
    const resumed = await eventsOf(nested(goesOn(), asked.state, approvalsFromResume(answers), goesOn()));
    const results = resumed.flatMap((event) => (event.type === 'TOOL_CALL_RESULT' ? [event] : []));
    expect(results.map(({ toolCallId, subagentRunId }) => [toolCallId, subagentRunId])).toEqual([
      ['p', 'r-o'],
      ['q', 'r-o'],
      ['o', undefined],
    ]);
  });
});

it('approvals: anything comes to decisions or to an error of ours', () => {
  const approval = fc.record({
    id: fc.oneof(fc.string(), fc.anything()),
    approved: fc.oneof(fc.boolean(), fc.anything()),
  });
  const part = fc.record({
    state: fc.constant('approval-responded'),
    toolCallId: fc.oneof(fc.string(), fc.anything()),
    approval,
  });
  const message = fc.record({
    role: fc.constant('assistant'),
    parts: fc.array(fc.oneof(part, fc.anything())),
  });
  const entry = fc.record({
    interruptId: fc.oneof(fc.constant('c:t'), fc.string(), fc.anything()),
    status: fc.constantFrom('resolved', 'cancelled', 'x'),
    payload: fc.oneof(approval, fc.anything()),
  });
  const messages = fc.oneof(fc.array(fc.oneof(message, fc.anything())), fc.anything());
  const resume = fc.oneof(fc.array(fc.oneof(entry, fc.anything())), fc.anything());
  fc.assert(
    fc.property(messages, resume, (ui, ag) => {
      for (const read of [() => approvalsFromUIMessages(ui), () => approvalsFromResume(ag)]) {
        try {
          for (const { callId, approved, token } of read())
            expect([typeof callId, typeof approved, typeof token]).toEqual(['string', 'boolean', 'string']);
        } catch (error) {
          expect(error).toMatchObject({ name: 'MortiseError', code: 'invalid-request' });
        }
      }
    }),
  );
});
