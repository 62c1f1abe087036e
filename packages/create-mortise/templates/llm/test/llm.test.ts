import { llmConformance, type AnswerPart, type Frame, type LLMDialect } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import { describe, expect, it } from 'vitest';
import { AcmeLLM } from '@mortise/acme';

/**
 * REPLACE: Acme's wire, as its documentation has it, and independent of `src`: the suite asks through it and answers
 * through it. Change it first; the cases that turn red say what is left to do.
 */
const acmeChat: LLMDialect = {
  name: 'acme-chat',
  // What the wire has no way to say, and why: the words that the kit knows stand at `DialectBase` in it.
  without: {
    created: 'A reply of Acme does not say when it was made.',
    signature: 'Acme has no reasoning.',
    'cache-read': 'Acme does not count cached tokens.',
    'cache-write': 'Acme does not count cached tokens.',
    'reasoning-tokens': 'Acme has no reasoning.',
    'usage-repeated': 'Acme tells of usage once, in its last event.',
    'tool-choice': 'Acme chooses the tool itself.',
    schema: 'Acme has no structured output.',
    document: 'Acme takes text alone.',
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
  errorFrame: (message, kind) => frame({ type: 'error', message, code: kind ?? 'failed' }),
  finishWord: (finish) => WORDS[finish],
  requestId: 'x-request-id',
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
  request: {
    members: ['model', 'messages', 'tools', 'max_tokens', 'temperature', 'top_p', 'stop', 'stream'],
    model: (body) => body['model'],
    messages: (body) =>
      sent(body).map(({ role, parts }) => ({
        role: word(role),
        text: parts.map(({ text, type }) => (type === 'text' ? word(text) : '')).join(''),
      })),
    toolDescriptions: (body) => ((body['tools'] ?? []) as JsonObject[]).map(({ description }) => description),
    tools: (body) =>
      ((body['tools'] ?? []) as JsonObject[]).map(({ name, parameters }) => ({
        name: word(name),
        parameters,
      })),
    maxOutputTokens: (body) => body['max_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    // Acme has no place for it: it must be left out with a warning.
    reasoning: () => undefined,
    stop: (body) => body['stop'],
    toolResults: (body) =>
      sentParts(body, 'result').map(({ id, text }) => ({ id: word(id), text: word(text) })),
    toolCalls: (body) =>
      sentParts(body, 'call').map(({ id, name, arguments: args }) => ({
        id: word(id),
        name: word(name),
        arguments: word(args),
      })),
  },
};

const WORDS = { stop: 'done', length: 'limit', 'tool-calls': 'calls', 'content-filter': 'filtered' } as const;
const EMPTY: Partial<Record<AnswerPart['type'], JsonObject>> = {
  text: { text: '' },
  'tool-call': { arguments: '' },
};

const word = (value: unknown): string => (typeof value === 'string' ? value : '');
// Of a wire that streams lines of JSON: `line: true` besides, and `event-stream` in `without`.
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

// REPLACE: the name of a model, here and in `src`.
const model = { model: 'acme-1', apiKey: 'key-of-a-test' };

llmConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new AcmeLLM({ ...model, ...settings, baseURL: url }),
    dialect: acmeChat,
    declares: new AcmeLLM(model).metadata.capabilities,
    // REPLACE: for what is not declared, why. Declare it instead where the API has it.
    reasons: {
      reasoning: 'Acme has no reasoning.',
      toolChoice: 'Acme chooses the tool itself.',
      structuredOutput: 'Acme has no structured output.',
      seed: 'Acme takes no seed.',
      image: 'Acme takes text alone.',
      document: 'Acme takes text alone.',
    },
  },
);

it('C-08: says what it leaves out, and refuses it when told to be strict', async () => {
  // REPLACE: a reply, and each preference that the API has no place for.
  const fetch = async () => Response.json({ parts: [{ type: 'text', text: 'Hi' }], finish: 'done' });
  const llm = new AcmeLLM({ ...model, fetch });
  const { warnings } = await llm.chat('Hi', { reasoning: { effort: 'low' } });
  expect(warnings).toMatchObject([{ type: 'unsupported-setting', setting: 'reasoning' }]);
  const strict = llm.chat('Hi', { reasoning: { effort: 'low' }, strict: true });
  await expect(strict).rejects.toMatchObject({ code: 'unsupported' });
});
