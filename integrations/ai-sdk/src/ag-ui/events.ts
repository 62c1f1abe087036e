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

/** What a run waits for: somebody's decision about a call. */
export interface AGUIInterrupt {
  /** The id of the call and the token that decides it. */
  id: string;
  reason: string;
  toolCallId: string;
  /** Of the agent whose call it is, where that is a tool. */
  subagentRunId?: string;
  /** JSON Schema of the answer. */
  responseSchema: JsonObject;
  /** ISO 8601. */
  expiresAt: string;
  metadata: { name: string; arguments: JsonObject };
}

/** How a run ended that did not fail. */
export type AGUIOutcome =
  | { type: 'success' }
  | { type: 'cancelled' }
  | { type: 'interrupt'; interrupts: AGUIInterrupt[] };

/** The events of AG-UI 1.0 that are sent here, with the shapes of `@ag-ui/core`. Those of an agent that is a tool say its run. */
export type AGUIEvent = AGUIEventBody & { subagentRunId?: string };

type AGUIEventBody =
  | { type: 'RUN_STARTED'; threadId: string; runId: string }
  | {
      type: 'RUN_FINISHED';
      threadId: string;
      runId: string;
      outcome: AGUIOutcome;
      usage?: AGUIUsage[];
    }
  | { type: 'RUN_ERROR'; message: string; code: string }
  | {
      type: 'SUBAGENT_STARTED';
      subagentRunId: string;
      name: string;
      parentToolCallId: string;
      parentSubagentRunId?: string;
    }
  | { type: 'SUBAGENT_FINISHED'; subagentRunId: string }
  | { type: 'SUBAGENT_ERROR'; subagentRunId: string; message: string }
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
