// The API of @mortise/gpt-tokenizer. Written by `pnpm api`.
// entry . index.d.ts

// ---- create.d.ts
import type { GptTokenizer } from './tokenizer.ts';
export type GptEncodingName = 'o200k_base' | 'o200k_harmony' | 'cl100k_base' | 'p50k_base' | 'p50k_edit' | 'r50k_base' | 'gpt2';
export interface GptTokenizerOptions {
    encoding?: GptEncodingName | undefined;
}
export declare function createGptTokenizer(options?: GptTokenizerOptions): Promise<GptTokenizer>;

// ---- index.d.ts
export { createGptTokenizer, type GptEncodingName, type GptTokenizerOptions } from './create.ts';
export { GptTokenizer, type GptEncodingModule, type GptRanks } from './tokenizer.ts';

// ---- tokenizer.d.ts
import type { Tokenizer } from '@mortise/core/tokenizer';
export interface GptEncodingModule {
    encode(text: string, options: {
        disallowedSpecial: Set<string>;
    }): number[];
    countTokens(text: string, options: {
        disallowedSpecial: Set<string>;
    }): number;
    decode(tokens: Iterable<number>): string;
}
export type GptRanks = readonly (string | readonly number[] | undefined)[];
export declare class GptTokenizer implements Tokenizer {
    readonly name: string;
    constructor(name: string, encoding: GptEncodingModule, ranks: GptRanks);
    count(text: string): number;
    encode(text: string): number[];
    decode(tokens: readonly number[]): string;
}
