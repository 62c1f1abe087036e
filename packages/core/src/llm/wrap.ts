import type {
  ChatOptions,
  ChatResponse,
  ChatStream,
  CompletionResponse,
  CompletionStream,
  LLM,
  ProviderOptions,
  Usage,
} from './contract.ts';
import type { ChatInput } from './message.ts';
import { deferChatStream, deferCompletionStream, type Scope } from './deferred-stream.ts';

/**
 * `llm` with some members replaced and every other one carried through unchanged, those that core does not know
 * included. Members run on the original, so private fields work.
 */
export function wrapLLM<L extends LLM>(llm: L, overrides: Partial<LLM>): L {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(llm, {
    get(target, key) {
      if (Object.hasOwn(overrides, key)) return overrides[key as keyof LLM];
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!bound.has(key)) bound.set(key, (value as (...args: unknown[]) => unknown).bind(target));
      return bound.get(key);
    },
    has: (target, key) => key in overrides || key in target,
  });
}

/** How a call went. `usage` is absent when the provider told none, or the call failed. */
export interface Outcome {
  readonly usage?: Usage | undefined;
  readonly error?: unknown;
  /** UTF-16 units of text that had arrived when a stream failed or was left. */
  readonly partialLength?: number | undefined;
}

/** A call about to be made. */
export interface CallInfo {
  readonly input: ChatInput;
  readonly options: ChatOptions;
  /** Aborted when the caller aborts or leaves the stream while `enter` still waits. */
  readonly signal: AbortSignal | undefined;
}

/**
 * `llm` with something done around each call: `enter` may wait or refuse; what it gives is called exactly once with
 * how the call went. Streams enter at their first read.
 */
export function aroundLLM<L extends LLM>(
  llm: L,
  enter: (call: CallInfo) => Promise<(outcome: Outcome) => void>,
): L {
  async function whole<R extends { usage: Usage }>(
    input: ChatInput,
    options: ChatOptions,
    call: () => Promise<R>,
  ): Promise<R> {
    const exit = await enter({ input, options, signal: options.signal });
    try {
      const response = await call();
      exit({ usage: response.usage });
      return response;
    } catch (error) {
      exit({ error });
      throw error;
    }
  }

  function opening<S>(input: ChatInput, options: ChatOptions, open: () => S) {
    return async (scope: Scope): Promise<S> => {
      const link = scope.link(options.signal);
      try {
        scope.onEnd(await enter({ input, options, signal: link.signal }));
      } finally {
        link.unlink();
      }
      return open();
    };
  }

  return wrapLLM(llm, {
    chat: (input: ChatInput, options: ChatOptions = {}): Promise<ChatResponse> => {
      return whole(input, options, () => llm.chat(input, options));
    },
    complete: (prompt: string, options: ChatOptions = {}): Promise<CompletionResponse> => {
      return whole(prompt, options, () => llm.complete(prompt, options));
    },
    streamChat: (input: ChatInput, options: ChatOptions = {}): ChatStream => {
      return deferChatStream(opening(input, options, () => llm.streamChat(input, options)));
    },
    streamComplete: (prompt: string, options: ChatOptions = {}): CompletionStream => {
      return deferCompletionStream(opening(prompt, options, () => llm.streamComplete(prompt, options)));
    },
  } satisfies Partial<LLM<ProviderOptions>>);
}
