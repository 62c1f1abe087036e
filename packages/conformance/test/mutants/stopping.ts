import { inSpan, isMortiseError, type Attempt } from '@mortise/core';
import type { ChatInput, ChatOptions, ChatResponse, ChatStream, StreamBatch } from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { mutant, type Mutant } from './mutant.ts';

/** The stream of the call, tampered with. */
const streaming = (
  change: (stream: ChatStream, options: ChatOptions, again: () => ChatStream) => ChatStream,
) =>
  class extends ReferenceLLM {
    override streamChat(messages: ChatInput, options: ChatOptions = {}): ChatStream {
      const again = (): ChatStream => super.streamChat(messages, options);
      return change(again(), options, again);
    }
  };

const calling = (
  change: (
    chat: (options: ChatOptions) => Promise<ChatResponse>,
    options: ChatOptions,
  ) => Promise<ChatResponse>,
) =>
  class extends ReferenceLLM {
    override chat(messages: ChatInput, options: ChatOptions = {}): Promise<ChatResponse> {
      return change((own) => super.chat(messages, own), options);
    }
  };

const withOptions = (change: (options: ChatOptions) => ChatOptions) =>
  calling((chat, options) => chat(change(options)));

/** The stream's own members beside the changed ones. */
const like = (stream: ChatStream, changes: Partial<ChatStream>): ChatStream =>
  Object.create(stream, Object.getOwnPropertyDescriptors(changes)) as ChatStream;

/** A connection that nothing closes. */
const detached = class extends ReferenceLLM {
  override init(body: Raw, attempt: Attempt): RequestInit {
    return { ...super.init(body, attempt), signal: null };
  }
  override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
    const source = super.events(response, attempt)[Symbol.asyncIterator]();
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  }
};

/** What is wrong with how calls are stopped and timed. */
export const stopping: readonly Mutant[] = [
  mutant(
    'sends before it looks at the signal',
    'abort.before',
    class extends ReferenceLLM {
      override async chat(messages: ChatInput, options: ChatOptions = {}): Promise<ChatResponse> {
        const response = await super.chat(messages, { ...options, signal: undefined });
        options.signal?.throwIfAborted();
        return response;
      }
    },
  ),
  mutant(
    'swallows abort',
    'abort.waiting',
    class extends ReferenceLLM {
      override init(body: Raw, attempt: Attempt): RequestInit {
        return { ...super.init(body, attempt), signal: null };
      }
    },
  ),
  mutant(
    'lets go of the signal once the headers are there',
    'abort.in-body',
    class extends ReferenceLLM {
      override async send(body: Raw, attempt: Attempt): Promise<Response> {
        const controller = new AbortController();
        const abort = (): void => controller.abort(attempt.signal.reason);
        attempt.signal.addEventListener('abort', abort);
        const response = await super.send(body, { ...attempt, signal: controller.signal });
        attempt.signal.removeEventListener('abort', abort);
        return response;
      }
    },
  ),
  mutant(
    'puts an error of its own in place of the reason',
    'abort.in-stream',
    streaming((stream) =>
      like(stream, {
        async *[Symbol.asyncIterator]() {
          try {
            yield* stream;
          } catch (error) {
            throw isMortiseError(error)
              ? error
              : new DOMException('This operation was aborted', 'AbortError');
          }
        },
      }),
    ),
  ),
  mutant(
    'sleeps through an abort',
    'abort.retry',
    withOptions(({ signal: _signal, ...options }) => options),
  ),
  mutant(
    'leaves a listener on the signal',
    'abort.listeners',
    withOptions((options) => {
      options.signal?.addEventListener('abort', () => undefined);
      return options;
    }),
  ),
  mutant(
    'sends before anybody reads',
    'stream.lazy',
    streaming((stream) => {
      stream.final().catch(() => undefined);
      return stream;
    }),
  ),
  mutant(
    'calls the provider for every reader',
    'stream.single-use',
    streaming((stream, _options, again) =>
      like(stream, {
        [Symbol.asyncIterator]: () => again()[Symbol.asyncIterator](),
        final: () => again().final(),
      }),
    ),
  ),
  mutant(
    'goes on after its ReadableStream was cancelled',
    'stream.readable',
    streaming((stream) =>
      like(stream, {
        toReadableStream: () => {
          const iterator = stream[Symbol.asyncIterator]();
          return new ReadableStream({
            async pull(controller) {
              const next = await iterator.next();
              if (next.done === true) controller.close();
              else controller.enqueue(next.value);
            },
          });
        },
      }),
    ),
  ),
  mutant('leaks a socket', 'leave.break', detached),
  mutant('leaks sockets', 'leave.sockets', detached),
  mutant(
    'hangs when it is left while it waits',
    'leave.pending',
    streaming((stream) =>
      like(stream, {
        async *[Symbol.asyncIterator]() {
          for await (const event of { [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() })
            yield event;
        },
      }),
    ),
  ),
  mutant(
    'waits for the headers before it can be left',
    'leave.opening',
    streaming((stream) => {
      const iterator = stream[Symbol.asyncIterator]();
      return like(stream, {
        final: () => iterator.next().then(() => stream.final()),
        cancel: async () => void (await iterator.next(), await iterator.return?.()),
      });
    }),
  ),
  mutant(
    'gives half a reply as a whole one after an early leave',
    'leave.final',
    streaming((stream) =>
      like(stream, {
        final: () =>
          stream.final().catch((error: Error & { partial?: unknown }) => error.partial as ChatResponse),
        [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
      }),
    ),
  ),
  mutant(
    'keeps the connection of a call that took too long',
    'time.slow-headers',
    class extends ReferenceLLM {
      override init(body: Raw, attempt: Attempt): RequestInit {
        return { ...super.init(body, attempt), signal: null };
      }
    },
  ),
  mutant(
    'bounds no body',
    'time.stalled-body',
    withOptions(({ timeoutMs: _timeout, deadlineMs: _deadline, ...options }) => options),
  ),
  mutant(
    'takes its own clock for a sign of life',
    'time.stalled-stream',
    class extends ReferenceLLM {
      override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
        const timer = setInterval(() => attempt.touch(), 20);
        try {
          yield* super.events(response, attempt);
        } finally {
          clearInterval(timer);
        }
      }
    },
  ),
  mutant(
    'bounds the length of a stream',
    'time.long-stream',
    streaming((stream, { timeoutMs }) => {
      const timer = setTimeout(() => void stream.cancel(), timeoutMs);
      return like(stream, { final: () => stream.final().finally(() => clearTimeout(timer)) });
    }),
  ),
  mutant(
    'has a short clock of its own',
    'time.slow-but-in-time',
    class extends ReferenceLLM {
      override init(body: Raw, attempt: Attempt): RequestInit {
        return {
          ...super.init(body, attempt),
          signal: AbortSignal.any([attempt.signal, AbortSignal.timeout(100)]),
        };
      }
    },
  ),
  mutant(
    'opens a span that it never ends',
    'spans.once',
    calling((chat, options) => {
      void inSpan('llm.chat', { parent: options.parent }, () => new Promise(() => undefined));
      return chat(options);
    }),
  ),
];
