export type { SSEOptions, SSEShow, WebStream } from './contract.ts';
export { fromSSE } from './read.ts';
export { toResponse, toSSE, webStream } from './write.ts';
