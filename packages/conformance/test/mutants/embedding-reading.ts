import type { EmbeddingMetadata, IndexedRow } from '@mortise/core/embedding';
import { ReferenceEmbedding, type Raw } from '../reference/vectors.ts';
import {
  asking,
  DIMENSIONS,
  many,
  mended,
  mutant,
  replying,
  rowsOf,
  zeros,
  type EmbeddingMutant,
} from './embedding-mutant.ts';

export const listed: readonly EmbeddingMutant[] = [
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
    'asks whatever model is usual',
    'embed.model',
    asking((_texts, _request, body) => ({ ...body, model: 'usual-1' })),
  ),
  mutant(
    'sends the options of every provider',
    'embed.options',
    asking((_texts, { providerOptions }, body) =>
      Object.assign(body, ...Object.values(providerOptions ?? {})),
    ),
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
    'takes the nearest count for what is none',
    'embed.usage.no-count',
    replying((reply) => ({
      ...reply,
      usage: { inputTokens: Math.max(0, Math.round(reply.usage?.inputTokens ?? 0)) },
    })),
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

export const rowed: readonly EmbeddingMutant[] = [
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
