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
import { asked, isOfModel, modelHealth, type ModelHealth, type ModelVisit } from './model-health.ts';
import type { Outcome } from './outcome.ts';
import { deadlineClock, wrapCalls } from './wrap.ts';

export interface WithFallbackOptions {
  /**
   * Whether this failure of `llm` moves on to the next one. Default: failures of the provider (`rate-limit`, `quota`, `overloaded`,
   * `server`, `connection`, `timeout`, `not-found`, `malformed-response`, `stream-truncated`), and `context-length`.
   */
  when?: ((error: unknown, llm: LLM) => boolean) | undefined;
  /**
   * Remembers models that fail, so that calls go past them for a while. Share one between wrappers; `false` asks each model
   * every time. Default: `modelHealth()`, one for each wrapper.
   */
  health?: ModelHealth | false | undefined;
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

/** A model whose turn it is, and those at rest that were gone past for it. */
interface Turn {
  readonly llm: LLM;
  readonly visit: ModelVisit;
  readonly past: readonly LLM[];
}

/**
 * The first model, and the next one when it fails, while `deadlineMs`, which bounds them together, lasts. Its members (`provider`, `model`, `metadata`, ...) are the first
 * one's. A stream moves on only while nothing of it was handed out. The last failure is what the caller gets, with
 * the earlier ones as its cause. Each switch is a `fallback` event.
 *
 * A model that failed several times in a row is gone past for a while, then one call tries it (see {@link modelHealth}). What
 * moves on counts, and a stream that is cut; not what is about the request. When no other model answered, the one whose rest ends
 * first is asked all the same.
 */
export function withFallback<L extends LLM>(
  first: L,
  others: readonly LLM[],
  settings: WithFallbackOptions = {},
): L {
  const { when = movesOn, health: given } = checkOptions(settings, 'configuration');
  const chain = reading('The list of other models', () => [first, ...others], 'configuration');
  if (chain.length === 1)
    throw new MortiseError('configuration', 'withFallback needs at least one other model.');
  for (const llm of chain)
    requireMembers<LLM>(llm, ['chat', 'complete', 'streamChat', 'streamComplete'], 'llm', 'LLM');
  const memory = given === false ? modelHealth({ failures: Infinity }) : (given ?? modelHealth());
  requireMembers<ModelHealth>(memory, ['enter', 'stateOf'], 'health', 'ModelHealth');
  const health: ModelHealth = {
    enter: (llm, evenAtRest) => asked('`enter` of health', () => memory.enter(llm, evenAtRest)),
    stateOf: (llm) => asked('`stateOf` of health', () => memory.stateOf(llm)),
  };

  /** The models that do not rest, in their order; when none of them answered, the one whose rest ends first. */
  function* turns(): Generator<Turn, undefined> {
    const resting: LLM[] = [];
    let past: LLM[] = [];
    for (const llm of chain) {
      const visit = health.enter(llm);
      if (visit === undefined) {
        resting.push(llm);
        past.push(llm);
      } else {
        yield { llm, visit, past };
        past = [];
      }
    }
    const llm = soonest(resting, health);
    if (llm === undefined) return undefined;
    const visit = health.enter(llm, true);
    if (visit !== undefined) yield { llm, visit, past: past.filter((each) => each !== llm) };
    return undefined;
  }

  /** Tries one after another; `attempt` must not have handed out anything when it rejects. */
  async function tryAll<T>(
    options: ChatOptions,
    attempt: (llm: LLM, options: ChatOptions, visit: ModelVisit) => Promise<T>,
    signal = options.signal,
  ): Promise<T> {
    const failures: unknown[] = [];
    const remaining = deadlineClock(options);
    const order = turns();
    let turn = order.next().value;
    while (turn !== undefined) {
      const { llm, visit, past } = turn;
      for (const { model } of past)
        emitPoint('fallback', { from: model, to: llm.model, provider: llm.provider, resting: true });
      try {
        return await attempt(llm, remaining(), visit);
      } catch (error) {
        const isOver = remaining().deadlineMs === 1;
        // Of a deadline that another model has used up nothing can be said.
        const isLate = isOver && failures.length > 0;
        let moves = false;
        try {
          moves = signal?.aborted !== true && when(error, llm);
        } finally {
          if (moves && isOfModel(error) && !isLate) visit.failed(error);
          else visit.left();
        }
        throwIfAborted(signal);
        const next = isOver || !moves ? undefined : order.next().value;
        const restingCount = isOver || !moves || next !== undefined ? 0 : chain.length - failures.length - 1;
        if (next === undefined) throw withEarlier(error, failures, restingCount, llm);
        failures.push(error);
        const code = isMortiseError(error) ? error.code : 'internal';
        emitPoint('fallback', { from: llm.model, to: next.llm.model, provider: next.llm.provider, code });
        turn = next;
      }
    }
    throw new MortiseError('internal', 'withFallback ran out of models.');
  }

  /** One whole reply of a model. */
  async function whole<T>(visit: ModelVisit, reply: Promise<T>): Promise<T> {
    const response = await reply;
    visit.succeeded();
    return response;
  }

  /** A stream of a model that has begun. */
  function watched<S>(stream: S, llm: LLM, visit: ModelVisit, scope: Scope): S {
    if (scope.signal.aborted) visit.left();
    else visit.began();
    scope.onEnd(({ error }: Outcome) => {
      if (error === undefined) visit.succeeded();
      else if (!scope.signal.aborted && isOfModel(error) && quietly(() => when(error, llm)))
        visit.failed(error);
      else visit.left();
    });
    return stream;
  }

  const calls = {
    chat: async (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return tryAll(options, (llm, remaining, visit) => whole(visit, llm.chat(asked, remaining)));
    },
    complete: (prompt: string, options: ChatOptions = {}) =>
      tryAll(options, (llm, remaining, visit) => whole(visit, llm.complete(prompt, remaining))),
    streamChat: (input: ChatInput, options: ChatOptions = {}) => {
      const asked = snapshot(input);
      return deferChatStream(options.signal, (scope) => {
        const attempt = async (llm: LLM, remaining: ChatOptions, visit: ModelVisit) => {
          // Awaited: the stream of a model without a base may be a promise, whose rejection is then heard.
          const stream = await Promise.resolve(llm.streamChat(asked, remaining));
          return watched(await begun(stream, isContent, scope, options.signal), llm, visit, scope);
        };
        return tryAll(options, attempt, scope.signal);
      });
    },
    streamComplete: (prompt: string, options: ChatOptions = {}) => {
      return deferCompletionStream(options.signal, (scope) => {
        const attempt = async (llm: LLM, remaining: ChatOptions, visit: ModelVisit) => {
          const stream = await Promise.resolve(llm.streamComplete(prompt, remaining));
          return watched(await begun(stream, () => true, scope, options.signal), llm, visit, scope);
        };
        return tryAll(options, attempt, scope.signal);
      });
    },
  };
  // Each model has defaults of its own: those of the first are not for the others.
  return wrapCalls(first, calls, {});
}

/** The one whose rest ends first; one that another call tries only where there is no other. */
function soonest(resting: readonly LLM[], health: ModelHealth): LLM | undefined {
  const rank = (llm: LLM): number => {
    const { state, restMs = 0 } = health.stateOf(llm);
    return state === 'trying' ? Infinity : restMs;
  };
  return resting.toSorted((a, b) => (rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b))))[0];
}

/** False where it throws: of a stream that has ended nobody would hear of that. */
function quietly(rule: () => boolean): boolean {
  try {
    return rule();
  } catch {
    return false;
  }
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

/** `error` with what came before it, and how many models were not asked. The caller's own abort reason passes untouched. */
function withEarlier(error: unknown, failures: readonly unknown[], resting: number, llm: LLM): unknown {
  if (failures.length + resting === 0 || !isMortiseError(error)) return error;
  const { code, retryable, status, requestId, retryAfterMs, partial } = toMortiseError(error);
  const said = [
    failures.length > 0 && `${count(failures.length, 'earlier model')} failed too; see the cause.`,
    resting > 0 &&
      `${count(resting, 'other model')} failed lately and ${resting === 1 ? 'was' : 'were'} not asked.`,
  ].filter((part) => part !== false);
  const cause =
    failures.length === 0
      ? error
      : new AggregateError([...failures, error], 'Every model of the fallback that was asked failed.');
  const about = { provider: error.provider ?? llm.provider, model: error.model ?? llm.model };
  return new MortiseError(code as 'server', `${error.message} (${said.join(' ')})`, {
    ...about,
    retryable,
    status,
    requestId,
    retryAfterMs,
    partial,
    cause,
  });
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
