import { MortiseError, type CallOptions, type LLM } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
} from '@mortise/core/synthesizer';
import { collect } from '../temporary.ts';

/** What a synthesizer and an engine have in common once the question is known. */
export interface Asked {
  whole(options: CallOptions): Promise<QueryResponse>;
  stream(options: CallOptions): ResponseStream;
}

/** One thing wrong with something that answers, and the case that must catch it. */
export interface AnswerFault {
  readonly fault: string;
  readonly caughtBy: string;
  mutate(asked: Asked, llm: LLM): Asked;
}

type Events = AsyncIterable<ResponseStreamEvent>;

/** The response is another, both ways. */
export function changing(
  fault: string,
  caughtBy: string,
  change: (response: QueryResponse) => QueryResponse,
): AnswerFault {
  return {
    fault,
    caughtBy,
    mutate: ({ whole, stream }) => ({
      whole: async (options) => change(await whole(options)),
      stream: (options) => restreamed(options, stream(options), (events) => finishing(events, change)),
    }),
  };
}

/** The stream alone is another. */
export function streaming(
  fault: string,
  caughtBy: string,
  stream: (asked: Asked, options: CallOptions, llm: LLM) => ResponseStream,
): AnswerFault {
  return {
    fault,
    caughtBy,
    mutate: (asked, llm) => ({ whole: asked.whole, stream: (options) => stream(asked, options, llm) }),
  };
}

/** Calls are made in another way, both ways. */
function calling(
  fault: string,
  caughtBy: string,
  around: <T extends QueryResponse>(
    call: (options: CallOptions) => Promise<T>,
    options: CallOptions,
    llm: LLM,
  ) => Promise<T>,
): AnswerFault {
  return {
    fault,
    caughtBy,
    mutate: ({ whole, stream }, llm) => ({
      whole: (options) => around(whole, options, llm),
      stream: (options) =>
        createResponseStream({
          name: 'mutant',
          async *events() {
            const response = await around((own) => stream(own).final(), options, llm);
            yield { type: 'sources', sources: response.sources };
            yield { type: 'text-delta', delta: response.text };
            yield { type: 'finish', response };
          },
        }),
    }),
  };
}

export const answerFaults: readonly AnswerFault[] = [
  calling('asks a model about nothing', 'answer.none', async (call, options, llm) => {
    const response = await call(options);
    if (response.sources.length === 0) await llm.chat('Make something up.');
    return response;
  }),
  changing('turns its sources round', 'answer.sources', (response) => ({
    ...response,
    sources: response.sources.toReversed(),
  })),
  calling('makes an answer of a failure', 'answer.failure', async (call, options) => {
    try {
      return await call(options);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      const nothing = { text: 'Empty Response', sources: [], citations: [], outcome: 'answered' };
      return { ...nothing, warnings: [], metadata: {} } as never;
    }
  }),
  streaming('forgets the usage of a stream', 'stream.final', ({ stream }, options) =>
    restreamed(options, stream(options), (events) =>
      finishing(events, ({ finishReason: _reason, citations: _citations, ...rest }) => ({
        ...rest,
        citations: [],
      })),
    ),
  ),
  streaming('tells the sources when the text is over', 'stream.events', ({ stream }, options) =>
    restreamed(options, stream(options), async function* (events) {
      let first: ResponseStreamEvent | undefined;
      for await (const event of events) {
        if (first === undefined) first = event;
        else if (event.type === 'finish') yield* [first, event];
        else yield event;
      }
    }),
  ),
  streaming('begins before it is read', 'stream.lazy', ({ stream }, options) => {
    const all = collect(stream(options));
    all.catch(() => undefined);
    return createResponseStream({
      name: 'mutant',
      async *events() {
        yield* await all;
      },
    });
  }),
  streaming('begins anew for every reader', 'stream.single', ({ stream }, options) => {
    const last = stream(options);
    return {
      [Symbol.asyncIterator]: () => stream(options)[Symbol.asyncIterator](),
      get textStream() {
        return stream(options).textStream;
      },
      get partial() {
        return last.partial;
      },
      final: () => last.final(),
      toReadableStream: () => last.toReadableStream(),
      toSSE: (given) => last.toSSE(given),
      toResponse: (given) => last.toResponse(given),
      cancel: () => last.cancel(),
    };
  }),
  streaming('reads the model to its end first', 'stream.pull', ({ stream }, options) =>
    restreamed(options, stream(options), async function* (events) {
      yield* await collect(events);
    }),
  ),
  calling('asks first and looks at the signal then', 'abort.before', async (call, { signal, ...options }) => {
    const response = await call(options);
    signal?.throwIfAborted();
    return response;
  }),
  calling('rejects with words of its own', 'abort.waiting', async (call, options) => {
    try {
      return await call(options);
    } catch (cause) {
      throw new MortiseError('aborted', 'The call was aborted.', { cause });
    }
  }),
  streaming(
    'leaves the model running when it is left',
    'leave.break',
    ({ stream }, { signal: _signal, ...options }) =>
      createResponseStream({
        name: 'mutant',
        async *events() {
          const reader = stream(options)[Symbol.asyncIterator]();
          for (let next = await reader.next(); next.done !== true; next = await reader.next())
            yield next.value;
        },
      }),
  ),
  streaming('hangs where a generator hangs', 'leave.stalled', ({ stream }, options) => {
    const inner = stream(options);
    async function* read(): AsyncGenerator<ResponseStreamEvent> {
      yield* inner;
    }
    const generator = read();
    const texts = (async function* () {
      for await (const event of generator) if (event.type === 'text-delta') yield event.delta;
    })();
    return {
      ...inner,
      textStream: texts,
      partial: inner.partial,
      cancel: async () => void (await generator.return(undefined)),
    };
  }),
  calling('leaves a listener on the signal', 'abort.listeners', (call, options) => {
    options.signal?.addEventListener('abort', () => undefined);
    return call(options);
  }),
  calling('opens a span and forgets it', 'spans.once', (call, options) => {
    void inSpan('mutant', { parent: options.parent }, () => new Promise(() => undefined));
    return call(options);
  }),
];

/** The same stream with other events. Leaving it leaves the one below. */
function restreamed(
  options: CallOptions,
  inner: ResponseStream,
  change: (events: Events) => Events,
): ResponseStream {
  return createResponseStream({ name: 'mutant', signal: options.signal, events: () => change(inner) });
}

async function* finishing(
  events: Events,
  change: (response: QueryResponse) => QueryResponse,
): AsyncGenerator<ResponseStreamEvent> {
  for await (const event of events) {
    if (event.type !== 'finish') yield event;
    else yield { type: 'finish', response: change(event.response) };
  }
}
