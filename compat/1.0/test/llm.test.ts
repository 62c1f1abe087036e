import { llmConformance, type AnswerPart, type Frame, type LLMDialect } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import { describe, expect, it } from 'vitest';
import { FrozenLLM } from '../src/index.ts';

/**
 * Frozen's wire, as its documentation has it, and independent of `src`: the suite asks through it and answers
 * through it. Change it first; the cases that turn red say what is left to do.
 */
const frozenChat: LLMDialect = {
  name: 'frozen-chat',
  // What the wire has no way to say, and why.
  without: {
    created: 'A reply of Frozen does not say when it was made.',
    signature: 'Frozen has no reasoning.',
    'cache-read': 'Frozen does not count cached tokens.',
    'cache-write': 'Frozen does not count cached tokens.',
    'reasoning-tokens': 'Frozen has no reasoning.',
    'usage-repeated': 'Frozen tells of usage once, in its last event.',
    'tool-choice': 'Frozen chooses the tool itself.',
    schema: 'Frozen has no structured output.',
    document: 'Frozen takes text alone.',
  },
  streams: ({ body }) => (body as JsonObject)['stream'] === true,
  body: ({ id, model, parts, finish, usage }) => ({
    id,
    model,
    parts: parts.map(partOf),
    finish: WORDS[finish],
    ...(usage === undefined ? {} : { usage: { input: usage.inputTokens, output: usage.outputTokens } }),
  }),
  frames: ({ id, model, parts, finish, usage }, { interleaved = false, unknownEvent = false } = {}) => {
    const open = parts.map((part, at) =>
      frame({ type: 'part', at, part: { ...partOf(part), ...EMPTY[part.type] } }),
    );
    const pieces = parts.map((part, at) => piecesOf(part).map((text) => frame({ type: 'delta', at, text })));
    const turns = Array.from({ length: Math.max(0, ...pieces.map(({ length }) => length)) }, (_, turn) =>
      pieces.flatMap((own) => own.slice(turn, turn + 1)),
    );
    const counts = usage && { usage: { input: usage.inputTokens, output: usage.outputTokens } };
    return [
      frame({ type: 'start', id, model }),
      ...(interleaved
        ? [...open, ...turns.flat()]
        : open.flatMap((each, at) => [each, ...(pieces[at] ?? [])])),
      ...(unknownEvent ? [frame({ type: 'weather', sky: 'blue' })] : []),
      { ...frame({ type: 'end', finish: WORDS[finish], ...counts }), terminal: true },
    ];
  },
  errorFrame: (message) => frame({ type: 'error', message }),
  finishWord: (finish) => WORDS[finish],
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
  request: {
    model: (body) => body['model'],
    messages: (body) =>
      sent(body).map(({ role, parts }) => ({
        role: String(role),
        text: parts.map(({ text, type }) => (type === 'text' ? String(text) : '')).join(''),
      })),
    tools: (body) =>
      ((body['tools'] ?? []) as JsonObject[]).map(({ name, parameters }) => ({
        name: String(name),
        parameters,
      })),
    maxOutputTokens: (body) => body['max_tokens'],
    temperature: (body) => body['temperature'],
    stop: (body) => body['stop'],
    toolResults: (body) =>
      sentParts(body, 'result').map(({ id, text }) => ({ id: String(id), text: String(text) })),
    toolCalls: (body) =>
      sentParts(body, 'call').map(({ id, name, arguments: args }) => ({
        id: String(id),
        name: String(name),
        arguments: String(args),
      })),
  },
};

const WORDS = { stop: 'done', length: 'limit', 'tool-calls': 'calls', 'content-filter': 'filtered' } as const;
const EMPTY: Partial<Record<AnswerPart['type'], JsonObject>> = {
  text: { text: '' },
  'tool-call': { arguments: '' },
};

const frame = (data: JsonObject): Frame => ({ data: JSON.stringify(data) });
const piecesOf = (part: AnswerPart): readonly string[] => ('pieces' in part ? (part.pieces ?? []) : []);

function partOf(part: AnswerPart): JsonObject {
  const text = piecesOf(part).join('');
  switch (part.type) {
    case 'tool-call':
      return { type: 'call', id: part.id, name: part.name, arguments: part.pieces === null ? null : text };
    case 'unknown':
      return { type: 'hologram', depth: 3 };
    default:
      return { type: 'text', text };
  }
}

function sent(body: JsonObject): { role: unknown; parts: JsonObject[] }[] {
  return (body['messages'] ?? []) as { role: unknown; parts: JsonObject[] }[];
}

function sentParts(body: JsonObject, type: string): JsonObject[] {
  return sent(body).flatMap(({ parts }) => parts.filter((part) => part['type'] === type));
}

const model = { model: 'frozen-1', apiKey: 'key-of-a-test' };

llmConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new FrozenLLM({ ...model, ...settings, baseURL: url }),
    dialect: frozenChat,
    declares: new FrozenLLM(model).metadata.capabilities,
    reasons: {
      reasoning: 'Frozen has no reasoning.',
      toolChoice: 'Frozen chooses the tool itself.',
      structuredOutput: 'Frozen has no structured output.',
      seed: 'Frozen takes no seed.',
      image: 'Frozen takes text alone.',
      document: 'Frozen takes text alone.',
    },
  },
);

it('C-08: says what it leaves out, and refuses it when told to be strict', async () => {
  const fetch = async () => Response.json({ parts: [{ type: 'text', text: 'Hi' }], finish: 'done' });
  const llm = new FrozenLLM({ ...model, fetch });
  const { warnings } = await llm.chat('Hi', { reasoning: { effort: 'low' } });
  expect(warnings).toMatchObject([{ type: 'unsupported-setting', setting: 'reasoning' }]);
  const strict = llm.chat('Hi', { reasoning: { effort: 'low' }, strict: true });
  await expect(strict).rejects.toMatchObject({ code: 'unsupported' });
});

it('C-09: sends the key to the provider, and says where to put it when there is none', async () => {
  const sent: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([url, new Headers(init?.headers).get('authorization')]);
    return Response.json({}, { status: 400 });
  };
  await expect(new FrozenLLM({ model: 'm', apiKey: 'key-of-a-test', fetch }).chat('Hi')).rejects.toMatchObject({ code: 'invalid-request' });
  expect(sent).toEqual([['https://api.frozen.example/v1/chat', 'Bearer key-of-a-test']]);
  await expect(new FrozenLLM({ model: 'm', apiKey: ' ', fetch }).chat('Hi')).rejects.toThrow('FROZEN_API_KEY');
});

it('E-04: tells a quota that is used up from a limit that passes', async () => {
  const error = { message: 'All of it is used.', code: 'quota' };
  const fetch: typeof globalThis.fetch = async () => Response.json({ error }, { status: 429 });
  const failed = new FrozenLLM({ model: 'm', apiKey: 'key-of-a-test', fetch }).chat('Hi');
  await expect(failed).rejects.toMatchObject({ code: 'quota' });
  await expect(failed).rejects.toThrow('All of it is used');
});
