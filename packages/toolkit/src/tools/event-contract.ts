import type { ChatResponse, ChatStreamEvent, ToolCallBlock, ToolResultBlock, Usage } from '@mortise/core/llm';
import type { PendingApproval } from './approval-contract.ts';

/**
 * What happens in a loop: everything of every stream, and the tools between them. `step` counts from 1 over the whole run.
 * Readers must expect types of later versions.
 */
export type RunToolsEvent =
  | { type: 'step-start'; step: number }
  /** `toolCallId`: the call that the event is a part of. */
  | { type: 'stream'; step: number; event: ChatStreamEvent; toolCallId?: string | undefined }
  /** `usage`: of the run so far, here and at the end of the step. */
  | { type: 'response'; step: number; response: ChatResponse; usage: Usage }
  /** `approval`: of a call that ends the run, to be decided later. */
  | { type: 'approval-asked'; step: number; call: ToolCallBlock; approval?: PendingApproval | undefined }
  | {
      type: 'approval-given';
      step: number;
      call: ToolCallBlock;
      approved: boolean;
      reason?: string | undefined;
    }
  /** The arguments are valid, and the call is approved. */
  | { type: 'tool-start'; step: number; call: ToolCallBlock }
  /** What a tool tells by `context.progress`. */
  | { type: 'tool-progress'; step: number; call: ToolCallBlock; value: unknown }
  /** What happens in the run of an agent that is a tool. */
  | { type: 'tool-event'; step: number; call: ToolCallBlock; event: RunToolsEvent }
  /** Of a call that was not run too: its result says why. */
  | { type: 'tool-end'; step: number; call: ToolCallBlock; result: ToolResultBlock }
  | { type: 'step-end'; step: number; usage: Usage };
