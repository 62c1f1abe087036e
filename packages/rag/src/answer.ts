import { MortiseError, type CallOptions, type Usage, type Warning } from '@mortise/core';
import { sumUsage } from '@mortise/toolkit';
import { throughDoor } from '@mortise/core/call';
import { inSpan, type Attributes } from '@mortise/core/events';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { QueryInput } from '@mortise/core/retriever';
import { checkOptions } from '@mortise/core/shared';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
} from '@mortise/core/synthesizer';
import { abortable } from './abort.ts';
import { clock, type Clock } from './clock.ts';

/** One answer, given whole or as a stream. */
export interface AnswerSpec {
  readonly name: string;
  readonly attributes?: (() => Attributes) | undefined;
  readonly content: () => Attributes;
  /** The caller's. */
  readonly options: CallOptions;
  /** Called once. The last event is `finish`; of a whole answer it is all that counts. */
  events(call: AnswerCall): AsyncIterable<ResponseStreamEvent>;
}

/** What the steps of an answer are called with. */
export interface AnswerCall {
  readonly signal: AbortSignal | undefined;
  readonly parent: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly remainingMs: Clock;
  /** Somebody reads along. */
  readonly streamed: boolean;
}

/** The answer, whole. An abort settles it at once, whatever its steps make of it. */
export function wholeAnswer(spec: AnswerSpec): Promise<QueryResponse> {
  const { name, attributes, content } = spec;
  return throughDoor(spec.options, {}, ({ signal, parent, timeoutMs, deadlineMs }) =>
    inSpan(
      name,
      { attributes: attributes?.(), parent, content },
      (span) => {
        const call = {
          signal,
          timeoutMs,
          parent: span.id ?? parent,
          remainingMs: clock(deadlineMs),
          streamed: false,
        };
        return abortable(signal, () => responseOf(spec.events(call)));
      },
      ({ outcome, text, sources, citations, usage: { raw: _raw, ...usage } = {} }) => ({
        attributes: { outcome, usage, sources: sources.length, citations: citations.length },
        content: () => ({ text, sources, citations }),
      }),
    ),
  );
}

/** The answer as a stream. Nothing is done before it is read. */
export function streamedAnswer(spec: AnswerSpec): ResponseStream {
  const { name, attributes, content } = spec;
  const { signal, parent, timeoutMs, deadlineMs } = checkOptions(spec.options);
  return createResponseStream({
    name,
    attributes: attributes?.(),
    content,
    signal,
    parent,
    events: (call) =>
      spec.events({
        signal: call.signal,
        parent: call.parent,
        timeoutMs,
        remainingMs: clock(deadlineMs),
        streamed: true,
      }),
  });
}

/** The options of one more step. */
export function stepOptions({ signal, parent, timeoutMs, remainingMs }: AnswerCall): CallOptions {
  return { signal, parent, timeoutMs, deadlineMs: remainingMs() };
}

async function responseOf(events: AsyncIterable<ResponseStreamEvent>): Promise<QueryResponse> {
  for await (const event of events) {
    if (event.type === 'finish') return (event as { response: QueryResponse }).response;
  }
  throw new MortiseError('stream-truncated', 'The answer ended without its last event, so it may be cut.');
}

/** An engine's answer as events, streamed only when somebody reads along. */
export async function* engineEvents(
  engine: QueryEngine,
  input: QueryInput,
  options: QueryOptions,
  call: AnswerCall,
): AsyncGenerator<ResponseStreamEvent> {
  const asked = { ...options, ...stepOptions(call) };
  if (call.streamed) yield* engine.streamQuery(input, asked);
  else yield { type: 'finish', response: await engine.query(input, asked) };
}

/** Events of an answer that had steps before it: their warnings come after the sources, their cost at the end. */
export async function* withSteps(
  events: AsyncIterable<ResponseStreamEvent>,
  { warnings = [], usages = [], metadata = {} }: Steps,
): AsyncGenerator<ResponseStreamEvent> {
  for await (const event of events) {
    if (event.type !== 'finish') {
      yield event;
      if (event.type === 'sources') for (const warning of warnings) yield { type: 'warning', warning };
      continue;
    }
    const { response } = event as { response: QueryResponse };
    yield { type: 'finish', response: afterSteps(response, { warnings, usages, metadata }) };
  }
}

/** An answer with what the steps before it were told and cost. */
export function afterSteps(
  response: QueryResponse,
  { warnings = [], usages = [], metadata = {} }: Steps,
): QueryResponse {
  const usage = totalUsage([...usages, ...(response.usage === undefined ? [] : [response.usage])]);
  return {
    ...response,
    ...(usage === undefined ? {} : { usage }),
    warnings: [...warnings, ...response.warnings],
    metadata: { ...response.metadata, ...metadata },
  };
}

/** What was done before an answer was written. */
export interface Steps {
  readonly warnings?: readonly Warning[] | undefined;
  readonly usages?: readonly Usage[] | undefined;
  readonly metadata?: QueryResponse['metadata'] | undefined;
}

/** Of all calls together; of a single one everything that its provider said. */
export function totalUsage(usages: readonly Usage[]): Usage | undefined {
  return usages.length < 2 ? usages[0] : sumUsage(usages);
}
