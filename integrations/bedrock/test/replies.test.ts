import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatResponse } from '@mortise/core';
import { answering, bytesOf, eventsOf, REPLY, streamed, type Event } from './sent.ts';

type Delta = readonly [index: number, delta: object];

/** The same reply, whole and streamed. */
async function both(
  content: readonly object[],
  deltas: readonly Delta[],
  stopReason = 'end_turn',
  beside = {},
) {
  const message = { role: 'assistant', content };
  const whole = { ...REPLY, output: { message }, stopReason, ...beside };
  const events: Event[] = eventsOf(deltas, stopReason).map(([name, data]) =>
    name === 'metadata' ? [name, { ...data, ...beside }] : [name, data],
  );
  const replies: ChatResponse[] = [
    await answering(() => Response.json(whole)).llm.chat('Hi'),
    await answering(() => streamed(bytesOf(events)))
      .llm.streamChat('Hi')
      .final(),
  ];
  return replies;
}

const CITATION = {
  title: 'Report',
  source: 'report',
  sourceContent: [{ text: 'It has ' }, { text: 'no air.' }],
  location: { documentPage: { documentIndex: 1, start: 3, end: 4 } },
};

describe('content', () => {
  it('C-14: reasoning, its signature and what is redacted go back byte for byte, through JSON', async () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln+/=0' } } },
      { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ+/w==' } },
      { text: 'So.' },
    ];
    const deltas: Delta[] = [
      [0, { reasoningContent: { text: 'H' } }],
      [0, { reasoningContent: { text: 'm.' } }],
      [0, { reasoningContent: { signature: 'c2ln+/=0' } }],
      [1, { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ+/w==' } }],
      [2, { text: 'So.' }],
    ];
    for (const { message } of await both(content, deltas)) {
      expect(message.content).toMatchObject([
        { type: 'reasoning', text: 'Hm.', signature: 'c2ln+/=0' },
        { type: 'reasoning', text: '', encrypted: 'cmVkYWN0ZWQ+/w==' },
        { type: 'text', text: 'So.' },
      ]);
      const { llm, bodies } = answering(() => Response.json(REPLY));
      const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
      await llm.chat([{ role: 'user', content: 'Hi' }, carried, { role: 'user', content: 'On' }]);
      expect(bodies[0]!['messages'][1].content).toEqual(content);
    }
  });

  it('L-06: a text and what it rests on go back together', async () => {
    const content = [
      { citationsContent: { content: [{ text: 'It has ' }, { text: 'no air.' }], citations: [CITATION] } },
    ];
    const deltas: Delta[] = [
      [0, { text: 'It has ' }],
      [0, { citation: CITATION }],
      [0, { text: 'no air.' }],
    ];
    for (const { message, citations } of await both(content, deltas)) {
      expect(citations).toMatchObject([{ title: 'Report', quote: 'It has no air.', source: 1 }]);
      const { llm, bodies } = answering(() => Response.json(REPLY));
      const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
      await llm.chat([{ role: 'user', content: 'Hi' }, carried, { role: 'user', content: 'On' }]);
      expect(bodies[0]!['messages'][1].content).toEqual([
        { citationsContent: { content: [{ text: 'It has no air.' }], citations: [CITATION] } },
      ]);
    }
  });

  it('L-06: a page is a citation by its address', async () => {
    const citation = { location: { web: { url: 'https://a.example/x', domain: 'a.example' } } };
    const content = [{ citationsContent: { content: [{ text: 'A.' }], citations: [citation] } }];
    for (const { citations } of await both(content, [
      [0, { text: 'A.' }],
      [0, { citation }],
    ]))
      expect(citations).toMatchObject([{ url: 'https://a.example/x' }]);
  });

  it('C-06: a tool that ran at the provider is not the caller’s to run, and goes back as it came', async () => {
    const content = [
      { toolUse: { toolUseId: 's1', name: 'nova_grounding', type: 'server_tool_use', input: { q: 'x' } } },
      {
        toolResult: {
          toolUseId: 's1',
          type: 'nova_grounding_result',
          content: [{ text: 'found' }, { json: { a: 1 } }],
        },
      },
      { image: { format: 'png', source: { bytes: 'AAAA' } } },
    ];
    const deltas: Delta[] = [
      [0, { start: { toolUse: { toolUseId: 's1', name: 'nova_grounding', type: 'server_tool_use' } } }],
      [0, { toolUse: { input: '{"q":' } }],
      [0, { toolUse: { input: '"x"}' } }],
      [1, { start: { toolResult: { toolUseId: 's1', type: 'nova_grounding_result' } } }],
      [1, { toolResult: [{ text: 'found' }] }],
      [1, { toolResult: [{ json: { a: 1 } }] }],
      [2, { start: { image: { format: 'png' } } }],
      [2, { image: { source: { bytes: 'AAAA' } } }],
    ];
    for (const { message, toolCalls } of await both(content, deltas)) {
      expect(toolCalls).toEqual([]);
      expect(message.content).toMatchObject([
        { type: 'bedrock:toolUse' },
        { type: 'bedrock:toolResult' },
        { type: 'image', source: { data: 'AAAA', mediaType: 'image/png' } },
      ]);
      const { llm, bodies } = answering(() => Response.json(REPLY));
      await llm.chat([{ role: 'user', content: 'Hi' }, message, { role: 'user', content: 'On' }]);
      expect(bodies[0]!['messages'][1].content).toEqual(content);
    }
  });

  it('W-03: calls are told apart by their ids, and one that comes again is one', async () => {
    const start = (toolUseId: string) => ({ start: { toolUse: { toolUseId, name: 'f' } } });
    const { llm } = answering(() =>
      streamed(
        bytesOf(
          eventsOf(
            [
              [0, start('a')],
              [0, { toolUse: { input: '{"n":1}' } }],
              [0, start('b')],
              [0, { toolUse: { input: '{"n":2}' } }],
              [3, start('a')],
              [3, { toolUse: { input: '{"n":3}' } }],
            ],
            'tool_use',
          ),
        ),
      ),
    );
    const { toolCalls } = await llm.streamChat('Hi').final();
    expect(toolCalls.map(({ id, arguments: args }) => [id, args])).toEqual([
      ['a', { n: 3 }],
      ['b', { n: 2 }],
    ]);
  });
});

describe('ends', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content-filter'],
    ['content_filtered', 'content-filter'],
    ['of_tomorrow', 'other'],
  ])('L-02: %s is %s', async (stopReason, unified) => {
    const trace = { guardrail: { actionReason: 'blocked', inputAssessment: { g: { topicPolicy: {} } } } };
    for (const reply of await both([{ text: 'Half' }], [[0, { text: 'Half' }]], stopReason, { trace })) {
      expect(reply.finishReason).toEqual({ unified, raw: stopReason });
      expect(reply.providerMetadata).toEqual({ bedrock: { metrics: { latencyMs: 7 }, trace } });
    }
  });

  it.each(['malformed_model_output', 'malformed_tool_use'])(
    'E-06: %s throws, with what there was',
    async (reason) => {
      const { llm } = answering(() => streamed(bytesOf(eventsOf([[0, { text: 'Half' }]], reason))));
      await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({
        code: 'malformed-response',
        partial: { text: 'Half' },
      });
    },
  );

  it('E-01: the counts alone end nothing', async () => {
    const events = eventsOf([[0, { text: 'Half' }]]).filter(([name]) => name !== 'messageStop');
    const { llm } = answering(() => streamed(bytesOf(events)));
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({
      code: 'stream-truncated',
      partial: { text: 'Half' },
    });
  });
});

