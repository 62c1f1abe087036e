import type { JsonObject } from '@mortise/core';

/**
 * What `useChat` of `ai` 5, 6 and 7 reads, as far as it is sent here (the UI message stream, `v1`): named after `UIMessageChunk`,
 * whose shape it has.
 */
export type UIChunk =
  | { type: 'start'; messageId?: string | undefined; messageMetadata?: unknown }
  | { type: 'start-step' | 'finish-step' }
  | { type: 'text-start' | 'reasoning-start'; id: string }
  | { type: 'text-delta' | 'reasoning-delta'; id: string; delta: string }
  | {
      type: 'text-end' | 'reasoning-end';
      id: string;
      providerMetadata?: { [provider: string]: JsonObject } | undefined;
    }
  | { type: 'tool-input-start'; toolCallId: string; toolName: string }
  | { type: 'tool-input-delta'; toolCallId: string; inputTextDelta: string }
  | {
      type: 'tool-input-available';
      toolCallId: string;
      toolName: string;
      input: unknown;
      providerMetadata?: { [provider: string]: JsonObject } | undefined;
    }
  | { type: 'tool-input-error'; toolCallId: string; toolName: string; input: unknown; errorText: string }
  | { type: 'tool-approval-request'; toolCallId: string; approvalId: string }
  | { type: 'tool-output-available'; toolCallId: string; output: unknown; preliminary?: true | undefined }
  | { type: 'tool-output-error'; toolCallId: string; errorText: string }
  | { type: 'tool-output-denied'; toolCallId: string }
  | { type: 'source-url'; sourceId: string; url: string; title?: string | undefined }
  | { type: 'source-document'; sourceId: string; mediaType: string; title: string }
  | { type: 'file'; url: string; mediaType: string }
  | AgentChunk
  | { type: `data-${string}`; id?: string | undefined; data: unknown; transient?: true | undefined }
  | { type: 'finish'; finishReason?: UIFinishReason | undefined; messageMetadata?: unknown }
  | { type: 'abort' }
  | { type: 'error'; errorText: string };

/**
 * What happens in an agent that is a tool, as a chunk of its own message: for `onData` of `useChat`, which hands it on and keeps it in no
 * message.
 */
export interface AgentChunk {
  type: 'data-agent';
  transient: true;
  /** `toolCallId`: the call that the agent answers. */
  data: { toolCallId: string; chunk: UIChunk };
}

/** `FinishReason` of `ai`. */
export type UIFinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other';

/** A block's opaque members, under this name in `providerMetadata`, so that `fromUIMessages` finds them again. */
export const OURS = 'mortise';
