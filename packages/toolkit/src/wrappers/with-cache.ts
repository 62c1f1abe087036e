import { throwIfAborted } from '@mortise/core/call';
import { checkOptions, finiteNumber } from '@mortise/core/shared';
import { requireKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import {
  createCompletionStream,
  type ChatOptions,
  type ChatResponse,
  type CompletionResponse,
  type LLM,
  snapshot,
  type ChatInput,
  toChatResponse,
  toCompletionResponse,
} from '@mortise/core/llm';
import { deferChatStream, deferCompletionStream, type Scope } from './deferred-stream.ts';
import { replayedStream } from './replay.ts';
import { ReplyCache, type CallKind, type Entry, type KeptReply, type Lead } from './reply-cache.ts';
import { wrapCalls } from './wrap.ts';

export interface WithCacheOptions {
  /** Milliseconds that a reply is kept. Default: as long as the store keeps it. */
  ttlMs?: number | undefined;
  /**
   * Part of the key. Name it where two models share provider and name and answer differently, such as two servers
   * behind one integration's `baseURL`. Default: `''`.
   */
  scope?: string | undefined;
}

/**
 * `llm` with its finished replies kept in `store`: the same question, options included, is asked once. A stream is
 * answered from what `chat` left and the other way round, with one delta for each text. Equal calls under way at once
 * make one request, those of other processes included where the store has a `lock`. A store that fails costs a `warning` event, never the call, and one that does
 * not answer within 10 s is left alone for a minute; failures and cut streams are not kept.
 *
 * `usage` of a kept reply is what it cost when it was made: put budgets and limits inside,
 * `withCache(withBudget(llm, ...), store)`.
 */
export function withCache<L extends LLM>(llm: L, store: KeyValueStore, options: WithCacheOptions = {}): L {
  const { scope = '', ttlMs } = checkOptions(options, 'configuration');
  if (ttlMs !== undefined) finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true });
  const cache = new ReplyCache(llm, requireKeyValueStore(store, 'store'), { scope, ttlMs });

  async function whole<R>(
    kind: CallKind,
    input: ChatInput,
    options: ChatOptions,
    call: () => Promise<R>,
    toReply: (response: R) => KeptReply,
    toResponse: (reply: KeptReply) => R,
  ): Promise<R> {
    throwIfAborted(options.signal);
    const { reply, lead } = await cache.enter(kind, input, options, options.signal);
    if (reply !== undefined) return toResponse(reply);
    try {
      const response = await call();
      await lead.keep(toReply(response));
      return response;
    } finally {
      lead.leave();
    }
  }

  /** Enters at the stream's first read, and leaves with it. */
  async function enter(kind: CallKind, input: ChatInput, options: ChatOptions, scope: Scope): Promise<Entry> {
    const entry = await cache.enter(kind, input, options, scope.signal);
    scope.onEnd(() => entry.lead?.leave());
    return entry;
  }

  // Who answered when the reply was new: behind a fallback not always the one that is asked first.
  const askedOf = ({ provider = llm.provider, server }: KeptReply) => ({
    provider,
    ...(server === undefined ? {} : { server }),
    model: llm.model,
  });
  const responseOf = (reply: KeptReply): ChatResponse => toChatResponse(reply, askedOf(reply), []);
  return wrapCalls(llm, {
    chat: async (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return whole('chat', asked, options, () => llm.chat(asked, options), replyOfChat, responseOf);
    },
    complete: (prompt: string, options: ChatOptions = {}) => {
      const call = () => llm.complete(prompt, options);
      const toResponse = (reply: KeptReply) => toCompletionResponse(responseOf(reply));
      return whole('complete', prompt, options, call, replyOfCompletion, toResponse);
    },
    streamChat: (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return deferChatStream(options.signal, async (scope) => {
        const { reply, lead } = await enter('chat', asked, options, scope);
        if (reply !== undefined) return replayedStream(reply, askedOf(reply));
        // Awaited: the stream of a model without a base may be a promise, whose rejection is then heard.
        return kept(await Promise.resolve(llm.streamChat(asked, options)), lead, replyOfChat);
      });
    },
    streamComplete: (prompt: string, options: ChatOptions = {}) =>
      deferCompletionStream(options.signal, async (scope) => {
        const { reply, lead } = await enter('complete', prompt, options, scope);
        if (reply !== undefined) return createCompletionStream(replayedStream(reply, askedOf(reply)));
        return kept(await Promise.resolve(llm.streamComplete(prompt, options)), lead, replyOfCompletion);
      }),
  });
}

function replyOfChat({
  message,
  text: _text,
  toolCalls: _calls,
  citations: _citations,
  ...rest
}: ChatResponse) {
  return { content: message.content, ...rest };
}

function replyOfCompletion({ text, ...rest }: CompletionResponse): KeptReply {
  return { content: [{ type: 'text', text }], ...rest };
}

/** `stream`, whose reply is kept when it is complete: by then its reader has not heard of the end. */
function kept<T, R, S extends AsyncIterable<T> & { final(): Promise<R> }>(
  stream: S,
  lead: Lead,
  toReply: (response: R) => KeptReply,
): S {
  let keeping: Promise<R> | undefined;
  const final = (): Promise<R> => {
    return (keeping ??= stream.final().then(async (response) => {
      await lead.keep(toReply(response));
      return response;
    }));
  };
  let followed = false;
  let claimed = false;
  /** `final()` reads on beside the reader, for whom the events stay; before there is one it would take the stream. */
  const drive = (): void => {
    if (followed && claimed) final().catch(() => undefined);
  };
  lead.onFollowed(() => {
    followed = true;
    drive();
  });
  const reader = (): AsyncIterator<T> => {
    const iterator = stream[Symbol.asyncIterator]();
    claimed = true;
    drive();
    return iterator;
  };
  const overrides: { readonly [member: PropertyKey]: unknown } = { [Symbol.asyncIterator]: reader, final };
  return new Proxy(stream, {
    get: (target, key) => {
      if (Object.hasOwn(overrides, key)) return overrides[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
