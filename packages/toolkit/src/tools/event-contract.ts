import type { ChatResponse, ChatStreamEvent, ToolCallBlock, ToolResultBlock, Usage } from '@mortise/core/llm';
import type { JsonObject } from '@mortise/core/shared';
import type { PendingApproval } from './approval-contract.ts';
import type { Tool } from './tool.ts';

/**
 * A call of one of these tools: where they were made with literal names, `call.name === 'pay'` narrows `call.arguments` to what
 * the schema of `pay` takes. A model may call what is no tool, and write what does not fit: then the call's result `isError`.
 */
export type CallOf<T extends Tool> =
  T extends Tool<never, unknown, infer Name, infer Input>
    ? ToolCallBlock & { name: Name; arguments: unknown extends Input ? JsonObject : Input }
    : never;

/**
 * What happens in a loop: everything of every stream, and the tools between them. `step` counts from 1 over the whole run.
 * Readers must expect types of later versions. `T` are the tools of the run, by which calls are typed.
 */
export type RunToolsEvent<T extends Tool = Tool> =
  | { type: 'step-start'; step: number }
  /** `toolCallId`: the call that the event is a part of. */
  | { type: 'stream'; step: number; event: ChatStreamEvent; toolCallId?: string | undefined }
  /** `usage`: of the run so far, here and at the end of the step. */
  | { type: 'response'; step: number; response: ChatResponse; usage: Usage }
  /** `approval`: of a call that ends the run, to be decided later. */
  | { type: 'approval-asked'; step: number; call: CallOf<T>; approval?: PendingApproval | undefined }
  | {
      type: 'approval-given';
      step: number;
      call: CallOf<T>;
      approved: boolean;
      reason?: string | undefined;
    }
  /** The arguments are valid, and the call is approved. */
  | { type: 'tool-start'; step: number; call: CallOf<T> }
  /** What a tool tells by `context.progress`. */
  | { type: 'tool-progress'; step: number; call: CallOf<T>; value: unknown }
  /** What happens in the run of an agent that is a tool. */
  | { type: 'tool-event'; step: number; call: CallOf<T>; event: RunToolsEvent }
  /** Of a call that was not run too: its result says why. */
  | { type: 'tool-end'; step: number; call: CallOf<T>; result: ToolResultBlock }
  | { type: 'step-end'; step: number; usage: Usage };
