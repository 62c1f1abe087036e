/** Counts tokens. Enough for everything that only has to stay within a limit. Synchronous, without I/O. */
export interface TokenCounter {
  /** The vocabulary, such as `o200k_base`; part of the settings that an index is keyed by. */
  readonly name: string;
  /** 0 for an empty string. */
  count(text: string): number;
}

/** A model's tokenizer. `decode(encode(text))` is `text`, for every well-formed string. */
export interface Tokenizer extends TokenCounter {
  encode(text: string): number[];
  decode(tokens: readonly number[]): string;
}
