import { Buffer } from 'node:buffer';
import type { JsonObject } from '@mortise/core';
import type {
  AnswerPart,
  AnswerUsage,
  Frame,
  LLMDialect,
  StreamShape,
  WireAnswer,
} from '@mortise/conformance';

const MEMBERS = [
  'format',
  'model',
  'blocks',
  'tools',
  'tool_choice',
  'schema',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'reasoning',
  'stream',
  'counts',
];

/**
 * A wire format of nobody's that can say everything the contract knows, so that no case is skipped. It counts cached
 * tokens beside the input and reasoning beside the output, as some do.
 */
export const reference: LLMDialect = {
  name: 'reference',
  without: {},
  streams: ({ body }) => (body as JsonObject)['stream'] === true,
  body: ({ id, model, created, parts, finish, usage }) => ({
    id,
    model,
    created: created ?? null,
    blocks: parts.map(blockOf),
    finish,
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  }),
  frames,
  errorFrame: (message, kind) => event({ type: 'error', message, kind: kind ?? null }),
  finishWord: (finish) => finish,
  failedWord: 'malformed_response',
  blocked: ({ id, model }) => ({
    body: { id, model, created: null, blocked: 'unsafe' },
    frames: [
      event({ type: 'begin', id, model, created: null }),
      event({ type: 'blocked', blocked: 'unsafe' }, true),
    ],
  }),
  requestId: 'x-request-id',
  failure: ({ kind, message }) => ({ body: { error: message, kind: kind ?? null }, headers: {} }),
  request: {
    members: MEMBERS,
    model: (body) => body['model'],
    messages: (body) =>
      blocksOf(body, 'text').map(({ role, text }) => ({ role: role as string, text: text as string })),
    tools: (body) => toolsOf(body).map(({ name, parameters }) => ({ name: name as string, parameters })),
    toolDescriptions: (body) => toolsOf(body).map(({ description }) => description),
    maxOutputTokens: (body) => body['max_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    reasoning: (body) => body['reasoning'],
    summary: (body) => (body['reasoning'] as JsonObject | undefined)?.['summary'],
    usage: (body) => body['counts'] === true,
    stop: (body) => body['stop'],
    seed: (body) => body['seed'],
    toolChoice: (body) => body['tool_choice'],
    schema: (body) => body['schema'],
    resultNames: (body) => blocksOf(body, 'result').map(({ name }) => name),
    cachePoints: (body) => {
      const all = [...toolsOf(body), ...(body['blocks'] as JsonObject[])];
      return all.flatMap(({ type, cached }, at) => {
        const before = all[at - 1];
        if (cached === true) return [all[at]!['name'] as string];
        return type === 'cached' ? [(before?.['text'] ?? before?.['name']) as string] : [];
      });
    },
    documents: (body) =>
      blocksOf(body, 'document').map(({ id, text }) => ({ id: id as string, text: text as string })),
    toolResults: (body) =>
      blocksOf(body, 'result').map(({ id, text }) => ({ id: id as string, text: text as string })),
    failedResults: (body) =>
      blocksOf(body, 'result')
        .filter(({ failed }) => failed === true)
        .map(({ id }) => id as string),
    toolCalls: (body) =>
      blocksOf(body, 'call').map(({ id, name, arguments: args }) => ({
        id: id as string,
        name: name as string,
        arguments: args as string,
      })),
    image: (body) => blocksOf(body, 'image')[0] as { mediaType: string; data: string } | undefined,
    document: (body) => blocksOf(body, 'document')[0]?.['data'] as string | undefined,
    redacted: (body) =>
      blocksOf(body, 'reasoning').flatMap(({ sealed }) => (typeof sealed === 'string' ? [sealed] : [])),
    signatures: (body) =>
      (body['blocks'] as JsonObject[]).flatMap(({ signature, own }) => {
        const signed = signature ?? (own as JsonObject | undefined)?.['signature'];
        return typeof signed === 'string' ? [signed] : [];
      }),
  },
};

export const base64 = (data: string | Uint8Array): string =>
  typeof data === 'string' ? data : Buffer.from(data).toString('base64');

function toolsOf(body: JsonObject): JsonObject[] {
  return (body['tools'] ?? []) as JsonObject[];
}

function blocksOf(body: JsonObject, type: string): JsonObject[] {
  return (body['blocks'] as JsonObject[]).filter((block) => block['type'] === type);
}

function event(data: JsonObject, terminal?: true): Frame {
  return { data: JSON.stringify(data), ...(terminal === undefined ? {} : { terminal }) };
}

function usageOf(usage: AnswerUsage): JsonObject {
  const {
    inputTokens,
    outputTokens,
    cachedInputTokens = 0,
    toolTokens = 0,
    cacheWriteTokens = 0,
    reasoningTokens = 0,
  } = usage;
  return {
    in: inputTokens - cachedInputTokens - cacheWriteTokens - toolTokens,
    tools: usage.toolTokens ?? null,
    cached: usage.cachedInputTokens ?? null,
    written: usage.cacheWriteTokens ?? null,
    out: outputTokens - reasoningTokens,
    reasoned: usage.reasoningTokens ?? null,
  };
}

function blockOf(part: AnswerPart): JsonObject {
  switch (part.type) {
    case 'text':
      return {
        type: 'text',
        text: part.pieces.join(''),
        own: ownOf(part),
        cited: (part.citations ?? []).map((citation) => ({ ...citation }) as JsonObject),
      };
    case 'reasoning':
      return {
        type: 'reasoning',
        text: part.pieces.join(''),
        signature: part.signature ?? null,
        ...(part.redacted === undefined ? {} : { sealed: part.redacted }),
      };
    case 'tool-call':
      return {
        type: 'call',
        id: part.id,
        name: part.name,
        text: part.pieces?.join('') ?? null,
        own: ownOf(part),
      };
    case 'unknown':
      return { type: 'hologram', depth: 3 };
  }
}

/** What only the server knows, a signature among it. */
function ownOf({
  members,
  signature,
}: Extract<AnswerPart, { type: 'text' | 'tool-call' }>): JsonObject | null {
  if (signature === undefined) return members ?? null;
  return { ...members, signature };
}

/** The block as it stands before its pieces. */
function openBlock(part: AnswerPart): JsonObject {
  const { signature: _signature, text, ...block } = blockOf(part);
  return { ...block, text: text === null ? null : '', ...(part.type === 'text' ? { cited: [] } : {}) };
}

function frames({ id, model, created, parts, finish, usage }: WireAnswer, shape: StreamShape = {}): Frame[] {
  const piecesOf = (part: AnswerPart): readonly string[] => ('pieces' in part ? (part.pieces ?? []) : []);
  const early = shape.earlyReason === true ? { finish } : {};
  const calls = parts.filter(({ type }) => type === 'tool-call');
  const placeOf = (part: AnswerPart): number | null => {
    if (part.type !== 'tool-call' || shape.calls === undefined) return parts.indexOf(part);
    return shape.calls === 'one-index' ? parts.indexOf(calls[0]!) : null;
  };
  const say = (part: AnswerPart, members: JsonObject): Frame =>
    event({ at: placeOf(part), call: part.type === 'tool-call' ? part.id : null, ...members });
  const open = parts.map((part) => say(part, { type: 'open', block: openBlock(part) }));
  const pieces = parts.map((part) =>
    piecesOf(part).map((text) => say(part, { type: 'piece', text, ...early })),
  );
  const close = parts.map((part) =>
    say(part, { type: 'close', signature: blockOf(part)['signature'] ?? null }),
  );
  const cite = parts.map((part, at) =>
    ((part.type === 'text' && part.citations) || []).map((citation) =>
      event({
        type: 'cite',
        at: shape.unplacedCitations === true ? null : at,
        citation: { ...citation } as JsonObject,
      }),
    ),
  );
  const most = Math.max(0, ...pieces.map(({ length }) => length));
  const turns = Array.from({ length: most }, (_unused, turn) =>
    pieces.flatMap((own) => own.slice(turn, turn + 1)),
  );
  const content =
    shape.interleaved === true
      ? [...open, ...turns.flat(), ...cite.flat(), ...close]
      : parts.flatMap((_part, at) => [open[at]!, ...pieces[at]!, ...cite[at]!, close[at]!]);
  const counts = usage === undefined ? [] : [event({ type: 'usage', usage: usageOf(usage) })];
  const growing = [0, 1].map((n) =>
    event({ type: 'usage', usage: usageOf({ ...usage!, outputTokens: n + 1 }) }),
  );
  return [
    event({ type: 'begin', id, model, created: created ?? null }),
    ...content,
    ...(shape.usage === 'cumulative' ? growing : []),
    ...(shape.unknownEvent === true ? [event({ type: 'hologram', depth: 4 })] : []),
    ...(shape.usage === 'duplicate' ? counts : []),
    event({ type: 'end', finish, ...(usage === undefined ? {} : { usage: usageOf(usage) }) }, true),
  ];
}
