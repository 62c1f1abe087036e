export { approvalsFromUIMessages, type UIApproval } from './approvals.ts';
export type { AgentChunk, UIChunk, UIFinishReason } from './chunks.ts';
export { fromUIMessages, type FromUIMessagesOptions } from './from-ui.ts';
export { toUIMessageStreamResponse, type UIMessageStreamOptions } from './response.ts';
export type { AgentEvent, UISource } from './events.ts';
export type { UIChunksOptions } from './to-chunks.ts';
export { toUIMessages, type ToUIMessagesOptions, type UIMessageData, type UIPartData } from './to-ui.ts';
export type { UIToolsOf } from './tools.ts';
