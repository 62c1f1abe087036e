import { gzipSync } from 'node:zlib';
import {
  anthropicMessages,
  bedrockCohereEmbeddings,
  bedrockConverse,
  bedrockRerank,
  cohereChat,
  cohereEmbed,
  cohereRerank,
  googleEmbeddings,
  googleGenerateContent,
  mistralChat,
  mistralEmbeddings,
  openAIChatCompletions,
  openAIEmbeddings,
  openAIResponses,
  voyageEmbeddings,
  voyageMultimodalEmbeddings,
  voyageRerank,
  type Frame,
  type LLMDialect,
  type WireAnswer,
  type WireReply,
  type WireRequest,
} from '@mortise/conformance';
import { FRAMES } from './frames.ts';
import { drip, EVENTS, JSON_TYPE, pour, SILENT, type Attack, type Pouring, type Subject } from './server.ts';

export type { Attack, Subject } from './server.ts';

const CHATS = {
  openaiResponses: openAIResponses,
  openaiChat: openAIChatCompletions,
  anthropic: anthropicMessages,
  cohere: cohereChat,
  google: googleGenerateContent,
  mistral: mistralChat,
  bedrock: bedrockConverse,
};

export const SUBJECTS: readonly Subject[] = [
  ...Object.entries(CHATS).flatMap(([subject, dialect]): Subject[] => [
    { subject, method: 'chat', dialect },
    { subject, method: 'stream', dialect },
  ]),
  { subject: 'openaiEmbedding', method: 'embed', dialect: openAIEmbeddings },
  { subject: 'cohereEmbedding', method: 'embed', dialect: cohereEmbed },
  { subject: 'googleEmbedding', method: 'embed', dialect: googleEmbeddings },
  { subject: 'mistralEmbedding', method: 'embed', dialect: mistralEmbeddings },
  { subject: 'cohereReranker', method: 'rerank', dialect: cohereRerank },
  { subject: 'voyageEmbedding', method: 'embed', dialect: voyageEmbeddings },
  { subject: 'voyageImages', method: 'embed', dialect: voyageMultimodalEmbeddings },
  { subject: 'voyageReranker', method: 'rerank', dialect: voyageRerank },
  { subject: 'bedrockEmbedding', method: 'embed', dialect: bedrockCohereEmbeddings },
  { subject: 'bedrockReranker', method: 'rerank', dialect: bedrockRerank },
];

/** As the wire frames them. */
function framed(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.map(({ format, event, data }) => {
      if (format !== undefined) return format.bytes({ event, data } as Frame);
      return Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
    }),
  );
}

const typeOf = ([first]: readonly Frame[]): string => first?.format?.contentType ?? EVENTS;

const answerOf = (parts: WireAnswer['parts'], finish: WireAnswer['finish'] = 'stop'): WireAnswer => ({
  id: 'r1',
  model: 'm',
  parts,
  finish,
  usage: { inputTokens: 1, outputTokens: 1 },
});

/** A whole answer, streamed where it is asked for. */
function say({ dialect, method }: Subject, reply: WireReply, answer: WireAnswer): void {
  const chat = dialect as LLMDialect;
  const frames = chat.frames(answer);
  reply.writeHead(200, { 'content-type': method === 'stream' ? typeOf(frames) : JSON_TYPE });
  reply.end(method === 'stream' ? framed(frames) : JSON.stringify(chat.body(answer)));
}

/** The beginning of a stream with one word, and the event of an empty one. */
function begun({ dialect }: Subject): { begin: Buffer; empty: Buffer; type: string } {
  const frames = (dialect as LLMDialect).frames(answerOf([{ type: 'text', pieces: ['HELLO', ''] }]));
  const at = frames.findIndex(({ data }) => data.includes('HELLO'));
  return {
    begin: framed(frames.slice(0, at + 1)),
    empty: framed(frames.slice(at + 1, at + 2)),
    type: typeOf(frames),
  };
}

/** A body that is right until a vector, a result or a text of it goes on for ever. */
function bodyWithoutEnd(subject: Subject, request: WireRequest): Pouring {
  if (subject.method === 'embed') {
    const encoding = subject.dialect.encoding(request);
    const rows = [{ index: 0, vector: [0.5, 0.5, 0.5] }];
    const whole = JSON.stringify(subject.dialect.body(rows, { model: 'm', encoding }));
    if (encoding === 'float')
      return { begin: whole.slice(0, whole.indexOf('0.5')), piece: Buffer.from('0.5,'.repeat(16_384)) };
    return { begin: whole.slice(0, whole.indexOf('AAAAP')), piece: Buffer.alloc(65_536, 'AAAAP') };
  }
  if (subject.method === 'rerank') {
    const whole = JSON.stringify(subject.dialect.body([{ index: 0, score: 0.5 }]));
    const from = whole.indexOf('{', 1);
    // One text: of objects without end another bound speaks first, which is tried below.
    return { begin: `${whole.slice(0, from)}{"index":"` };
  }
  const whole = JSON.stringify(subject.dialect.body(answerOf([{ type: 'text', pieces: ['HELLO'] }])));
  return { begin: whole.slice(0, whole.indexOf('HELLO')) };
}

