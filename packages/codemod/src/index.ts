export type { Kind, Library, Remark } from './engine/contract.ts';
export type { FileOutcome } from './engine/rewrite-file.ts';
export { reportJson, reportText, summarize, type Summary } from './report.ts';
export { transform, type CodeFile, type TransformOptions } from './engine/transform.ts';
export { langchain } from './langchain/library.ts';
export { llamaindex } from './llamaindex/library.ts';
export { parseCommand, type CommandOptions } from './options.ts';
export { run, type Output } from './run.ts';
