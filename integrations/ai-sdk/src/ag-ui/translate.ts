import type { JsonObject, Usage } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { showError, type SSEShow } from '@mortise/core/sse';
import { OURS, type AgentChunk, type UIChunk } from '../ui/chunks.ts';
import { UITranslator } from '../ui/to-chunks.ts';
import type { AGUIEvent, AGUIInterrupt, AGUIOutcome, AGUIUsage } from './events.ts';
import { interruptOf, type AskedApproval, type CallPlace } from './interrupts.ts';

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
  /** Agents that are tools, by the ids of their calls. */
  readonly #agents = new Map<string, AGUITranslator>();
  readonly #interrupts: AGUIInterrupt[] = [];
  /** Names of tools, by the ids of their calls that have begun. */
  readonly #names = new Map<string, string>();
  /** Where this is the run of an agent that is a tool. */
  #subagent: string | undefined;
  #started = false;
  #step = 0;

  constructor({ threadId, runId, show = {} }: AGUIRun) {
    this.#ids = { threadId, runId };
    this.#show = show;
    // Of `ai` 5 an approval has everything that is asked, and a refusal its words.
    this.#parts = new UITranslator({ show, aiVersion: 5 }, 'subagents');
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
        return [...this.#agentEnd(chunk.toolCallId), this.#result(chunk.toolCallId, chunk.output)];
      case 'tool-output-error':
        return [
          ...this.#agentEnd(chunk.toolCallId, chunk.errorText),
          this.#result(chunk.toolCallId, chunk.errorText),
        ];
      case 'finish': {
        const { usage } = (chunk.messageMetadata ?? {}) as { usage?: Usage };
        const counts = usage === undefined ? {} : { usage: [usageOf(usage)] };
        const interrupts = this.#interrupts;
        const outcome: AGUIOutcome =
          interrupts.length === 0 ? { type: 'success' } : { type: 'interrupt', interrupts };
        return [{ type: 'RUN_FINISHED', ...this.#ids, outcome, ...counts }];
      }
      case 'abort':
      case 'error':
      case 'tool-approval-request':
      case 'tool-output-denied':
        // From `error` alone, which does not ask for parts; and not of `ai` 5.
        return [];
      case 'data-agent': {
        const { toolCallId, chunk: inner } = (chunk as AgentChunk).data;
        return this.#agentEvents(toolCallId, inner);
      }
      case 'data-approval':
        this.#interrupts.push(this.#interrupt(chunk.data as AskedApproval));
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

  /** A run inside the run: its events say whose they are. Its start and its end are those of a subagent, its steps are not told. */
  #agentEvents(toolCallId: string, chunk: UIChunk): AGUIEvent[] {
    const subagentRunId = `${this.#ids.runId}-${toolCallId}`;
    const known = this.#agents.get(toolCallId);
    const agent = known ?? new AGUITranslator({ ...this.#ids, runId: subagentRunId, show: this.#show });
    this.#agents.set(toolCallId, agent);
    const name = this.#names.get(toolCallId) ?? toolCallId;
    const start: AGUIEvent = {
      type: 'SUBAGENT_STARTED',
      subagentRunId,
      name,
      parentToolCallId: toolCallId,
      ...(this.#subagent === undefined ? {} : { parentSubagentRunId: this.#subagent }),
    };
    agent.#subagent = subagentRunId;
    const events = agent.#chunk(chunk).filter(({ type }) => !/^(RUN|STEP)_/.test(type));
    const own = events.map((event) => ({ subagentRunId, ...event }));
    return known === undefined ? [start, ...own] : own;
  }

  #interrupt(asked: AskedApproval): AGUIInterrupt {
    return interruptOf(asked, this.#placeOf(asked.callId));
  }

  /** The ids of the calls around a call stand before its own. */
  #placeOf(callId: string): CallPlace {
    for (const [id, agent] of this.#agents)
      if (callId.startsWith(`${id}/`)) return agent.#placeOf(callId.slice(id.length + 1));
    return { toolCallId: callId, ...(this.#subagent === undefined ? {} : { subagentRunId: this.#subagent }) };
  }

  #agentEnd(toolCallId: string, message?: string): AGUIEvent[] {
    if (!this.#agents.delete(toolCallId)) return [];
    const subagentRunId = `${this.#ids.runId}-${toolCallId}`;
    return message === undefined
      ? [{ type: 'SUBAGENT_FINISHED', subagentRunId }]
      : [{ type: 'SUBAGENT_ERROR', subagentRunId, message }];
  }

  /** Calls whose arguments did not stream begin when they are whole. */
  #call(toolCallId: string, toolCallName: string): AGUIEvent[] {
    if (this.#names.has(toolCallId)) return [];
    this.#names.set(toolCallId, toolCallName);
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
