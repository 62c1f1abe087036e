import type { Tokenizer } from '@mortise/core/tokenizer';

/** Every byte of UTF-8 is a token: how byte-level models see text. */
export class FrozenTokenizer implements Tokenizer {
  readonly name = 'frozen-bytes';

  count(text: string): number {
    return new TextEncoder().encode(text).length;
  }

  encode(text: string): number[] {
    return [...new TextEncoder().encode(text)];
  }

  decode(tokens: readonly number[]): string {
    // A mark at the beginning is a character like any other.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(tokens));
  }
}
