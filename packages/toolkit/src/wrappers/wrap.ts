import { callPolicy, linkedController, raceAbort, throughDoor, throwIfAborted } from '@mortise/core/call';
import { checkOptions, reading, requireMembers } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import {
  type ChatOptions,
  type ChatResponse,
  type ChatStream,
  type CompletionResponse,
  type CompletionStream,
  type LLM,
  type ProviderOptions,
  type Usage,
  snapshot,
  type ChatInput,
} from '@mortise/core/llm';
import { type CallDefaults, DEFAULTS, defaultsOf, overDefaults, withoutTools } from '../call-defaults.ts';
import type { Outcome } from './outcome.ts';
import { deferChatStream, deferCompletionStream, type Scope } from './deferred-stream.ts';

/**
 * `llm` with some members replaced and every other one carried through unchanged, those that core does not know
 * included. Members run on the original, so private fields work.
 */
export function wrapLLM<L extends LLM>(llm: L, overrides: Partial<LLM>): L {
  return wrapModel<L, LLM>(llm, overrides);
}

type Calls = Pick<LLM<ProviderOptions>, 'chat' | 'complete' | 'streamChat' | 'streamComplete'>;

/**
 * `llm` with its four calls replaced. What they are given can be read, and what they reject with is an error of ours or the
 * caller's reason, whatever the model behind them throws. Their options are those of the call over `given`: default options, those of
 * `llm` unless there are others.
 */
export function wrapCalls<L extends LLM>(llm: L, calls: Calls, given?: CallDefaults): L {
  // Of a model, what is called: tests and decorators have models of one method.
  if (typeof llm !== 'object' || llm === null) requireMembers<LLM>(llm, ['chat'], 'llm', 'LLM');
  const about = reading('The model', () => ({ provider: llm.provider, model: llm.model }), 'configuration');
  const defaults = given ?? reading('The model', () => defaultsOf(llm), 'configuration');
  const ofCompletion = withoutTools(defaults);
  const overrides = {
    [DEFAULTS]: defaults,
    chat: (input: ChatInput, options: ChatOptions = {}) =>
      throughDoor(options, about, (checked) => calls.chat(input, overDefaults(defaults, checked))),
    complete: (prompt: string, options: ChatOptions = {}) =>
      throughDoor(options, about, (checked) => calls.complete(prompt, overDefaults(ofCompletion, checked))),
    streamChat: (input: ChatInput, options: ChatOptions = {}) =>
      calls.streamChat(input, overDefaults(defaults, checkOptions(options))),
    streamComplete: (prompt: string, options: ChatOptions = {}) =>
      calls.streamComplete(prompt, overDefaults(ofCompletion, checkOptions(options))),
  } satisfies Partial<LLM<ProviderOptions>> & { [DEFAULTS]: unknown };
  return wrapLLM(llm, overrides);
}

/** The same for every kind of model. */
export function wrapModel<M extends C, C extends object>(model: M, overrides: Partial<C>): M {
  const bound = new Map<PropertyKey, unknown>();
  // A proxy may not replace the members of a frozen target.
  const target = Object.isFrozen(model) ? (Object.create(model) as M) : model;
  return new Proxy(target, {
    get(_target, key) {
      if (Object.hasOwn(overrides, key)) return overrides[key as keyof C];
      const value: unknown = Reflect.get(model, key, model);
      if (typeof value !== 'function') return value;
      if (!bound.has(key)) bound.set(key, (value as (...args: unknown[]) => unknown).bind(model));
      return bound.get(key);
    },
    has: (_target, key) => key in overrides || key in model,
  });
}

/** A call about to be made. */
export interface CallInfo {
  readonly input: ChatInput;
  readonly options: ChatOptions;
  /** Aborted when the caller aborts, leaves the stream or runs out of time while `enter` still waits. */
  readonly signal: AbortSignal;
}

/**
 * `llm` with something done around each call: `enter` may wait or refuse; what it gives is called exactly once with
 * how the call went. Streams enter at their first read. `deadlineMs` bounds the wait too: what is left of it is the
 * call's.
 */
export function aroundLLM<L extends LLM>(
  llm: L,
  enter: (call: CallInfo) => Promise<(outcome: Outcome) => void>,
): L {
  async function whole<R extends { usage: Usage; provider?: string; model: string }>(
    input: ChatInput,
    options: ChatOptions,
    call: (options: ChatOptions) => Promise<R>,
  ): Promise<R> {
    const { exit, remaining } = await entered(enter, input, options, options.signal);
    try {
      const response = await call(remaining);
      exit({ usage: response.usage, by: response });
      return response;
    } catch (error) {
      exit({ error });
      throw error;
    }
  }

  function opening<S>(input: ChatInput, options: ChatOptions, open: (options: ChatOptions) => S) {
    return async ({ signal, onEnd }: Scope): Promise<S> => {
      const { exit, remaining } = await entered(enter, input, options, signal);
      onEnd(exit);
      return open(remaining);
    };
  }

  return wrapCalls(llm, {
    chat: async (input: ChatInput, options: ChatOptions = {}): Promise<ChatResponse> => {
      const asked = snapshot(input);
      return whole(asked, options, (remaining) => llm.chat(asked, remaining));
    },
    complete: (prompt: string, options: ChatOptions = {}): Promise<CompletionResponse> => {
      return whole(prompt, options, (remaining) => llm.complete(prompt, remaining));
    },
    streamChat: (input: ChatInput, options: ChatOptions = {}): ChatStream => {
      const asked = snapshot(input);
      const open = opening(asked, options, (remaining) => llm.streamChat(asked, remaining));
      return deferChatStream(options.signal, open);
    },
    streamComplete: (prompt: string, options: ChatOptions = {}): CompletionStream => {
      const open = opening(prompt, options, (remaining) => llm.streamComplete(prompt, remaining));
      return deferCompletionStream(options.signal, open);
    },
  });
}

/** `enter` within the signal and the deadline, also where it looks at neither; what it grants after that is given back. */
async function entered(
  enter: (call: CallInfo) => Promise<(outcome: Outcome) => void>,
  input: ChatInput,
  options: ChatOptions,
  outer: AbortSignal | undefined,
): Promise<{ readonly exit: (outcome: Outcome) => void; readonly remaining: ChatOptions }> {
  throwIfAborted(outer);
  const { deadlineMs } = callPolicy({ deadlineMs: options.deadlineMs });
  const clock = deadlineClock(options);
  const controller = linkedController(outer);
  const timer = setTimeout(() => controller.abort(waitedTooLong(deadlineMs)), deadlineMs);
  try {
    const entering = enter({ input, options, signal: controller.signal });
    const exit = await raceAbort(entering, controller.signal).catch((error: unknown) => {
      entering.then(
        (late) => late({ error }),
        () => undefined,
      );
      throw error;
    });
    return { exit, remaining: clock() };
  } finally {
    clearTimeout(timer);
    controller.unlink();
  }
}

/** `options` with what is left of their deadline when it is called; as they are, where they name none. */
export function deadlineClock(options: ChatOptions): () => ChatOptions {
  const { deadlineMs } = options;
  if (deadlineMs === undefined) return () => options;
  const began = performance.now();
  return () => ({ ...options, deadlineMs: Math.max(1, deadlineMs - (performance.now() - began)) });
}

function waitedTooLong(deadlineMs: number): MortiseError {
  const message = `The call waited for its turn until its deadline of ${deadlineMs} ms. Raise deadlineMs or lower the load.`;
  return new MortiseError('timeout', message, { retryable: false });
}
