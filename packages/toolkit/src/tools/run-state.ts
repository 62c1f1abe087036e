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
import { defined, isObject, jsonText, reading, type JsonObject } from '@mortise/core/shared';
import { randomId } from './tool.ts';
import type { Approval } from './approval-contract.ts';
import type { ToolsInput } from './contract.ts';
import type { ToolsReplyState, ToolsState } from './state-contract.ts';

/** A run as it goes; `ToolsState` is the same as JSON. */
export interface RunState<M = unknown> {
  readonly id: string;
  /** Whole turns alone. */
  readonly messages: ChatMessage[];
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
  const now: RunState = { ...run, messages: [...run.messages], calls: new Map(run.calls), reply };
  let state: ToolsState | undefined;
  return () => (state ??= toState(now));
}

/** Throws `invalid-request` for what a message or a reply holds that JSON cannot. */
export function toState({ id, messages, calls, steps, usage, reminded, reply }: RunState): ToolsState {
  const state: ToolsState = {
    version: 1,
    id,
    messages: messages.map(messageJson),
    steps,
    calls: Object.fromEntries(calls),
  };
  if (usage !== undefined) state.usage = plain(usage, 'The usage');
  if (reminded) state.reminded = true;
  if (reply !== undefined) state.reply = replyState(reply);
  return state;
}

function replyState({ response, tools, calls }: Reply): ToolsReplyState {
  const { message, text: _text, toolCalls: _calls, citations: _citations, ...about } = response;
  const state: ToolsReplyState = {
    message: messageJson(message),
    about: plain(about, 'The reply'),
    calls: calls.map(({ result, approved, run }) =>
      result === undefined ? defined({ approved, run }) : { result: resultJson(result) },
    ),
  };
  if (tools !== undefined) state.tools = [...tools];
  return state;
}

/** A message is written once: it does not change. */
const written = new WeakMap<ChatMessage, JsonObject>();

function messageJson(message: ChatMessage): JsonObject {
  let json = written.get(message);
  if (json === undefined) {
    [json = {}] = messagesToJson([message]);
    written.set(message, json);
  }
  return json;
}

function resultJson(result: ToolResultBlock): JsonObject {
  const { content } = messageJson({ role: 'tool', content: [result] }) as { content: JsonObject[] };
  return content[0] as JsonObject;
}

function plain(value: object, what: string): JsonObject {
  return JSON.parse(jsonText(value, what)) as JsonObject;
}
