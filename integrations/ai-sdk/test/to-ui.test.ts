import { toAGUI, toAGUIResponse } from '@mortise/ai-sdk/ag-ui';
import { toUIMessageStreamResponse, type UIMessageStreamOptions, type UISource } from '@mortise/ai-sdk/ui';
import { MortiseError } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it, vi } from 'vitest';

async function* listed(...events: unknown[]): AsyncGenerator<never> {
  for (const event of events) yield event as never;
}

/** Between the start of the message and its end. */
async function chunks(events: readonly unknown[], options?: UIMessageStreamOptions): Promise<unknown[]> {
  const text = await toUIMessageStreamResponse(listed(...events), options).text();
  const frames = text
    .trimEnd()
    .split('\n\n')
    .map((frame) => frame.slice('data: '.length));
  expect(frames.at(-1)).toBe('[DONE]');
  const all = frames.slice(0, -1).map((frame) => JSON.parse(frame) as unknown);
  expect(all.slice(0, 2)).toEqual([{ type: 'start' }, { type: 'start-step' }]);
  expect(all.slice(-2)).toMatchObject([{ type: 'finish-step' }, { type: 'finish' }]);
  return all.slice(2, -2);
}

const block = (value: unknown, index = 0) => ({ type: 'block', index, block: value });
const delta = (text: string, index = 0) => ({ type: 'text-delta', index, delta: text });

describe('toUIMessageStreamResponse', () => {
  it('sends blocks that no deltas told of, and none twice', async () => {
    const text = block({ type: 'text', text: 'a' });
    const reasoning = block({ type: 'reasoning', text: '', signature: 's' }, 1);
    const show = { reasoning: true, metadata: true };
    expect(await chunks([text, text, delta('late'), reasoning, reasoning], { show })).toEqual([
      { type: 'text-start', id: 'text-1-0' },
      { type: 'text-delta', id: 'text-1-0', delta: 'a' },
      { type: 'text-end', id: 'text-1-0' },
      { type: 'reasoning-start', id: 'reasoning-1-1' },
      { type: 'reasoning-delta', id: 'reasoning-1-1', delta: '' },
      { type: 'reasoning-end', id: 'reasoning-1-1', providerMetadata: { mortise: { signature: 's' } } },
    ]);
  });

  it('sends the arguments of a call as they stream, whole, and what is none', async () => {
    const call = { type: 'tool-call', id: 'c', name: 'f', arguments: { a: 1 } };
    const bad = { type: 'tool-call', id: 'd', name: 'f', arguments: {}, invalid: true, argumentsText: '{' };
    const events = [
      { type: 'tool-call-start', index: 0, id: 'c', name: 'f' },
      { type: 'tool-call-delta', index: 0, delta: '{"a":1}' },
      { type: 'tool-call-delta', index: 7, delta: 'nobody began it' },
      block(call),
      block(bad, 1),
    ];
    expect(await chunks(events)).toEqual([
      { type: 'tool-input-start', toolCallId: 'c', toolName: 'f' },
      { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '{"a":1}' },
      { type: 'tool-input-available', toolCallId: 'c', toolName: 'f', input: { a: 1 } },
      {
        ...{ type: 'tool-input-error', toolCallId: 'd', toolName: 'f', input: '{' },
        errorText: 'What the model wrote is not a JSON object.',
      },
    ]);
  });

  it('shows of a conversation with tools what it shows of a loop: calls, and no more of approvals and failures than is asked for', async () => {
    const call = { type: 'tool-call', id: 'c', name: 'f', arguments: { a: 1 } };
    const result = {
      type: 'tool-result',
      toolCallId: 'c',
      toolName: 'f',
      content: 'at 10.0.0.1',
      isError: true,
    };
    const loop = [
      { type: 'step-start', step: 1 },
      { type: 'stream', step: 1, event: block(call) },
      { type: 'approval-asked', step: 1, call, approval: { token: 't' } },
      { type: 'tool-end', step: 1, call, result },
    ];
    const conversation = loop.map((event) => ({ type: 'tools:event', event }));
    for (const options of [{}, { show: { approvals: true, toolErrors: true } }])
      expect(await chunks(conversation, options)).toEqual(await chunks(loop, options));
    const shown = await chunks([{ type: 'text-delta', delta: 'Well.' }, ...conversation]);
    expect(JSON.stringify(shown)).not.toMatch(/10\.0\.0\.1|"t"/);
    expect(shown).toHaveLength(5);
  });

  it('sends files, and documents of text', async () => {
    const image = (source: object) => block({ type: 'image', source });
    expect(
      await chunks([
        image({ data: Uint8Array.of(1, 2, 3), mediaType: 'image/png' }),
        image({ url: 'https://a.example/b' }),
        block({ type: 'document', source: { text: 'a b' } }),
      ]),
    ).toEqual([
      { type: 'file', url: 'data:image/png;base64,AQID', mediaType: 'image/png' },
      { type: 'file', url: 'https://a.example/b', mediaType: 'application/octet-stream' },
      { type: 'file', url: 'data:text/plain;charset=utf-8,a%20b', mediaType: 'text/plain' },
    ]);
  });

  it('makes links of http alone, and each source once', async () => {
    const citation = (url: string) => ({ type: 'citation', index: 0, citation: { type: 'citation', url } });
    const events = [
      citation('https://a.example'),
      citation('https://a.example'),
      citation('javascript:alert(1)'),
    ];
    expect(await chunks(events)).toEqual([
      { type: 'source-url', sourceId: 'https://a.example', url: 'https://a.example' },
      {
        ...{ type: 'source-document', sourceId: 'javascript:alert(1)', mediaType: 'text/plain' },
        title: 'javascript:alert(1)',
      },
    ]);
  });

  it("sends warnings and what is one provider's where that is asked for", async () => {
    const events = [
      { type: 'warning', warning: { type: 'other', message: 'x' } },
      { type: 'openai:audio', delta: 'x' },
      block({ type: 'acme:search', value: 1 }),
    ];
    expect(await chunks(events)).toEqual([]);
    expect(await chunks(events, { show: { own: true, warnings: true } })).toEqual([
      { type: 'data-warning', data: { type: 'other', message: 'x' } },
      { type: 'data-openai-audio', data: events[1] },
      { type: 'data-acme-search', data: { type: 'acme:search', value: 1 } },
    ]);
  });

  it('closes what is open at a step and at the end, and says how it ended', async () => {
    const stream = (step: number, event: unknown) => ({ type: 'stream', step, event });
    const finish = {
      type: 'finish',
      finishReason: { unified: 'pause', raw: 'x' },
      usage: { inputTokens: 1, raw: {} },
    };
    const response = toUIMessageStreamResponse(
      listed(stream(1, delta('a')), stream(2, delta('b')), stream(2, finish)),
    );
    const types = (await response.text()).match(/"type":"[\w-]+"/g)?.map((type) => type.slice(8, -1));
    const part = ['text-start', 'text-delta', 'text-end'];
    expect(types).toEqual([
      ...['start', 'start-step', ...part, 'finish-step'],
      ...['start-step', ...part, 'finish-step', 'finish'],
    ]);
    const last = toUIMessageStreamResponse(listed(finish));
    expect(await last.text()).toContain(
      'data: {"type":"finish","finishReason":"other","messageMetadata":{"usage":{"inputTokens":1}}}\n\ndata: [DONE]\n\n',
    );
  });

  it('reads nothing before the page reads, and leaves the stream when the page leaves', async () => {
    const left = vi.fn<() => void>();
    const started = vi.fn<() => void>();
    const events: UISource = (async function* () {
      started();
      try {
        for (;;) yield 'word ';
      } finally {
        left();
      }
    })();
    const reader = toUIMessageStreamResponse(events).body!.getReader();
    expect(started).not.toHaveBeenCalled();
    await reader.read();
    await reader.cancel();
    expect(left).toHaveBeenCalledOnce();
  });
});

