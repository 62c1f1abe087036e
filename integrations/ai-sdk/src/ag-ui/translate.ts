import type { JsonObject, Usage } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { showError, type SSEShow } from '@mortise/core/sse';
import { OURS, type UIChunk } from '../ui/chunks.ts';
import { UITranslator } from '../ui/to-chunks.ts';
import type { AGUIEvent, AGUIUsage } from './events.ts';

/** What the page asked for, of its `RunAgentInput`. */
export interface AGUIRun {
  threadId: string;
  runId: string;
  /** What the page may see besides the answer, as for `toResponse`. Default: none of it. */
  show?: SSEShow | undefined;
}

/** Translates one stream, event by event: the parts of a UI message, under the names of AG-UI. */
export class AGUITranslator {
  readonly #ids: { readonly threadId: string; readonly runId: string };
  readonly #show: SSEShow;
  readonly #parts: UITranslator;
  readonly #begun = new Set<string>();
  #started = false;
  #step = 0;

  constructor({ threadId, runId, show = {} }: AGUIRun) {
    this.#ids = { threadId, runId };
    this.#show = show;
    this.#parts = new UITranslator({ show });
  }

  event(event: unknown): AGUIEvent[] {
    return this.#parts.event(event).flatMap((chunk) => this.#chunk(chunk));
  }

  end(): AGUIEvent[] {
    return this.#parts.end().flatMap((chunk) => this.#chunk(chunk));
  }

  error(thrown: unknown): AGUIEvent[] {
    const { code, message } = showError(thrown, this.#show);
    const last: AGUIEvent =
      code === 'aborted'
        ? { type: 'RUN_FINISHED', ...this.#ids, outcome: { type: 'cancelled' } }
        : { type: 'RUN_ERROR', message, code };
    return [...this.#start(), last];
  }

  #start(): AGUIEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [{ type: 'RUN_STARTED', ...this.#ids }];
  }

  /** Ids of messages are unique in a thread, so they begin with the run's. */
  #id(id: string): { readonly messageId: string } {
    return { messageId: `${this.#ids.runId}-${id}` };
  }

  #chunk(chunk: UIChunk): AGUIEvent[] {
    switch (chunk.type) {
      case 'start':
        return this.#start();
      case 'start-step':
        return [{ type: 'STEP_STARTED', stepName: `step-${++this.#step}` }];
      case 'finish-step':
        return [{ type: 'STEP_FINISHED', stepName: `step-${this.#step}` }];
      case 'text-start':
        return [{ type: 'TEXT_MESSAGE_START', ...this.#id(chunk.id), role: 'assistant' }];
      case 'text-delta':
        return [{ type: 'TEXT_MESSAGE_CONTENT', ...this.#id(chunk.id), delta: chunk.delta }];
      case 'text-end':
        return [{ type: 'TEXT_MESSAGE_END', ...this.#id(chunk.id) }];
      case 'reasoning-start': {
        const id = this.#id(chunk.id);
        return [
          { type: 'REASONING_START', ...id },
          { type: 'REASONING_MESSAGE_START', ...id, role: 'reasoning' },
        ];
      }
      case 'reasoning-delta':
        if (chunk.delta === '') return [];
        return [{ type: 'REASONING_MESSAGE_CONTENT', ...this.#id(chunk.id), delta: chunk.delta }];
      case 'reasoning-end': {
        const id = this.#id(chunk.id);
        const kept = encrypted('message', id.messageId, chunk.providerMetadata);
        return [{ type: 'REASONING_MESSAGE_END', ...id }, ...kept, { type: 'REASONING_END', ...id }];
      }
      case 'tool-input-start':
        return this.#call(chunk.toolCallId, chunk.toolName);
      case 'tool-input-delta':
        return [{ type: 'TOOL_CALL_ARGS', toolCallId: chunk.toolCallId, delta: chunk.inputTextDelta }];
      case 'tool-input-available':
      case 'tool-input-error': {
        const { toolCallId, toolName, input } = chunk;
        const delta = typeof input === 'string' ? input : JSON.stringify(input);
        const start = this.#call(toolCallId, toolName);
        const args: AGUIEvent[] = start.length === 0 ? [] : [{ type: 'TOOL_CALL_ARGS', toolCallId, delta }];
        const about = 'providerMetadata' in chunk ? chunk.providerMetadata : undefined;
        return [
          ...start,
          ...args,
          { type: 'TOOL_CALL_END', toolCallId },
          ...encrypted('tool-call', toolCallId, about),
        ];
      }
      case 'tool-output-available':
        // A result comes once there; what comes before it has no event.
        if (chunk.preliminary === true) {
          const value = { toolCallId: chunk.toolCallId, value: chunk.output } as JsonObject;
          return [{ type: 'CUSTOM', name: 'tool-progress', value }];
        }
        return [this.#result(chunk.toolCallId, chunk.output)];
      case 'tool-output-error':
        return [this.#result(chunk.toolCallId, chunk.errorText)];
      case 'finish': {
        const { usage } = (chunk.messageMetadata ?? {}) as { usage?: Usage };
        const counts = usage === undefined ? {} : { usage: [usageOf(usage)] };
        return [{ type: 'RUN_FINISHED', ...this.#ids, outcome: { type: 'success' }, ...counts }];
      }
      case 'abort':
      case 'error':
        // From `error` alone, which does not ask for parts.
        return [];
      case 'source-url':
      case 'source-document':
      case 'file': {
        const { type, ...value } = chunk;
        return [{ type: 'CUSTOM', name: type, value: defined(value) as JsonObject }];
      }
      default:
        return [{ type: 'CUSTOM', name: chunk.type, value: chunk.data as JsonObject }];
    }
  }

  /** Calls whose arguments did not stream begin when they are whole. */
  #call(toolCallId: string, toolCallName: string): AGUIEvent[] {
    if (this.#begun.has(toolCallId)) return [];
    this.#begun.add(toolCallId);
    return [{ type: 'TOOL_CALL_START', toolCallId, toolCallName }];
  }

  #result(toolCallId: string, output: unknown): AGUIEvent {
    const content = typeof output === 'string' ? output : JSON.stringify(output);
    return {
      type: 'TOOL_CALL_RESULT',
      ...this.#id(`result-${toolCallId}`),
      toolCallId,
      content,
      role: 'tool',
    };
  }
}

/** What goes back to the provider, as one text that the page keeps. */
function encrypted(
  subtype: 'message' | 'tool-call',
  entityId: string,
  metadata: { readonly [provider: string]: JsonObject } | undefined,
): AGUIEvent[] {
  const ours = metadata?.[OURS];
  if (!isObject(ours)) return [];
  return [{ type: 'REASONING_ENCRYPTED_VALUE', subtype, entityId, encryptedValue: JSON.stringify(ours) }];
}

function usageOf({ cacheWriteTokens, raw: _raw, ...counts }: Usage): AGUIUsage {
  return cacheWriteTokens === undefined ? counts : { ...counts, cacheWriteInputTokens: cacheWriteTokens };
}
