import type { EmbeddingTarget } from '@mortise/conformance';
import type {
  EmbeddedText,
  EmbeddingMetadata,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedReply,
  EmbedRequest,
} from '@mortise/core/embedding';
import { HashEmbedding } from '@mortise/core/testing';
import { ReferenceEmbedding } from '../reference/vectors.ts';
import { many, mutant, streaming, type EmbeddingMutant } from './embedding-mutant.ts';

export const batched: readonly EmbeddingMutant[] = [
  mutant(
    'sends everything in one request',
    'batch.sizes',
    class extends ReferenceEmbedding {
      override readonly metadata: EmbeddingMetadata = { maxBatchSize: 1000, asymmetric: true };
    },
  ),
  mutant(
    'places batches in the order of their replies',
    'batch.sizes',
    many(async (embed, texts, options) => {
      const embeddings: Float32Array[] = [];
      const parts = Array.from({ length: Math.ceil(texts.length / 4) }, (_unused, n) => n * 4);
      await Promise.all(
        parts.map(async (begin) => {
          const part = await embed(texts.slice(begin, begin + 4), options);
          embeddings.push(...part.embeddings);
        }),
      );
      return { embeddings, usage: {}, cached: 0, warnings: [] };
    }),
  ),
  mutant(
    'ignores `concurrency`',
    'batch.concurrency',
    many((embed, texts, { concurrency: _own, ...options }) => embed(texts, options)),
  ),
  mutant(
    'sends all requests at once',
    'batch.concurrency.default',
    many((embed, texts, options) => embed(texts, { concurrency: 1000, ...options })),
  ),
  mutant(
    'runs in waves',
    'batch.pool',
    many(async (embed, texts, options) => {
      const embeddings: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += 8)
        embeddings.push(...(await embed(texts.slice(at, at + 8), options)).embeddings);
      return { embeddings, usage: {}, cached: 0, warnings: [] };
    }),
  ),
  mutant(
    'starts over when a request fails',
    'batch.retry',
    class extends ReferenceEmbedding {
      readonly #impatient: ReferenceEmbedding;
      constructor(target: EmbeddingTarget) {
        super(target);
        this.#impatient = new ReferenceEmbedding({ ...target, settings: { retry: false } });
      }
      override embedTexts(
        texts: readonly string[],
        options: EmbedManyOptions = {},
      ): Promise<EmbeddingResult> {
        return this.#impatient.embedTexts(texts, options).catch(() => super.embedTexts(texts, options));
      }
    },
  ),
  mutant(
    'tells of no progress',
    'batch.progress',
    many((embed, texts, { onProgress: _own, ...options }) => embed(texts, options)),
  ),
  mutant(
    'lets siblings of a failure go on',
    'batch.siblings',
    many(async (embed, texts, options) => {
      const parts = await Promise.all([0, 1, 2].map((n) => embed(texts.slice(n * 4, n * 4 + 4), options)));
      return { ...parts[0]!, embeddings: parts.flatMap(({ embeddings }) => embeddings) };
    }),
  ),
  mutant(
    'throws away what was finished',
    'batch.partial',
    many((embed, texts, options) =>
      embed(texts, options).catch((error: object) => {
        throw Object.defineProperty(error, 'partial', { value: undefined });
      }),
    ),
  ),
  ...(['batch.partial.kept', 'batch.abort.kept'] as const).map((caughtBy) =>
    mutant(
      `hands everything over at the end (${caughtBy})`,
      caughtBy,
      many(async (embed, texts, { onBatch, ...options }) => {
        const result = await embed(texts, options);
        const { embeddings } = result;
        await onBatch?.(
          embeddings.map((embedding, index) => ({ index, input: texts[index]!, embedding, cached: false })),
        );
        return result;
      }),
    ),
  ),
];

/** A model in this process that shares the texts of a request out, four to a worker. */
class WorkersEmbedding extends HashEmbedding {
  constructor() {
    super({ dimensions: 64, maxBatchSize: 8 });
  }
  override async doEmbed(texts: readonly string[], request: EmbedRequest): Promise<EmbedReply> {
    const parts = [texts.slice(0, 4), texts.slice(4)].map((part) => super.doEmbed(part, request));
    // The last worker has less to do, and ends first.
    const replies = await Promise.all(parts.toReversed());
    return { embeddings: replies.flatMap(({ embeddings }) => embeddings as Float32Array[]) };
  }
}

