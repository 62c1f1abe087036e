// The API of @mortise/pdf. Written by `pnpm api`.
// entry . index.d.ts

// ---- format.d.ts
import type { FileFormat } from '@mortise/core/reader';
export interface PdfOptions {
    documents?: 'pages' | 'file' | undefined;
    box?: 'media' | 'crop' | undefined;
    password?: string | undefined;
    maxBytes?: number | undefined;
    pageTimeoutMs?: number | undefined;
    maxMemoryMb?: number | undefined;
}
export declare function pdfFormat(given?: PdfOptions): FileFormat;

// ---- index.d.ts
export { pdfFormat, type PdfOptions } from './format.ts';