const called = (count: number, name: string): WireAnswer['parts'] =>
  Array.from({ length: count }, (_, at) => ({ type: 'tool-call', id: `c${at}`, name, pieces: ['{}'] }));

/** As many bytes as are taken, of a text that is JSON to its end, in a few KB of wire. */
function bomb(reply: WireReply, status: number): void {
  reply.writeHead(status, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
  reply.end(BOMB);
}

const BOMB = gzipSync(`{"id":"r1","error":null,"data":[${'{},'.repeat(16_000_000)}{}]}`, { level: 1 });

const ANY: Readonly<Record<string, Attack>> = {
  'a gzip bomb of 16 million objects as an error': {
    answer: (_subject, _request, reply) => bomb(reply, 400),
    code: 'invalid-request',
  },
  'an error body without end': {
    answer: (_subject, _request, reply) => pour(reply, { begin: '{"error":"', status: 500 }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'a gzip bomb as an error': {
    answer: (_subject, _request, reply) => pour(reply, { begin: '{"error":"', status: 400, gzip: true }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'a 429 that asks to wait for ten years': {
    answer(_subject, _request, reply) {
      reply.writeHead(429, { 'content-type': JSON_TYPE, 'retry-after': '315360000' });
      reply.end('{"error":{"message":"later"}}');
    },
    code: 'rate-limit',
    seconds: 10,
    settings: { retry: { maxAttempts: 3 }, deadlineMs: 30_000 },
  },
};

const WHOLE: Readonly<Record<string, Attack>> = {
  ...ANY,
  'a gzip bomb of 16 million objects': {
    answer: (_subject, _request, reply) => bomb(reply, 200),
    code: 'malformed-response',
    names: 'more than 2000000',
  },
  'a body without end': {
    answer: (subject, request, reply) => pour(reply, bodyWithoutEnd(subject, request)),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'a gzip bomb': {
    answer: (subject, request, reply) => pour(reply, { ...bodyWithoutEnd(subject, request), gzip: true }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'a body that only trickles': {
    answer: (subject, request, reply) => drip(reply, bodyWithoutEnd(subject, request).begin ?? '', ' '),
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
};

const TOOLS: Readonly<Record<string, Attack>> = {
  '20,000 tool calls': {
    answer: (subject, _request, reply) => say(subject, reply, answerOf(called(20_000, 'now'), 'tool-calls')),
    code: 'budget',
    names: 'maxToolCalls',
    runs: true,
  },
  'the name of a tool of 10 MB': {
    answer: (subject, _request, reply) =>
      say(subject, reply, answerOf(called(1, 'n'.repeat(10_000_000)), 'tool-calls')),
    code: 'max-steps',
    names: 'maxSteps',
    runs: true,
  },
};

/** On streams, whatever their framing is. */
const ANY_STREAM: Readonly<Record<string, Attack>> = {
  ...ANY,
  'JSON without end in place of a stream': {
    answer: (_subject, _request, reply) => pour(reply, { begin: '{"id":"' }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'empty deltas for ever': {
    answer(subject, _request, reply) {
      const { begin, empty, type } = begun(subject);
      return drip(reply, begin, empty, type);
    },
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
};

/** Events of a kind of tomorrow's, which are left out: they take of a reply and add nothing to it. */
const STRANGE = Buffer.from(
  `event: of.tomorrow\ndata: ${JSON.stringify({ type: 'of.tomorrow', said: 'x'.repeat(4_000) })}\n\n`.repeat(
    16,
  ),
);

const EVENT_STREAM: Readonly<Record<string, Attack>> = {
  ...ANY_STREAM,
  'a line without end': {
    answer: (_subject, _request, reply) => pour(reply, { type: EVENTS, begin: 'data: {"type":"' }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'a line without end, gzipped': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type: EVENTS, begin: 'data: {"type":"', gzip: true }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'an event of many lines without end': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type: EVENTS, piece: Buffer.from('data: xxxxxxxx\n'.repeat(4_000)) }),
    code: 'malformed-response',
    names: 'maxLineBytes',
  },
  'comments without end': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type: EVENTS, piece: Buffer.from(': ping\n\n'.repeat(8_000)) }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
    seconds: 250,
  },
  'events of a strange kind without end': {
    answer: (subject, _request, reply) =>
      pour(reply, { type: EVENTS, begin: begun(subject).begin, piece: STRANGE }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
    seconds: 250,
  },
  'pings for ever': {
    answer: (subject, _request, reply) => drip(reply, begun(subject).begin, ': ping\n\n', EVENTS),
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
};

/** All that are tried on a subject. */
export function attacksOn({ method, dialect }: Subject): Readonly<Record<string, Attack>> {
  if (method === 'stream' && 'event-stream' in dialect.without) return { ...ANY_STREAM, ...FRAMES, ...TOOLS };
  if (method === 'stream') return { ...EVENT_STREAM, ...TOOLS };
  return method === 'chat' ? { ...WHOLE, ...TOOLS } : WHOLE;
}
