import {
  messagesToJson,
  snapshot,
  toMessages,
  type ChatMessage,
  type ChatResponse,
  type ToolCallBlock,
  type ToolResultBlock,
  type Usage,
} from '@mortise/core/llm';
import { defined, isObject, jsonText, reading, type JsonObject, type JsonValue } from '@mortise/core/shared';
import { randomId } from './tool.ts';
import type { Approval } from './approval-contract.ts';
import type { ToolsInput } from './contract.ts';
import type { ToolsReplyState, ToolsState } from './state-contract.ts';

/** A run as it goes; `ToolsState` is the same as JSON. */
export interface RunState<M = unknown> {
  readonly id: string;
  /** Whole turns alone. Only ever longer. */
  readonly messages: ChatMessage[];
  /** The first of them as JSON, as far as a state was asked for. */
  readonly written: JsonObject[];
  readonly calls: Map<string, number>;
  steps: number;
  usage: Usage | undefined;
  reminded: boolean;
  reply: Reply<M> | undefined;
}

/** The last reply, until the next request. */
export interface Reply<M = unknown> {
  readonly response: ChatResponse<M>;
  readonly tools: readonly string[] | undefined;
  readonly calls: readonly Call[];
}

/** A call of the last reply. */
export interface Call {
  readonly block: ToolCallBlock;
  /** Its place among the calls of the reply. */
  readonly at: number;
  result?: ToolResultBlock | undefined;
  approved?: Approval | undefined;
  run?: ToolsState | undefined;
}

/** What was given, as it stands now: its owner may go on with it. */
export function inputNow(input: ToolsInput): ToolsInput {
  return isState(input) ? reading('The state', () => structuredClone(input)) : snapshot(input);
}

export function isState(input: ToolsInput): input is ToolsState {
  return isObject(input);
}

export function newRun<M>(input: Exclude<ToolsInput, ToolsState>, runId: string | undefined): RunState<M> {
  const messages = [...toMessages(input)];
  return {
    id: runId ?? randomId(),
    messages,
    written: [],
    calls: new Map(),
    steps: 0,
    usage: undefined,
    reminded: false,
    reply: undefined,
  };
}

export function replyOf<M>(response: ChatResponse<M>, tools: readonly string[] | undefined): Reply<M> {
  return { response, tools, calls: response.toolCalls.map((block, at) => ({ block, at })) };
}

/** The conversation so far. A call without a result is answered by `without`. */
export function conversation(
  { messages, reply }: RunState,
  without: (call: Call) => ToolResultBlock,
): ChatMessage[] {
  if (reply === undefined) return [...messages];
  const { response, calls } = reply;
  const results = calls.map((call) => call.result ?? without(call));
  const answered: ChatMessage[] = results.length > 0 ? [{ role: 'tool', content: results }] : [];
  return [...messages, response.message, ...answered];
}

/** A state that is written when it is first asked for, of the run as it is now. */
export function lazyState(run: RunState): () => ToolsState {
  const reply = run.reply && { ...run.reply, calls: run.reply.calls.map((call) => ({ ...call })) };
  const messages = [...run.messages];
  const now: RunState = { ...run, messages, calls: new Map(run.calls), reply };
  let state: ToolsState | undefined;
  return () => (state ??= toState(now));
}

/** Throws `invalid-request` for what a message or a reply holds that JSON cannot. */
export function toState(run: RunState): ToolsState {
  const { id, messages, written: json, calls, steps, usage, reminded, reply } = run;
  for (const message of messages.slice(json.length)) json.push(messageJson(message));
  const state: ToolsState = {
    version: 1,
    id,
    messages: json.slice(0, messages.length),
    steps,
    calls: Object.fromEntries(calls),
  };
  if (usage !== undefined) state.usage = once(usage, () => plain(usage, 'The usage'));
  if (reminded) state.reminded = true;
  if (reply !== undefined) state.reply = replyState(reply);
  return state;
}

function replyState({ response, tools, calls }: Reply): ToolsReplyState {
  const state: ToolsReplyState = {
    message: messageJson(response.message),
    about: once(response, () => {
      const { message: _message, text: _text, toolCalls: _calls, citations: _citations, ...about } = response;
      return plain(about, 'The reply');
    }),
    calls: calls.map(({ result, approved, run }) =>
      result === undefined ? defined({ approved, run }) : { result: resultJson(result) },
    ),
  };
  if (tools !== undefined) state.tools = [...tools];
  return state;
}

/**
 * What is written of messages, results, replies and usage: once, as they do not change while a run goes on, and a state is asked
 * for four times in each step. The states of a run share it, so it is frozen: what somebody does to one is not in the next.
 */
const written = new WeakMap<object, JsonObject>();

function once(of: object, write: () => JsonObject): JsonObject {
  let json = written.get(of);
  if (json === undefined) {
    json = reading('The state', () => frozen(write()));
    written.set(of, json);
  }
  return json;
}

function frozen<T extends JsonValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

function messageJson(message: ChatMessage): JsonObject {
  return once(message, () => ofResults(message) ?? messagesToJson([message])[0] ?? {});
}

/** A message of results that are written already. */
function ofResults({ role, content, ...more }: ChatMessage): JsonObject | undefined {
  if (role !== 'tool' || typeof content === 'string' || Object.keys(more).length > 0) return undefined;
  const results = content.flatMap((result) => written.get(result) ?? []);
  return results.length === content.length ? { role, content: results } : undefined;
}

function resultJson(result: ToolResultBlock): JsonObject {
  return once(result, () => {
    const [message] = messagesToJson([{ role: 'tool', content: [result] }]);
    const { content: [json] = [] } = message as { content?: JsonObject[] };
    return json ?? {};
  });
}

function plain(value: object, what: string): JsonObject {
  return JSON.parse(jsonText(value, what)) as JsonObject;
}
