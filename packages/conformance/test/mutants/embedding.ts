import type { EmbeddingTarget } from '@mortise/conformance';
import { MemoryKeyValueStore } from '@mortise/core/store';
import {
  type EmbeddedText,
  type EmbeddingMetadata,
  type EmbeddingModel,
  type EmbeddingResult,
  type EmbedManyOptions,
  type EmbedReply,
  type EmbedRequest,
  type IndexedRow,
} from '@mortise/core/embedding';
import { ReferenceEmbedding, type Raw } from '../reference/vectors.ts';
import { brokenClients } from './shared.ts';

export interface EmbeddingMutant {
  readonly fault: string;
  readonly caughtBy: string;
  create(target: EmbeddingTarget): EmbeddingModel;
}

function mutant(
  fault: string,
  caughtBy: string,
  Adapter: new (target: EmbeddingTarget) => EmbeddingModel,
): EmbeddingMutant {
  return { fault, caughtBy, create: (target) => new Adapter(target) };
}

/** A list's call, tampered with. */
const many = (
  change: (
    embedTexts: (texts: readonly string[], options: EmbedManyOptions) => Promise<EmbeddingResult>,
    texts: readonly string[],
    options: EmbedManyOptions,
  ) => Promise<EmbeddingResult>,
) =>
  class extends ReferenceEmbedding {
    override embedTexts(texts: readonly string[], options: EmbedManyOptions = {}): Promise<EmbeddingResult> {
      return change((list, own) => super.embedTexts(list, own), texts, options);
    }
  };

const streaming = (
  change: (
    open: (
      texts: AsyncIterable<string> | Iterable<string>,
      options: EmbedManyOptions,
    ) => AsyncIterable<EmbeddedText>,
    texts: AsyncIterable<string> | Iterable<string>,
    options: EmbedManyOptions,
  ) => AsyncIterable<EmbeddedText>,
) =>
  class extends ReferenceEmbedding {
    override embedStream(
      texts: AsyncIterable<string> | Iterable<string>,
      options: EmbedManyOptions = {},
    ): AsyncIterable<EmbeddedText> {
      return change((source, own) => super.embedStream(source, own), texts, options);
    }
  };

const replying = (change: (reply: EmbedReply, texts: readonly string[]) => EmbedReply) =>
  class extends ReferenceEmbedding {
    override async embed(
      ...[texts, request, attempt]: Parameters<ReferenceEmbedding['embed']>
    ): Promise<EmbedReply> {
      return change(await super.embed(texts, request, attempt), texts);
    }
  };

const asking = (change: (texts: readonly string[], request: EmbedRequest, right: Raw) => Raw) =>
  class extends ReferenceEmbedding {
    override body(texts: readonly string[], request: EmbedRequest): Raw {
      return change(texts, request, super.body(texts, request));
    }
  };

const rowsOf = ({ embeddings }: EmbedReply): IndexedRow[] => [...(embeddings as IndexedRow[])];
const DIMENSIONS = 8;
const zeros = (): Float32Array => new Float32Array(DIMENSIONS);
/** What was wrong with the reply is mended in silence. */
const mended = (mend: (rows: IndexedRow[], count: number) => IndexedRow[]) =>
  replying((reply, texts) => ({ ...reply, embeddings: mend(rowsOf(reply), texts.length) }));

const listed: readonly EmbeddingMutant[] = [
  mutant(
    'declares what it does not do',
    'metadata.declared',
    class extends ReferenceEmbedding {
      override readonly metadata: EmbeddingMetadata = { maxBatchSize: 9, asymmetric: false };
    },
  ),
  mutant(
    'turns the list round',
    'embed.texts',
    many((embed, texts, options) => embed(texts.toReversed(), options)),
  ),
  mutant(
    'trims texts',
    'embed.sent',
    asking((texts, _request, body) => ({ ...body, texts: texts.map((text) => text.replace(/\s+/g, ' ')) })),
  ),
  mutant(
    'scales a text that comes alone',
    'embed.one-text',
    class extends ReferenceEmbedding {
      override async embedText(text: string): Promise<Float32Array> {
        return (await super.embedText(text)).map((value) => value / 2);
      }
    },
  ),
  mutant(
    'embeds documents as queries',
    'embed.kind',
    asking((_texts, _request, body) => ({ ...body, kind: 'query' })),
  ),
  mutant(
    'cuts vectors itself',
    'embed.dimensions',
    asking((_texts, _request, body) => ({ ...body, dimensions: 3 })),
  ),
  mutant(
    'shares one vector among equal texts',
    'embed.duplicates',
    many(async (embed, texts, options) => {
      const result = await embed(texts, options);
      return { ...result, embeddings: texts.map((text) => result.embeddings[texts.indexOf(text)]!) };
    }),
  ),
  mutant(
    'asks for equal texts again',
    'embed.duplicates.sent',
    many(async (embed, texts, options) => {
      const parts = await Promise.all(texts.map((text) => embed([text], options)));
      return { ...parts[0]!, embeddings: parts.flatMap(({ embeddings }) => embeddings) };
    }),
  ),
  mutant(
    'sorts the list of its caller',
    'embed.not-mutated',
    many((embed, texts, options) => {
      (texts as string[]).sort();
      return embed(texts, options);
    }),
  ),
  mutant(
    'gives the usage of the last request',
    'embed.usage',
    many(async (embed, texts, options) => ({ ...(await embed(texts, options)), usage: { inputTokens: 7 } })),
  ),
  mutant(
    'makes 0 of a usage that is not given',
    'embed.usage.absent',
    replying((reply) => ({ ...reply, usage: { inputTokens: reply.usage?.inputTokens ?? 0 } })),
  ),
  mutant(
    'asks for no texts',
    'embed.empty',
    many((embed, texts, options) => embed(texts.length === 0 ? ['nothing'] : texts, options)),
  ),
  mutant(
    'puts a space in place of an empty text',
    'embed.empty-string',
    many((embed, texts, options) =>
      embed(
        texts.map((text) => text || ' '),
        options,
      ),
    ),
  ),
];

