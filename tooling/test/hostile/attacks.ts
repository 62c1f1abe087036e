import { setTimeout as pause } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
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
  type EmbeddingDialect,
  type Frame,
  type LLMDialect,
  type RerankDialect,
  type WireAnswer,
  type WireReply,
  type WireRequest,
} from '@mortise/conformance';

/** How a model is called, and what its server speaks. `subject` names it to the client. */
export type Subject = { readonly subject: string } & (
  | { readonly method: 'chat' | 'stream'; readonly dialect: LLMDialect }
  | { readonly method: 'embed'; readonly dialect: EmbeddingDialect }
  | { readonly method: 'rerank'; readonly dialect: RerankDialect }
);

const CHATS = {
  openaiResponses: openAIResponses,
  openaiChat: openAIChatCompletions,
  anthropic: anthropicMessages,
  cohere: cohereChat,
  google: googleGenerateContent,
  mistral: mistralChat,
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
  // Its streams are of binary frames, which the tests of the integration attack.
  { subject: 'bedrock', method: 'chat', dialect: bedrockConverse },
  { subject: 'bedrockEmbedding', method: 'embed', dialect: bedrockCohereEmbeddings },
  { subject: 'bedrockReranker', method: 'rerank', dialect: bedrockRerank },
];

/** A server that means harm, and how the call must end. */
export interface Attack {
  readonly answer: (subject: Subject, request: WireRequest, reply: WireReply) => void | Promise<void>;
  /** Of the error; with `names`, what its message says. */
  readonly code: string;
  readonly names?: string;
  /** Seconds within which it must end, on a busy machine. Default: 60. */
  readonly seconds?: number;
  /** Of the call. Default: none of its own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The call is one of a run with tools, of one reply. */
  readonly runs?: boolean;
}

const PIECE = Buffer.alloc(65_536, 'x');
const [EVENTS, JSON_TYPE] = ['text/event-stream', 'application/json'];

interface Pouring {
  readonly begin?: string;
  readonly piece?: Buffer;
  readonly type?: string | undefined;
  readonly status?: number;
  readonly gzip?: boolean;
}

/** Writes for ever, as fast as it is read. */
async function pour(
  reply: WireReply,
  { begin = '', piece = PIECE, type, status = 200, gzip }: Pouring,
): Promise<void> {
  reply.writeHead(status, {
    'content-type': type ?? JSON_TYPE,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  const out = gzip ? createGzip({ level: 1 }) : undefined;
  out?.pipe(reply);
  const sink = out ?? reply;
  const closed = new Promise<void>((resolve) => reply.once('close', resolve));
  sink.on('error', () => undefined);
  sink.write(begin);
  while (!reply.destroyed) {
    if (!sink.write(piece))
      await Promise.race([new Promise((resolve) => sink.once('drain', resolve)), closed]);
  }
  out?.destroy();
}

/** Writes a little for ever, now and then. */
async function drip(reply: WireReply, begin: string, piece: string, type: string = JSON_TYPE): Promise<void> {
  reply.writeHead(200, { 'content-type': type });
  reply.write(begin);
  for (; !reply.destroyed; await pause(20)) reply.write(piece);
}

function sse(frames: readonly Frame[]): string {
  return frames
    .map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`)
    .join('');
}

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
  const type = method === 'stream' ? EVENTS : JSON_TYPE;
  reply.writeHead(200, { 'content-type': type });
  reply.end(method === 'stream' ? sse(chat.frames(answer)) : JSON.stringify(chat.body(answer)));
}

/** The beginning of a stream with one word, and the event of an empty one. */
function begun({ dialect }: Subject): { readonly begin: string; readonly empty: string } {
  const frames = (dialect as LLMDialect).frames(answerOf([{ type: 'text', pieces: ['HELLO', ''] }]));
  const at = frames.findIndex(({ data }) => data.includes('HELLO'));
  return { begin: sse(frames.slice(0, at + 1)), empty: sse(frames.slice(at + 1, at + 2)) };
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
    const result = whole.slice(from, whole.indexOf('}', from) + 1);
    return { begin: whole.slice(0, from), piece: Buffer.from(`${result},`.repeat(1_000)) };
  }
  const whole = JSON.stringify(subject.dialect.body(answerOf([{ type: 'text', pieces: ['HELLO'] }])));
  return { begin: whole.slice(0, whole.indexOf('HELLO')) };
}

const called = (count: number, name: string): WireAnswer['parts'] =>
  Array.from({ length: count }, (_, at) => ({ type: 'tool-call', id: `c${at}`, name, pieces: ['{}'] }));

const SILENT = { timeoutMs: 1_500, deadlineMs: 30_000, retry: false };

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
    code: 'budget',
    names: 'maxSteps',
    runs: true,
  },
};

const STREAM: Readonly<Record<string, Attack>> = {
  ...ANY,
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
  'JSON without end in place of a stream': {
    answer: (_subject, _request, reply) => pour(reply, { begin: '{"id":"' }),
    code: 'malformed-response',
    names: 'maxReplyBytes',
  },
  'comments without end': {
    answer: (_subject, _request, reply) =>
      pour(reply, { type: EVENTS, piece: Buffer.from(': ping\n\n'.repeat(8_000)) }),
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
  'empty deltas for ever': {
    answer(subject, _request, reply) {
      const { begin, empty } = begun(subject);
      return drip(reply, begin, empty, EVENTS);
    },
    code: 'timeout',
    seconds: 15,
    settings: SILENT,
  },
};

/** All that are tried on a subject. */
export function attacksOn({ method }: Subject): Readonly<Record<string, Attack>> {
  if (method === 'stream') return { ...STREAM, ...TOOLS };
  return method === 'chat' ? { ...WHOLE, ...TOOLS } : WHOLE;
}
