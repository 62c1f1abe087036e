export type { SSEError, SSEFormat, SSEOptions, SSEShow, WebStream } from './contract.ts';
export { fromSSE } from './read.ts';
export { showError, showEvent } from './show.ts';
export { encodeSSE, toResponse, toSSE, webStream } from './write.ts';
