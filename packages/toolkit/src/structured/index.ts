export { structuredStream, type StructuredEvent, type StructuredStream } from './structured-stream.ts';
export { structured } from './structured.ts';
export type { StructuredMode, StructuredOptions, StructuredResult } from './contract.ts';
