export { pdfFormat, type PdfOptions } from './format.ts';
