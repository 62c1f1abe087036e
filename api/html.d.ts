// The API of @mortise/html. Written by `pnpm api`.
// entry . index.d.ts

// ---- format.d.ts
import type { FileFormat } from '@mortise/core/reader';
import type { HtmlOptions } from './html.ts';
export interface HtmlFormatOptions extends Pick<HtmlOptions, 'boilerplate' | 'maxElements'> {
    encoding?: string | undefined;
    maxBytes?: number | undefined;
}
export declare function htmlFormat(given?: HtmlFormatOptions): FileFormat;
export declare function decodeHtml(path: string, bytes: Uint8Array, encoding?: string): string;

// ---- html.d.ts
import type { Range } from './places.ts';
export interface HtmlOptions {
    boilerplate?: boolean | undefined;
    xml?: boolean | undefined;
    maxElements?: number | undefined;
    signal?: AbortSignal | undefined;
}
export interface HtmlText {
    readonly text: string;
    readonly title?: string;
    readonly description?: string;
    readonly language?: string;
    sourceRange(range: Range): Range | undefined;
}
export declare function readHtml(html: string, given?: HtmlOptions): Promise<HtmlText>;

// ---- index.d.ts
export { decodeHtml, htmlFormat } from './format.ts';
export { readHtml, type HtmlOptions, type HtmlText } from './html.ts';
export type { Range } from './places.ts';

// ---- places.d.ts
export interface Range {
    readonly start: number;
    readonly end: number;
}
