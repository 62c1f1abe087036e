import { MortiseError } from '@mortise/core';
import type { Warning } from '@mortise/core/call';
import {
  messagesFromJson,
  messageText,
  type ChatResponse,
  type ToolCallBlock,
  type ToolResultBlock,
  type Usage,
} from '@mortise/core/llm';
import { isObject, reading, shown } from '@mortise/core/shared';
import { toState, type Call, type Reply, type RunState } from './run-state.ts';
import type { ToolsState } from './state-contract.ts';
import { COUNTS } from './usage.ts';

/** The run that a state is of. Takes anything; `invalid-request` says what is no part of a state. */
export function readState<M>(json: unknown): RunState<M> {
  return reading('The state', () => {
    const { version, id, messages, steps, calls, usage, reminded, reply } = isObject(json) ? json : {};
    if (version !== 1)
      throw refused(`its version is ${shown(version)}, and this version of the toolkit reads 1`);
    if (typeof id !== 'string' || id === '') throw refused('it has no id');
    if (!isCount(steps)) throw refused('its steps are no count');
    return {
      id,
      messages: messagesFromJson(messages),
      written: [],
      calls: new Map(countsFrom(calls)),
      steps,
      usage: usage === undefined ? undefined : usageFrom(usage),
      reminded: reminded === true,
      reply: reply === undefined ? undefined : replyFrom(reply),
    };
  });
}

/**
 * A state of a run as it came from a store or another program, checked: `invalid-request` says what is no part of one. What
 * `runTools` and `streamTools` are given they check themselves.
 */
export function toolsStateFromJson(json: unknown): ToolsState {
  return toState(readState(json));
}

function countsFrom(json: unknown): [string, number][] {
  if (!isObject(json)) throw refused('its calls are no counts');
  return Object.entries(json).map(([name, count]) => {
    if (!isCount(count)) throw refused(`its calls of ${shown(name)} are no count`);
    return [name, count];
  });
}

function replyFrom<M>(json: unknown): Reply<M> {
  const { message: written, about, tools, calls } = isObject(json) ? json : {};
  const [message] = messagesFromJson([written]);
  if (message?.role !== 'assistant' || typeof message.content === 'string' || !isObject(about))
    throw refused('its reply is none of a model');
  const { role } = message;
  const content = [...message.content];
  const toolCalls = content.filter((block): block is ToolCallBlock => block.type === 'tool-call');
  if (!Array.isArray(calls) || calls.length !== toolCalls.length || !calls.every(isObject))
    throw refused('its calls are not those of its reply');
  const states: readonly Record<string, unknown>[] = calls;
  if (tools !== undefined && !(Array.isArray(tools) && tools.every((name) => typeof name === 'string')))
    throw refused('its tools are no list of names');
  const response: ChatResponse<M> = {
    ...aboutFrom<M>(about),
    message: { ...message, role, content },
    text: messageText(message),
    toolCalls,
    citations: content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : [])),
  };
  return { response, tools, calls: toolCalls.map((block, at) => callFrom(states[at] ?? {}, block, at)) };
}

type About<M> = Omit<ChatResponse<M>, 'message' | 'text' | 'toolCalls' | 'citations'>;

/** With the members of later versions, as they are. */
function aboutFrom<M>({
  finishReason: end,
  usage,
  model,
  warnings,
  ...rest
}: Record<string, unknown>): About<M> {
  const { unified, raw } = isObject(end) ? end : {};
  if (typeof unified !== 'string' || typeof raw !== 'string' || !isObject(usage))
    throw refused('its reply has no end or no usage');
  if (typeof model !== 'string' || !isWarnings(warnings))
    throw refused('its reply does not say its model and its warnings');
  const about: About<M> = { finishReason: { unified, raw }, usage: usageFrom(usage), model, warnings };
  return { ...rest, ...about };
}

function isWarnings(value: unknown): value is Warning[] {
  const isOne = (item: unknown): boolean =>
    isObject(item) && typeof item['type'] === 'string' && typeof item['message'] === 'string';
  return Array.isArray(value) && value.every(isOne);
}

function usageFrom(json: unknown): Usage {
  if (!isObject(json)) throw refused('its usage is no object');
  const usage: Usage = {};
  for (const name of COUNTS) {
    const count = json[name];
    if (count === undefined) continue;
    if (typeof count !== 'number') throw refused(`its usage has no number in ${name}`);
    usage[name] = count;
  }
  return { ...json, ...usage };
}

function callFrom(
  { result, approved, run }: Record<string, unknown>,
  block: ToolCallBlock,
  at: number,
): Call {
  if (approved !== undefined && typeof approved !== 'boolean' && typeof approved !== 'string')
    throw refused('what was decided of a call is neither true nor false');
  const inside = run === undefined ? undefined : toolsStateFromJson(run);
  return { block, at, approved, run: inside, result: resultFrom(result, block) };
}

function resultFrom(json: unknown, { id }: ToolCallBlock): ToolResultBlock | undefined {
  if (json === undefined) return undefined;
  const [message] = messagesFromJson([{ role: 'tool', content: [json] }]);
  const [result] = message?.content ?? [];
  if (typeof result === 'object' && result.type === 'tool-result' && result.toolCallId === id) return result;
  throw refused('a result is not that of its call');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function refused(why: string): MortiseError {
  const message = `The state cannot be gone on from: ${why}. Give one that final(), an error's partial or onState gave, as it was.`;
  return new MortiseError('invalid-request', message);
}
