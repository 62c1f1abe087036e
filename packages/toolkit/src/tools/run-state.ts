import { MortiseError } from '@mortise/core';
import {
  messagesFromJson,
  messagesToJson,
  messageText,
  snapshot,
  toMessages,
  type ChatMessage,
  type ChatResponse,
  type ToolCallBlock,
  type ToolResultBlock,
  type Usage,
} from '@mortise/core/llm';
import { defined, isObject, jsonText, reading, shown, type JsonObject } from '@mortise/core/shared';
import { randomId } from './tool.ts';
import type { Approval, ToolsCallState, ToolsInput, ToolsReplyState, ToolsState } from './contract.ts';

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

function isState(input: ToolsInput): input is ToolsState {
  return isObject(input);
}

export function beginRun<M>(input: ToolsInput, runId: string | undefined): RunState<M> {
  if (isState(input)) return reading('The state', () => fromState<M>(input));
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

function fromState<M>(state: ToolsState): RunState<M> {
  const { version, id, messages, steps, calls, usage, reminded, reply } = state;
  if (version !== 1)
    throw refused(`its version is ${shown(version)}, and this version of the toolkit reads 1`);
  if (typeof id !== 'string' || id === '') throw refused('it has no id');
  if (!Number.isSafeInteger(steps) || steps < 0) throw refused('its steps are no count');
  if (!isObject(calls) || !Object.values(calls).every(Number.isSafeInteger))
    throw refused('its calls are no counts');
  if (usage !== undefined && !isObject(usage)) throw refused('its usage is no object');
  const run: RunState<M> = {
    id,
    messages: messagesFromJson(messages),
    calls: new Map(Object.entries(calls)),
    steps,
    usage,
    reminded: reminded === true,
    reply: undefined,
  };
  if (reply !== undefined) run.reply = fromReply(reply);
  return run;
}

function fromReply<M>({ message: json, about, tools, calls }: ToolsReplyState): Reply<M> {
  const [message] = messagesFromJson([json]);
  if (message?.role !== 'assistant' || typeof message.content === 'string' || !isObject(about))
    throw refused('its reply is none of a model');
  const blocks = message.content.filter((block): block is ToolCallBlock => block.type === 'tool-call');
  if (!Array.isArray(calls) || calls.length !== blocks.length || !calls.every(isObject))
    throw refused('its calls are not those of its reply');
  if (tools !== undefined && !Array.isArray(tools)) throw refused('its tools are no list');
  const response = {
    ...about,
    message,
    text: messageText(message),
    toolCalls: blocks,
    citations: message.content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : [])),
  } as unknown as ChatResponse<M>;
  if (!isObject(response.finishReason) || !isObject(response.usage))
    throw refused('its reply has no end or no usage');
  return {
    response,
    tools,
    calls: blocks.map((block, at) => callFrom(calls[at] ?? {}, block, at)),
  };
}

function callFrom({ result, approved, run }: ToolsCallState, block: ToolCallBlock, at: number): Call {
  if (approved !== undefined && typeof approved !== 'boolean' && typeof approved !== 'string')
    throw refused('what was decided of a call is neither true nor false');
  return { block, at, approved, run, result: resultFrom(result, block) };
}

function resultFrom(json: JsonObject | undefined, { id }: ToolCallBlock): ToolResultBlock | undefined {
  if (json === undefined) return undefined;
  const [message] = messagesFromJson([{ role: 'tool', content: [json] }]);
  const result = message?.content[0] as ToolResultBlock;
  if (result.type === 'tool-result' && result.toolCallId === id) return result;
  throw refused('a result is not that of its call');
}

function refused(why: string): MortiseError {
  const message = `The state cannot be gone on from: ${why}. Give one that final(), an error's partial or onState gave, as it was.`;
  return new MortiseError('invalid-request', message);
}