describe('usage', () => {
  it('L-01: counts what a cache held, or took, with the prompt', async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 45,
      cacheReadInputTokens: 20,
      cacheWriteInputTokens: 10,
      cacheDetails: [{ ttl: '1h', inputTokens: 10 }],
    };
    for (const reply of await both([{ text: 'a' }], [[0, { text: 'a' }]], 'end_turn', { usage }))
      expect(reply.usage).toEqual({
        inputTokens: 40,
        outputTokens: 5,
        totalTokens: 45,
        cachedInputTokens: 20,
        cacheWriteTokens: 10,
        raw: usage,
      });
  });

  it('L-01: what counts nothing is no count in sum with another either', async () => {
    const usage = { inputTokens: -5, cacheReadInputTokens: 9, outputTokens: 2 };
    for (const reply of await both([{ text: 'a' }], [[0, { text: 'a' }]], 'end_turn', { usage }))
      expect(reply.usage.inputTokens).toBeUndefined();
  });
});

it('C-16: the model that a prompt router chose is the one that answered', async () => {
  const trace = { promptRouter: { invokedModelId: 'anthropic.claude-routed' } };
  for (const { model } of await both([{ text: 'a' }], [[0, { text: 'a' }]], 'end_turn', { trace }))
    expect(model).toBe('anthropic.claude-routed');
});