export const streamed: readonly EmbeddingMutant[] = [
  mutant(
    'yields what comes first',
    'stream.order',
    streaming((open, texts, options) => ({
      async *[Symbol.asyncIterator]() {
        const all: EmbeddedText[] = [];
        for await (const item of open(texts, options)) all.push(item);
        yield* all.toReversed();
      },
    })),
  ),
  {
    ...mutant(
      'joins the parts of a request in the order in which they end',
      'stream.order',
      WorkersEmbedding,
    ),
    declares: new WorkersEmbedding().metadata,
  },
  mutant(
    'reads its source before it is read',
    'stream.lazy',
    streaming((open, texts, options) => {
      const iterator = open(texts, options)[Symbol.asyncIterator]();
      const first = iterator.next();
      first.catch(() => undefined);
      let taken = false;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => (taken ? iterator.next() : ((taken = true), first)),
          return: () => iterator.return!(),
        }),
      };
    }),
  ),
  mutant(
    'reads its whole source',
    'stream.bounded',
    streaming((open, texts, options) => {
      const read: string[] = [];
      return open(
        (async function* () {
          const source = (texts as AsyncIterable<string>)[Symbol.asyncIterator]();
          const ahead = (async () => {
            for (let n = 0; n < 10_000; n++) read.push((await source.next()).value as string);
          })();
          await ahead;
          yield* read;
        })(),
        options,
      );
    }),
  ),
  mutant(
    'sends again for every reader',
    'stream.single-use',
    streaming((open, texts, options) => ({
      [Symbol.asyncIterator]: () => open(texts, options)[Symbol.asyncIterator](),
    })),
  ),
  mutant(
    'hangs when it is left while a request does',
    'stream.leave',
    streaming((open, texts, options) => ({
      async *[Symbol.asyncIterator]() {
        const reader = open(texts, options)[Symbol.asyncIterator]();
        for (let next = await reader.next(); next.done !== true; next = await reader.next()) yield next.value;
      },
    })),
  ),
  mutant(
    "takes its source's error for its end",
    'stream.source-fails',
    streaming((open, texts, options) =>
      open(
        (async function* () {
          try {
            yield* texts;
          } catch {
            // Nothing more to say.
          }
        })(),
        options,
      ),
    ),
  ),
  mutant(
    'takes no signal for its stream',
    'stream.abort',
    streaming((open, texts, { signal, ...options }) => ({
      async *[Symbol.asyncIterator]() {
        for await (const item of open(texts, options)) {
          if (signal?.aborted === true) return;
          yield item;
        }
      },
    })),
  ),
  mutant(
    'leaves a listener on the signal',
    'abort.listeners',
    many((embed, texts, options) => {
      options.signal?.addEventListener('abort', () => undefined);
      return embed(texts, options);
    }),
  ),
  mutant(
    'sends before it looks at the signal',
    'abort.before',
    many(async (embed, texts, { signal, ...options }) => {
      const result = await embed(texts, options);
      signal?.throwIfAborted();
      return result;
    }),
  ),
  mutant(
    'bounds no body',
    'time.stalled-body',
    many((embed, texts, { timeoutMs: _timeout, deadlineMs: _deadline, ...options }) => embed(texts, options)),
  ),
  mutant(
    'sleeps through an abort',
    'abort.retry',
    many((embed, texts, { signal: _signal, ...options }) => embed(texts, options)),
  ),
  mutant(
    'shows its key',
    'secrets.instance',
    class extends ReferenceEmbedding {
      readonly apiKey = 'key-of-the-reference';
    },
  ),
  mutant(
    'sends a text as soon as there is room for one',
    'stream.full-batches',
    streaming((open, texts, options) => ({
      async *[Symbol.asyncIterator]() {
        let index = 0;
        for await (const text of texts)
          for await (const item of open([text], options)) yield { ...item, index: index++ };
      },
    })),
  ),
];
