import { Buffer } from 'node:buffer';
import type { CallSettings } from '@mortise/core/call';
import type { ChatInput, ChatOptions, ChatResponse, LLM, Usage } from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { textOf } from '../dialects/answer.ts';
import type { Frame, LLMDialect, StreamShape, WireAnswer } from '../dialects/contract.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { deliver, type Delivery } from '../lab/deliver.ts';
import { framed, type Framing } from '../lab/framing.ts';
import type { Wire, WireHandler, WireReply, WireRequest } from '../wire.ts';
import type { Access, Probe, RespondOptions as CommonRespondOptions } from '../shared/probe.ts';
import { TEXT } from './answers.ts';
import type { LLMSubject } from './subject.ts';

export { collect, failing, frozen, inTurn, isPlain, waitFor } from '../shared/helpers.ts';

export type LLMCaseContext = CaseContext<LLMSubject>;
export type LLMCase = ConformanceCase<LLMSubject>;

/** The two methods that give one reply; a rule that holds for both is tried on both. */
export const METHODS = {
  chat: (llm: LLM, input: ChatInput = 'Hi', options: ChatOptions = {}): Promise<ChatResponse> =>
    llm.chat(input, options),
  streamChat: (llm: LLM, input: ChatInput = 'Hi', options: ChatOptions = {}): Promise<ChatResponse> =>
    llm.streamChat(input, options).final(),
} as const;

export type Method = keyof typeof METHODS;

/** The methods that the implementation declares. */
export function methodsOf({ declares }: LLMSubject): readonly Method[] {
  return declares.streaming === true ? ['chat', 'streamChat'] : ['chat'];
}

/** An implementation before a server of its own. */
export async function connect(
  context: LLMCaseContext,
  handler: WireHandler,
  name = 'conformance',
  bounds: Pick<CallSettings, 'maxReplyBytes' | 'maxLineBytes'> = {},
  { headers, url = (plain) => plain }: Access = {},
): Promise<{ wire: Wire; llm: LLM }> {
  const wire = await context.wire(handler);
  const settings = defined({ retry: { baseDelayMs: 20 }, name, headers, ...bounds });
  return { wire, llm: context.subject.create({ url: url(wire.url), settings }) };
}

export interface RespondOptions extends CommonRespondOptions {
  readonly shape?: StreamShape | undefined;
  readonly framing?: Framing | undefined;
}

/** Answers a request as its dialect does: whole, or as a stream where it asks for one. */
export function respondWith(
  dialect: LLMDialect,
  answer: WireAnswer,
  options: RespondOptions = {},
): WireHandler {
  return (request, reply) => respond(dialect, answer, request, reply, options);
}

export function respond(
  dialect: LLMDialect,
  answer: WireAnswer,
  request: WireRequest,
  reply: WireReply,
  { shape, framing, delivery = {}, split = (bytes) => [bytes], edit = (data) => data }: RespondOptions = {},
): Promise<void> {
  const frames = dialect.streams(request)
    ? dialect.frames(answer, shape).map((frame) => edited(frame, edit))
    : undefined;
  const bytes =
    frames === undefined
      ? Buffer.from(JSON.stringify(edit(dialect.body(answer))), 'utf8')
      : framed(frames, framing);
  const headers = { ...typeOf(frames), ...delivery.headers };
  return deliver(reply, split(bytes), { ...delivery, headers });
}

/** Only these frames, and then the end that is asked for. */
export function respondFrames(
  reply: WireReply,
  frames: readonly Frame[],
  delivery: Delivery = {},
): Promise<void> {
  return deliver(reply, [framed(frames)], {
    ...delivery,
    headers: { ...typeOf(frames), ...delivery.headers },
  });
}

