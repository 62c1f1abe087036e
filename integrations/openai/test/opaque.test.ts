import { json, startWire, eventStream } from '@mortise/conformance';
import type { ChatMessage, ChatResponse } from '@mortise/core/llm';
import { OpenAILLM, type OpenAILLMOptions } from '@mortise/openai';
import { describe, expect, it } from 'vitest';

type Json = Record<string, unknown>;
type Api = 'responses' | 'chat-completions';

const message = (members: Json): Json => ({
  id: 'r',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...members }, finish_reason: 'stop' }],
});
const chunks = (...deltas: Json[]): string[] => [
  ...deltas.map((delta) => JSON.stringify({ id: 'r', model: 'm', choices: [{ index: 0, delta }] })),
  JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  '[DONE]',
];
/** What the other API answers. */
const OTHER = { id: 'r', model: 'm', status: 'completed', output: [] };

/** The second request's body after a reply that went through JSON, and what its call warned of. */
async function turn(
  reply: Json | string[],
  {
    api = 'chat-completions',
    second = {},
    change = (message) => message,
  }: {
    api?: Api;
    second?: Partial<OpenAILLMOptions>;
    change?: (message: ChatMessage) => ChatMessage;
  } = {},
) {
  await using wire = await startWire((request, response) => {
    if (api === 'chat-completions' && request.path.endsWith('/responses')) return json(response, OTHER);
    return Array.isArray(reply) ? eventStream(response, reply) : json(response, reply);
  });
  const options = { model: 'm', api, baseURL: `${wire.url}/v1`, apiKey: 'k', retry: false } as const;
  const llm = new OpenAILLM(options);
  const first = Array.isArray(reply) ? await llm.streamChat('Hi').final() : await llm.chat('Hi');
  const stored = change(JSON.parse(JSON.stringify(first.message)) as ChatMessage);
  const results = first.toolCalls.map(({ id }) => ({
    type: 'tool-result' as const,
    toolCallId: id,
    content: 'done',
  }));
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    stored,
    ...(results.length === 0 ? [] : [{ role: 'tool' as const, content: results }]),
    { role: 'user', content: 'On' },
  ];
  let warnings: ChatResponse['warnings'] = [];
  const again = new OpenAILLM({ ...options, ...second });
  if (Array.isArray(reply)) ({ warnings } = await again.streamChat(messages).final());
  else ({ warnings } = await again.chat(messages));
  const body = wire.requests[1]!.body as { messages: Json[]; input: Json[] };
  return { body, warnings, first };
}

const signed = { extra_content: { google: { thought_signature: 'c2ln+/==' } } };
const call = { id: 'call_1', type: 'function', function: { name: 'pay', arguments: '{"eur":5}' } };

