import { emitPoint } from '@mortise/core/events';
import { throwIfAborted } from '@mortise/core/call';
import { checkOptions, reading, requireMembers } from '@mortise/core/shared';
import { isMortiseError, MortiseError, toMortiseError } from '@mortise/core';
import {
  type ChatOptions,
  type ChatStreamEvent,
  type LLM,
  snapshot,
  type ChatInput,
} from '@mortise/core/llm';
import { deferChatStream, deferCompletionStream, type Scope } from './deferred-stream.ts';
import { deadlineClock, wrapCalls } from './wrap.ts';

export interface WithFallbackOptions {
  /** Whether this failure of `llm` moves on to the next one. Default: {@link movesOn}. */
  when?: ((error: unknown, llm: LLM) => boolean) | undefined;
}

const MOVES_ON: ReadonlySet<string> = new Set([
  'rate-limit',
  'quota',
  'overloaded',
  'server',
  'connection',
  'timeout',
  'not-found',
  'context-length',
  'malformed-response',
  'stream-truncated',
]);

/**
 * The default of `when`: failures of the provider, which another may not have. Failures of the caller's own making
 * (`invalid-request`, `unsupported`, `authentication`, `configuration`, ...) are not hidden behind another model, and
 * neither is an abort.
 */
function movesOn(error: unknown): boolean {
  return isMortiseError(error) && MOVES_ON.has(error.code);
}

/**
 * The first model, and the next one when it fails, while `deadlineMs`, which bounds them together, lasts. Its members (`provider`, `model`, `metadata`, ...) are the first
 * one's. A stream moves on only while nothing of it was handed out. The last failure is what the caller gets, with
 * the earlier ones as its cause. Each switch is a `fallback` event.
 */
export function withFallback<L extends LLM>(
  first: L,
  others: readonly LLM[],
  settings: WithFallbackOptions = {},
): L {
  const { when = movesOn } = checkOptions(settings, 'configuration');
  const chain = reading('The list of other models', () => [first, ...others], 'configuration');
  if (chain.length === 1)
    throw new MortiseError('configuration', 'withFallback needs at least one other model.');
  for (const llm of chain)
    requireMembers<LLM>(llm, ['chat', 'complete', 'streamChat', 'streamComplete'], 'llm', 'LLM');

  /** Tries one after another; `attempt` must not have handed out anything when it rejects. */
  async function tryAll<T>(
    options: ChatOptions,
    attempt: (llm: LLM, options: ChatOptions) => Promise<T>,
    signal = options.signal,
  ): Promise<T> {
    const failures: unknown[] = [];
    const remaining = deadlineClock(options);
    for (const [at, llm] of chain.entries()) {
      try {
        return await attempt(llm, remaining());
      } catch (error) {
        throwIfAborted(signal);
        const next = chain[at + 1];
        const isOver = remaining().deadlineMs === 1;
        if (next === undefined || isOver || !when(error, llm)) throw withEarlier(error, failures, llm);
        failures.push(error);
        const code = isMortiseError(error) ? error.code : 'internal';
        emitPoint('fallback', { from: llm.model, to: next.model, provider: next.provider, code });
      }
    }
    throw new MortiseError('internal', 'withFallback ran out of models.');
  }

  return wrapCalls(first, {
    chat: async (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return tryAll(options, (llm, remaining) => llm.chat(asked, remaining));
    },
    complete: (prompt: string, options: ChatOptions = {}) =>
      tryAll(options, (llm, remaining) => llm.complete(prompt, remaining)),
    streamChat: (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return deferChatStream(options.signal, (scope) => {
        // Awaited: the stream of a model without a base may be a promise, whose rejection is then heard.
        const attempt = async (llm: LLM, remaining: ChatOptions) =>
          begun(await Promise.resolve(llm.streamChat(asked, remaining)), isContent, scope, options.signal);
        return tryAll(options, attempt, scope.signal);
      });
    },
    streamComplete: (prompt: string, options: ChatOptions = {}) => {
      return deferCompletionStream(options.signal, (scope) => {
        const attempt = async (llm: LLM, remaining: ChatOptions) =>
          begun(
            await Promise.resolve(llm.streamComplete(prompt, remaining)),
            () => true,
            scope,
            options.signal,
          );
        return tryAll(options, attempt, scope.signal);
      });
    },
  });
}

function isContent({ type }: ChatStreamEvent): boolean {
  return type !== 'start' && type !== 'usage' && type !== 'warning';
}

/** `stream` once its first content has arrived; what was read for that is read again by its reader. */
async function begun<T, S extends AsyncIterable<T> & { cancel(): Promise<void> }>(
  stream: S,
  isFirst: (item: T) => boolean,
  scope: Scope,
  caller: AbortSignal | undefined,
): Promise<S> {
  // Left; what the caller aborts knows it by its own signal, and rejects with its reason.
  scope.onEnd(() => {
    if (scope.signal.aborted && caller?.aborted !== true) void stream.cancel();
  });
  const iterator = stream[Symbol.asyncIterator]();
  const head: T[] = [];
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    head.push(next.value);
    if (isFirst(next.value)) break;
  }
  let at = 0;
  const replayed: AsyncIterator<T> = {
    // An abort does not wait behind what has arrived.
    next: () =>
      at < head.length && caller?.aborted !== true
        ? Promise.resolve({ done: false, value: head[at++] as T })
        : iterator.next(),
    return: async (value) => (await iterator.return?.(value)) ?? { done: true, value: undefined },
  };
  return new Proxy(stream, {
    get: (target, key) => {
      if (key === Symbol.asyncIterator) return () => replayed;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** The caller's own abort reason passes untouched. */
function withEarlier(error: unknown, failures: readonly unknown[], llm: LLM): unknown {
  if (failures.length === 0 || !isMortiseError(error)) return error;
  const { code, retryable, status, requestId, retryAfterMs, partial } = toMortiseError(error);
  const message = `${error.message} (${failures.length} earlier ${failures.length === 1 ? 'model' : 'models'} failed too; see the cause.)`;
  const cause = new AggregateError([...failures, error], 'Every model of the fallback failed.');
  const about = { provider: error.provider ?? llm.provider, model: error.model ?? llm.model };
  return new MortiseError(code as 'server', message, {
    ...about,
    retryable,
    status,
    requestId,
    retryAfterMs,
    partial,
    cause,
  });
}