/** The headers of a stream of these frames, or of a whole reply. */
export function typeOf(frames: readonly Frame[] | undefined): Record<string, string> {
  if (frames === undefined) return { 'content-type': 'application/json' };
  const own = frames[0]?.format?.contentType;
  if (own !== undefined) return { 'content-type': own };
  const isLines = frames[0]?.line === true;
  return { 'content-type': isLines ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8' };
}

function edited(frame: Frame, edit: NonNullable<RespondOptions['edit']>): Frame {
  let data: unknown;
  try {
    data = JSON.parse(frame.data);
  } catch {
    return frame;
  }
  return isObject(data) ? { ...frame, data: JSON.stringify(edit(data)) } : frame;
}

/** Checks a response against the answer that was told: content, text, calls, finish, counts. */
export function checkResponse(
  { check, subject }: LLMCaseContext,
  response: ChatResponse,
  answer: WireAnswer,
): void {
  const { dialect } = subject;
  check.equal(response.text, expectedText(answer), 'the text');
  check.equal(response.toolCalls.map(plainCall), expectedCalls(answer), 'the tool calls');
  check.equal(
    response.finishReason,
    { unified: answer.finish, raw: dialect.finishWord(answer.finish) },
    'finishReason',
  );
  const { raw: _raw, ...counts } = response.usage;
  check.equal(counts, expectedUsage(answer, dialect), 'the usage');
  check.equal(response.message.role, 'assistant', "the message's role");
  if (dialect.without['reply-id'] === undefined) check.equal(response.id, answer.id, 'the id');
  if (dialect.without['model'] === undefined)
    check.equal(response.model, answer.model, 'the model that answered');
}

export function expectedText({ parts }: WireAnswer): string {
  return parts.flatMap((part) => (part.type === 'text' ? [textOf(part)] : [])).join('');
}

function plainCall({ id, name, arguments: args }: ChatResponse['toolCalls'][number]): object {
  return { id, name, arguments: args };
}

function expectedCalls({ parts }: WireAnswer): object[] {
  return parts.flatMap((part) => {
    if (part.type !== 'tool-call') return [];
    const text = part.pieces?.join('').trim() ?? '';
    const args: unknown = text === '' ? {} : JSON.parse(text);
    return [{ id: part.id, name: part.name, arguments: args ?? {} }];
  });
}

/** L-01, less what the wire cannot say. */
export function expectedUsage({ usage }: WireAnswer, { without }: LLMDialect): Usage {
  if (usage === undefined) return {};
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  return defined({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cachedInputTokens: without['cache-read'] === undefined ? cachedInputTokens : undefined,
    cacheWriteTokens: without['cache-write'] === undefined ? cacheWriteTokens : undefined,
    reasoningTokens: without['reasoning-tokens'] === undefined ? reasoningTokens : undefined,
  });
}

/** L-04: what differs between a stream and a whole reply is the provider's own object. */
export function comparable(response: ChatResponse): object {
  const { usage, providerMetadata: _metadata, message, ...rest } = response;
  const { raw: _raw, ...counts } = usage;
  return { ...rest, usage: counts, message };
}

/** What had arrived before an error. */
export function partialText(error: { readonly partial?: unknown }): unknown {
  return isObject(error.partial) ? error.partial['text'] : undefined;
}

/** Runs a case once for each method that the implementation declares. */
export async function forEachMethod(
  context: LLMCaseContext,
  run: (method: Method) => Promise<void>,
): Promise<void> {
  await Promise.all(methodsOf(context.subject).map(run));
}

/** What language models have in common with the other contracts is tried by these calls. */
export const llmProbe: Probe<LLMSubject> = {
  requires: [],
  methods: methodsOf,
  dialect: ({ dialect }) => dialect,
  async connect(context, handler, access) {
    const { wire, llm } = await connect(context, handler, undefined, undefined, access);
    return { wire, model: llm, call: (method, options) => METHODS[method as Method](llm, 'Hi', options) };
  },
  respondWith: ({ dialect }, options) => respondWith(dialect, TEXT, options),
  streams: ({ dialect }, request) => dialect.streams(request),
  checkReply: (context, reply) => checkResponse(context, reply as ChatResponse, TEXT),
};