const rowed: readonly EmbeddingMutant[] = [
  mutant(
    'ignores `index`',
    'rows.shuffled',
    replying((reply) => ({ ...reply, embeddings: rowsOf(reply).map(({ embedding }) => embedding) })),
  ),
  mutant(
    'fills up missing rows with zeros',
    'rows.short',
    mended((rows, count) =>
      Array.from(
        { length: count },
        (_unused, index) => rows.find((row) => row.index === index) ?? { index, embedding: zeros() },
      ),
    ),
  ),
  mutant(
    'makes zeros of no rows',
    'rows.none',
    mended((rows, count) =>
      rows.length > 0
        ? rows
        : Array.from({ length: count }, (_unused, index) => ({ index, embedding: zeros() })),
    ),
  ),
  mutant(
    'drops rows that are too many',
    'rows.long',
    mended((rows, count) => rows.slice(0, count)),
  ),
  mutant(
    'makes 0 of null',
    'rows.nan',
    mended((rows) =>
      rows.map(({ index, embedding }) => ({
        index,
        embedding: Array.from(embedding, (value) => (Number.isNaN(value) ? 0 : value)),
      })),
    ),
  ),
  mutant(
    'makes zeros of an empty row',
    'rows.empty',
    mended((rows) =>
      rows.map(({ index, embedding }) => ({
        index,
        embedding: embedding.length === 0 ? zeros() : embedding,
      })),
    ),
  ),
  mutant(
    'takes what has no numbers for a vector',
    'rows.all-empty',
    mended((rows) =>
      rows.map(({ index, embedding }) => ({ index, embedding: embedding.length === 0 ? [0] : embedding })),
    ),
  ),
  mutant(
    'pads a row that is shorter',
    'rows.ragged',
    mended((rows) =>
      rows.map(({ index, embedding }) => ({
        index,
        embedding: Float32Array.from({ length: DIMENSIONS }, (_unused, at) => embedding[at] ?? 0),
      })),
    ),
  ),
  mutant(
    'takes the last of two rows for one text',
    'rows.index-twice',
    replying((reply, texts) => {
      const rows = rowsOf(reply);
      const places = new Set(rows.map(({ index }) => index));
      return places.size === texts.length
        ? reply
        : { ...reply, embeddings: rows.map(({ embedding }) => embedding) };
    }),
  ),
  mutant(
    'takes an index for a hint',
    'rows.index-beyond',
    mended((rows, count) =>
      rows.map(({ index, embedding }) => ({
        index: index % (count + 1) === count ? count - 1 : index,
        embedding,
      })),
    ),
  ),
  mutant(
    'cuts what is too long',
    'rows.dimension',
    mended((rows) =>
      rows.map(({ index, embedding }) => ({ index, embedding: embedding.slice(0, embedding.length & ~1) })),
    ),
  ),
  mutant(
    'takes every row for base64',
    'rows.float',
    class extends ReferenceEmbedding {
      override row(raw: Raw): IndexedRow {
        return super.row({ ...raw, vector: String(raw['vector']) });
      }
    },
  ),
];

const batched: readonly EmbeddingMutant[] = [
  mutant(
    'sends everything in one request',
    'batch.sizes',
    class extends ReferenceEmbedding {
      override readonly metadata: EmbeddingMetadata = { maxBatchSize: 1000, asymmetric: true };
    },
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
  ...(['batch.partial.cached', 'batch.abort.cached'] as const).map((caughtBy) =>
    mutant(
      `fills the cache at the end (${caughtBy})`,
      caughtBy,
      class extends ReferenceEmbedding {
        constructor({ url, settings }: EmbeddingTarget) {
          super({ url, settings: { ...settings, cache: settings.cache && new MemoryKeyValueStore() } });
        }
      },
    ),
  ),
];

const streamed: readonly EmbeddingMutant[] = [
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
];

/** Broken embedding models, each with the case that must catch it. */
export const embeddingMutants: readonly EmbeddingMutant[] = [
  ...listed,
  ...rowed,
  ...batched,
  ...streamed,
  ...brokenClients.map(([fault, caughtBy, Client]) => ({
    fault,
    caughtBy,
    create: (target: EmbeddingTarget) => new ReferenceEmbedding(target, Client),
  })),
];
