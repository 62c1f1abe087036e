import type { LocalModel } from './model.ts';

/** Texts as the network takes them, in rows of one length. */
export interface Batch {
  /** By the names of the network's inputs. */
  readonly inputs: Record<string, unknown>;
  /** Tokens of each text that the network reads, special ones included; the rest of a row is padding. */
  readonly lengths: readonly number[];
  /** Which texts were longer than the network takes, and were cut. */
  readonly cut: readonly number[];
}

/**
 * A word of no vocabulary is longer, but for runs of white space. What is beyond so many for each token that the network takes is
 * left out before it is tokenized, so that a book costs what its first page does.
 */
const CHARACTERS_A_TOKEN = 64;

/** `pairs`: what stands behind each text, such as the documents behind a query. `most`: tokens of a text at most. */
export function toBatch(
  { library, tokenizer, network }: LocalModel,
  texts: readonly string[],
  { pairs, most = Infinity }: { pairs?: readonly string[]; most?: number | undefined } = {},
): Batch {
  const { config } = network;
  const positions = 'max_position_embeddings' in config ? config.max_position_embeddings : undefined;
  const limit = Math.min(most, ...[tokenizer.model_max_length, positions].map(numberOf));
  const characters = limit * CHARACTERS_A_TOKEN;
  const clipped = (text: string): string => (text.length > characters ? text.slice(0, characters) : text);
  const { input_ids: rows, token_type_ids: types } = tokenizer(texts.map(clipped), {
    ...(pairs === undefined ? {} : { text_pair: pairs.map(clipped) }),
    padding: false,
    truncation: false,
    return_tensor: false,
  });
  const cut = rows.flatMap((row, at) =>
    row.length > limit || isClipped(texts[at]) || isClipped(pairs?.[at]) ? [at] : [],
  );
  const lengths = rows.map(({ length }) => Math.min(length, limit));
  const width = Math.max(...lengths);
  const tensor = (cell: (row: number, at: number) => number, padding = 0): unknown => {
    const data = new BigInt64Array(rows.length * width);
    for (const [row, length] of lengths.entries())
      for (let at = 0; at < width; at++)
        data[row * width + at] = BigInt(at < length ? cell(row, at) : padding);
    return new library.Tensor('int64', data, [rows.length, width]);
  };
  const kept = rows.map((row) => shortened(row, limit, tokenizer.all_special_ids));
  return {
    inputs: {
      // Some networks count places by what is no padding.
      input_ids: tensor((row, at) => kept[row]?.[at] ?? 0, tokenizer.pad_token_id),
      attention_mask: tensor(() => 1),
      ...(types === undefined ? {} : { token_type_ids: tensor((row, at) => types[row]?.[at] ?? 0) }),
    },
    lengths,
    cut,
  };

  function isClipped(text: string | undefined): boolean {
    return text !== undefined && text.length > characters;
  }
}

/** The first tokens, with the one that ends a text at the end again, as the model was trained to see it. */
function shortened(
  row: readonly number[],
  limit: number,
  special: readonly number[] = [],
): readonly number[] {
  if (row.length <= limit) return row;
  const last = row.at(-1) ?? 0;
  return special.includes(last) ? [...row.slice(0, limit - 1), last] : row.slice(0, limit);
}

/** A tokenizer without a limit says a number of 30 digits. */
function numberOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : Infinity;
}
