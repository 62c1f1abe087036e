import type { JsonObject } from '@mortise/core';

/** Counts of one model, as `TokenUsage` of `@ag-ui/core`. */
export interface AGUIUsage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  reasoningTokens?: number;
  cachedInputTokens?: number;
  cacheWriteInputTokens?: number;
}

/** The events of AG-UI 1.0 that are sent here, with the shapes of `@ag-ui/core`. */
export type AGUIEvent =
  | { type: 'RUN_STARTED'; threadId: string; runId: string }
  | {
      type: 'RUN_FINISHED';
      threadId: string;
      runId: string;
      outcome: { type: 'success' } | { type: 'cancelled' };
      usage?: AGUIUsage[];
    }
  | { type: 'RUN_ERROR'; message: string; code: string }
  | { type: 'STEP_STARTED' | 'STEP_FINISHED'; stepName: string }
  | { type: 'TEXT_MESSAGE_START'; messageId: string; role: 'assistant' }
  | { type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT'; messageId: string; delta: string }
  | {
      type: 'TEXT_MESSAGE_END' | 'REASONING_START' | 'REASONING_MESSAGE_END' | 'REASONING_END';
      messageId: string;
    }
  | { type: 'REASONING_MESSAGE_START'; messageId: string; role: 'reasoning' }
  | {
      type: 'REASONING_ENCRYPTED_VALUE';
      subtype: 'message' | 'tool-call';
      entityId: string;
      encryptedValue: string;
    }
  | { type: 'TOOL_CALL_START'; toolCallId: string; toolCallName: string }
  | { type: 'TOOL_CALL_ARGS'; toolCallId: string; delta: string }
  | { type: 'TOOL_CALL_END'; toolCallId: string }
  | { type: 'TOOL_CALL_RESULT'; messageId: string; toolCallId: string; content: string; role: 'tool' }
  | { type: 'CUSTOM'; name: string; value: JsonObject };
