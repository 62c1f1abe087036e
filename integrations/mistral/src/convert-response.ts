import type { JsonObject } from '@mortise/core';
import type { ChatReply, ChatStreamEvent, ContentBlock, FinishReason, Usage } from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, throwFailure } from '@mortise/core/wire';
import { Calls } from './convert-calls.ts';
import { Content } from './convert-content.ts';
import { countOf, objectOf, objectsOf, stringOf, type ReplyAbout, type Wire } from './convert.ts';

/** What is read of a message, or of its deltas: the places of its blocks are in the order in which they begin. */
export class MessageReader {
  readonly #content: Content;
  readonly #calls: Calls;
  #places = 0;

  constructor(about: ReplyAbout) {
    const nextIndex = (): number => this.#places++;
    this.#content = new Content(about, nextIndex);
    this.#calls = new Calls(about, nextIndex);
  }

  get called(): boolean {
    return this.#calls.called;
  }

  push(message: Wire, out: ChatStreamEvent[]): void {
    // Results of Mistral's own tools, which it has read already.
    if (message['role'] === 'tool') return;
    this.#content.push(message['content'], out);
    this.#calls.push(message['tool_calls'], out);
  }

  finish(out: ChatStreamEvent[]): (readonly [index: number, block: ContentBlock])[] {
    return [...this.#content.finish(out), ...this.#calls.finish()].toSorted(([one], [other]) => one - other);
  }
}

/** A whole reply: https://docs.mistral.ai/api/endpoint/chat. Of several choices the first counts. */
export function fromResponse(body: Wire, about: ReplyAbout): ChatReply {
  const choice = firstOf(body['choices']);
  throwFailure(body, about, choice === undefined);
  const { message, messages, finish_reason: reason } = choice ?? {};
  const said = isObject(message) ? [message] : objectsOf(messages);
  if (said.length === 0) throw malformed('JSON without a message', about);
  const reader = new MessageReader(about);
  for (const each of said) reader.push(each, []);
  return {
    content: reader.finish([]).map(([, block]) => block),
    finishReason: finishOf(reason, reader.called),
    usage: isObject(body['usage']) ? fromUsage(body['usage']) : undefined,
    ...startOf(body),
  };
}

export function firstOf(choices: unknown): Wire | undefined {
  return objectsOf(choices).find(({ index }) => index === 0 || index === undefined);
}

/** Who answered, and when. */
export function startOf({ id, model, created }: Wire): { id?: string; model?: string; createdAt?: string } {
  const createdAt = countOf(created) === undefined ? undefined : isoTime(created as number);
  return defined({ id: stringOf(id), model: stringOf(model), createdAt });
}

function isoTime(seconds: number): string | undefined {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

const ENDS: ReadonlyMap<string, FinishReason['unified']> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  // The context is full, where `length` is what was asked for.
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  // Azure's, which serves Mistral's models.
  ['content_filter', 'content-filter'],
]);

export function finishOf(reason: unknown, called: boolean): FinishReason {
  const raw = typeof reason === 'string' ? reason : '';
  const unified = ENDS.get(raw) ?? 'other';
  return { unified: unified === 'stop' && called ? 'tool-calls' : unified, raw };
}

/** L-01: the counts of the prompt and the reply include their parts. */
export function fromUsage(raw: Wire): Usage {
  const { prompt_tokens_details: prompt, completion_tokens_details: completion } = raw;
  return defined({
    inputTokens: countOf(raw['prompt_tokens']),
    outputTokens: countOf(raw['completion_tokens']),
    totalTokens: countOf(raw['total_tokens']),
    cachedInputTokens: countOf(objectOf(prompt)['cached_tokens']) ?? countOf(raw['num_cached_tokens']),
    reasoningTokens: countOf(objectOf(completion)['reasoning_tokens']),
    raw: raw as JsonObject,
  });
}