describe('toAGUI', () => {
  const run = { threadId: 't', runId: 'r' };

  it('begins a call whose arguments did not stream when they are whole', async () => {
    const events: unknown[] = [];
    const call = { type: 'tool-call', id: 'c', name: 'f', arguments: { a: 1 } };
    for await (const event of toAGUI(listed(block(call)), run)) events.push(event);
    expect(events.slice(2, -2)).toEqual([
      { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'f' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{"a":1}' },
      { type: 'TOOL_CALL_END', toolCallId: 'c' },
    ]);
  });

  it('ends a run that failed with its code', async () => {
    const failing = new ScriptedLLM({ replies: [new MortiseError('quota', 'sk-123')], retry: false });
    const text = await toAGUIResponse(failing.streamChat('x'), run).text();
    expect(text).toBe(
      'data: {"type":"RUN_STARTED","threadId":"t","runId":"r"}\n\n' +
        'data: {"type":"RUN_ERROR","message":"The stream failed: quota.","code":"quota"}\n\n',
    );
  });

  it('counts what was used under its names', async () => {
    const usage = { inputTokens: 3, cacheWriteTokens: 2 };
    const finish = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage };
    const events: unknown[] = [];
    for await (const event of toAGUI(listed(finish), run)) events.push(event);
    expect(events.at(-1)).toEqual({
      ...{ type: 'RUN_FINISHED', ...run, outcome: { type: 'success' } },
      usage: [{ inputTokens: 3, cacheWriteInputTokens: 2 }],
    });
  });
});