describe('C-14: over Chat Completions', () => {
  it.each([
    ['whole', message({ tool_calls: [{ ...call, ...signed }] })],
    [
      'streamed',
      chunks(
        { tool_calls: [{ index: 0, ...call, function: { name: 'pay', arguments: '' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"eur":5}' }, ...signed }] },
      ),
    ],
  ])("Gemini's signature goes back with its call, %s", async (_method, reply) => {
    const { body } = await turn(reply);
    expect(body.messages[1]!['tool_calls']).toEqual([{ ...call, ...signed }]);
  });

  const details = [
    { type: 'reasoning.text', text: 'First things.', signature: 'sig', format: 'x', index: 0 },
    { type: 'reasoning.encrypted', data: 'ZW5j', id: 'e1', format: 'x', index: 1 },
  ];
  it.each([
    ['whole', message({ content: 'Yes', reasoning: 'First things.', reasoning_details: details })],
    [
      'streamed',
      chunks(
        { reasoning: 'First ', reasoning_details: [{ ...details[0], text: 'First ', signature: null }] },
        {
          reasoning: 'things.',
          reasoning_details: [{ type: 'reasoning.text', text: 'things.', signature: 'sig', index: 0 }],
        },
        { reasoning_details: [details[1]!] },
        { content: 'Yes' },
      ),
    ],
  ])("OpenRouter's reasoning details go back as they came, %s", async (_method, reply) => {
    const { body, first } = await turn(reply);
    expect(first.message.content[0]).toMatchObject({ type: 'reasoning', text: 'First things.' });
    expect(body.messages[1]).toMatchObject({ content: 'Yes', reasoning_details: details });
  });

  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm, yes.' }], closed: true };
  const answer = { type: 'text', text: 'Yes' };
  it.each([
    ['whole', message({ content: [thinking, answer] })],
    [
      'streamed',
      chunks(
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm, ' }] }] },
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'yes.' }], closed: true }] },
        { content: [answer] },
      ),
    ],
  ])("Mistral's thinking goes back in its content, %s", async (_method, reply) => {
    const { body, first } = await turn(reply);
    expect(first.text).toBe('Yes');
    expect(first.message.content[0]).toMatchObject({ type: 'reasoning', text: 'Hm, yes.' });
    expect(body.messages[1]).toEqual({ role: 'assistant', content: [thinking, answer] });
  });

  it.each([
    ['whole', message({ content: 'Yes', extra_content: { a: 1 }, opaque: 'x', nothing: null, none: [] })],
    ['streamed', chunks({ content: 'Yes', extra_content: { a: 1 } }, { opaque: 'x', nothing: null })],
  ])('members of a message that nobody knows go back, %s', async (_method, reply) => {
    const { body } = await turn(reply);
    expect(body.messages[1]).toEqual({
      role: 'assistant',
      content: 'Yes',
      extra_content: { a: 1 },
      opaque: 'x',
    });
  });

  it.each([
    ['another name', { name: 'elsewhere' }],
    ['another integration of the same wire', { api: 'responses' as const, name: 'elsewhere' }],
  ])('nothing of it goes to %s, and a warning says so', async (_what, second) => {
    const reply = message({
      content: 'Yes',
      reasoning_details: details,
      opaque: 'x',
      tool_calls: [{ ...call, ...signed, id: 'functions.pay:0' }],
    });
    const { body, warnings } = await turn(reply, { second });
    const sent = JSON.stringify(body);
    for (const secret of ['c2ln', 'ZW5j', 'opaque', 'functions.pay:0']) expect(sent).not.toContain(secret);
    expect(sent).toContain('Yes');
    expect(warnings).toMatchObject([{ type: 'other', setting: 'messages' }]);
    const items = body.messages ?? body.input;
    const ids = JSON.stringify(items).match(/functions_pay_0[a-z0-9]+/g);
    expect(ids).toHaveLength(2);
    expect(new Set(ids)).toHaveLength(1);
  });

  it('an id that another server would refuse goes back to its own as it came', async () => {
    const { body, warnings } = await turn(message({ tool_calls: [{ ...call, id: 'functions.pay:0' }] }));
    expect(body.messages[1]!['tool_calls']).toMatchObject([{ id: 'functions.pay:0' }]);
    expect(body.messages[2]).toMatchObject({ tool_call_id: 'functions.pay:0' });
    expect(warnings).toEqual([]);
  });

  it('ids take the form that the server is said to want, call and result alike', async () => {
    const callIds = { characters: 'alphanumeric', length: 9 } as const;
    const { body } = await turn(message({ tool_calls: [call] }), { second: { callIds } });
    const [sent] = body.messages[1]!['tool_calls'] as { id: string }[];
    expect(sent!.id).toMatch(/^[a-z0-9]{9}$/);
    expect(body.messages[2]!['tool_call_id']).toBe(sent!.id);
  });

  it('arguments that were no JSON go back as an object', async () => {
    const broken = { ...call, function: { name: 'pay', arguments: '{"eur":' } };
    const { body } = await turn(message({ tool_calls: [broken] }));
    const [sent] = body.messages[1]!['tool_calls'] as { function: { arguments: string } }[];
    expect(JSON.parse(sent!.function.arguments)).toEqual({ INVALID_JSON: '{"eur":' });
  });
});

describe('C-14: over Responses', () => {
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [],
    content: null,
    encrypted_content: 'ZW5j',
    status: null,
  };
  const called = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'pay',
    arguments: '{}',
    status: 'completed',
  };
  const reply = { id: 'r', model: 'm', status: 'completed', output: [reasoning, called] };

  it('items go back without the nulls that they came with', async () => {
    const { body } = await turn(reply, { api: 'responses' });
    expect(body.input[1]).toEqual({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'ZW5j' });
    expect(body.input[2]).toEqual(called);
  });

  it('a call whose reasoning was pruned goes back without the id that asks for it', async () => {
    const { body } = await turn(reply, {
      api: 'responses',
      change: ({ content, ...rest }) => ({
        ...rest,
        content: typeof content === 'string' ? content : content.filter(({ type }) => type !== 'reasoning'),
      }),
    });
    const { id: _id, ...bare } = called;
    expect(body.input[1]).toEqual(bare);
  });
});
