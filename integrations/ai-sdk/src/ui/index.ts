export type { UIChunk, UIFinishReason } from './chunks.ts';
export { fromUIMessages, type FromUIMessagesOptions } from './from-ui.ts';
export { toUIMessageStreamResponse, type UIMessageStreamOptions } from './response.ts';
export type { AgentEvent, UIChunksOptions, UISource } from './to-chunks.ts';
