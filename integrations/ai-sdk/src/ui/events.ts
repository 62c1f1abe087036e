import type { ChatStreamEvent, ResponseStreamEvent, ToolCallBlock, ToolResultBlock } from '@mortise/core';

/** What `streamTools` of `@mortise/toolkit` yields, by its shape. */
export type AgentEvent =
  | { type: 'step-start' | 'step-end'; step: number }
  | { type: 'stream'; step: number; event: ChatStreamEvent }
  | { type: 'response'; step: number; response: object }
  | { type: 'approval-asked'; step: number; call: ToolCallBlock; approval?: { token: string } | undefined }
  | { type: 'approval-given'; step: number; call: ToolCallBlock; approved: boolean }
  | { type: 'tool-event'; step: number; call: ToolCallBlock; event: object }
  | { type: 'tool-start'; step: number; call: ToolCallBlock }
  | { type: 'tool-progress'; step: number; call: ToolCallBlock; value: unknown }
  | { type: 'tool-end'; step: number; call: ToolCallBlock; result: ToolResultBlock };

/** The stream of a completion, a chat, an answer from documents, or a loop of tools. */
export type UISource = AsyncIterable<string | ChatStreamEvent | ResponseStreamEvent | AgentEvent>;
