import { MortiseError } from '@mortise/core';
import {
  toolCallBlock,
  type ChatMessage,
  type CitationBlock,
  type ContentBlock,
  type ResultBlock,
  type ToolCallBlock,
} from '@mortise/core/llm';
import { defined, plainJson, reading, type JsonObject } from '@mortise/core/shared';
import { uniqueCallId } from '@mortise/core/wire';
import { citationOf, fromBlock, withOwn } from './blocks.ts';
import type { LangChainMessageLike } from './contract.ts';
import { RAW, rawCitations } from './raw.ts';
import { membersBeside, objectOf, objectsOf, textOf, type Members } from './values.ts';

/** Messages of theirs as ours, one for one. What has no counterpart (`remove`, `function`) is `unsupported`. */
export function fromMessages(messages: readonly LangChainMessageLike[]): ChatMessage[] {
  return reading('The list of messages', () => Array.from(messages, fromMessage));
}

const ROLES: ReadonlyMap<unknown, ChatMessage['role']> = new Map([
  ['human', 'user'],
  ['user', 'user'],
  ['ai', 'assistant'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
  ['tool', 'tool'],
]);

/** One message of theirs, an instance or its members. */
export function fromMessage(given: unknown): ChatMessage {
  return reading('The message', () => {
    const message = membersOf(given);
    const { type } = message;
    const role = ROLES.get(type === 'generic' ? message['role'] : (type ?? message['role']));
    if (role === undefined) {
      const message = `A message of the type ${JSON.stringify(type)} has no counterpart. Give human, ai, system and tool messages.`;
      throw new MortiseError('unsupported', message);
    }
    const { name } = message;
    if (role === 'tool') return { role, content: [fromResult(message)] };
    const content = role === 'assistant' ? contentOf(message) : plainContentOf(message);
    return typeof name === 'string' && name !== '' ? { role, content, name } : { role, content };
  });
}

/** Of an instance, of what `JSON.stringify` made of one, of a pair of role and content, or of a bare text. */
function membersOf(given: unknown): Members {
  if (typeof given === 'string') return { type: 'human', content: given };
  if (Array.isArray(given)) return { type: given[0] as unknown, content: given[1] as unknown };
  const message = objectOf(given);
  if (message['lc'] !== 1 || !Array.isArray(message['id'])) return message;
  const className = String(message['id'].at(-1));
  const type = className.replace(/Message(Chunk)?$/, '').toLowerCase();
  return { ...objectOf(message['kwargs']), type };
}

function plainContentOf({ content }: Members): string | ContentBlock[] {
  if (typeof content === 'string') return content;
  return objectsOf(content).map(fromBlock);
}

function fromResult(message: Members): ContentBlock {
  const { content, name, status, artifact } = message;
  const own =
    artifact === undefined ? undefined : { artifact: plainJson(artifact, 'The artifact of a tool message') };
  return withOwn(
    defined({
      type: 'tool-result',
      toolCallId: typeof message['tool_call_id'] === 'string' ? message['tool_call_id'] : '',
      toolName: textOf(name),
      content: typeof content === 'string' ? content : (objectsOf(content).map(fromBlock) as ResultBlock[]),
      isError: status === 'error' ? true : undefined,
    } as const),
    own,
  );
}

/** The blocks of a model's turn: the content with its calls where they stand, and what stands beside it. */
export function contentOf(message: Members): ContentBlock[] {
  const calls = callsOf(message);
  const told = rawContent(message).flatMap((raw) => placed(raw, calls));
  const blocks = [...besideContent(message), ...cited(told, rawCitations(message, citationOf))];
  const whole = wholeOf(message);
  return [...blocks, ...calls.values(), ...(whole === undefined ? [] : [whole])];
}

/** The blocks with these citations on the last text. */
export function cited(blocks: ContentBlock[], citations: CitationBlock[]): ContentBlock[] {
  const at = blocks.findLastIndex(({ type }) => type === 'text');
  if (citations.length === 0 || at < 0) return blocks;
  return blocks.map((block, index) => (index === at ? ({ ...block, citations } as ContentBlock) : block));
}

function rawContent({ content }: Members): Members[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsOf(content);
}

/** The types of blocks that say again what stands in `tool_calls`. */
const CALLS: ReadonlySet<unknown> = new Set([
  ...['tool_use', 'tool_call', 'function_call', 'invalid_tool_call', 'tool_call_chunk', 'input_json_delta'],
]);

export function isCallBlock({ type }: Members): boolean {
  return CALLS.has(type);
}

function placed(raw: Members, calls: Map<string, ToolCallBlock>): ContentBlock[] {
  if (!isCallBlock(raw)) return [fromBlock(raw)];
  const id = String(raw['id'] ?? raw['call_id']);
  const call = calls.get(id);
  calls.delete(id);
  return call === undefined ? [] : [markedCall(call, raw)];
}

const OF_CALL: ReadonlySet<string> = new Set(['id', 'name', 'input', 'args', 'arguments', 'index']);

/** A call that also stands in the content has to go back there. */
export function markedCall(call: ToolCallBlock, raw: Members): ToolCallBlock {
  return withOwn(call, membersBeside(raw, OF_CALL));
}

function callsOf(message: Members): Map<string, ToolCallBlock> {
  const calls = new Map<string, ToolCallBlock>();
  const add = (call: ToolCallBlock): void => void calls.set(call.id, call);
  for (const { id, name, args } of objectsOf(message['tool_calls'])) {
    const text = JSON.stringify(args ?? {});
    add(toolCallBlock(freshId(id, calls), typeof name === 'string' ? name : '', text));
  }
  for (const { id, name, args } of objectsOf(message['invalid_tool_calls'])) {
    const text = typeof args === 'string' ? args : '';
    add(toolCallBlock(freshId(id, calls), typeof name === 'string' ? name : '', text));
  }
  return calls;
}

function freshId(id: unknown, taken: ReadonlyMap<string, unknown>): string {
  return typeof id === 'string' && id !== '' && !taken.has(id) ? id : uniqueCallId();
}

/** Reasoning that some models put beside the content. */
function besideContent(message: Members): ContentBlock[] {
  const more = objectOf(message['additional_kwargs']);
  const { reasoning_content: said, reasoning, refusal } = more;
  const blocks: ContentBlock[] = [];
  if (typeof said === 'string' && said !== '') blocks.push(reasoningFrom('reasoning_content', said));
  const summary = objectsOf(objectOf(reasoning)['summary']).map(({ text }) =>
    typeof text === 'string' ? text : '',
  );
  if (summary.length > 0) blocks.push(reasoningFrom('reasoning', summary.join('')));
  if (typeof refusal === 'string' && refusal !== '') blocks.push({ type: 'text', text: refusal });
  return blocks;
}

/** `from`: the member of `additional_kwargs`. */
export function reasoningFrom(from: string, text: string): ContentBlock {
  return withOwn({ type: 'reasoning', text }, { from });
}

/** What of `additional_kwargs` is said elsewhere, or says nothing to the model. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['tool_calls', 'function_call', 'reasoning_content', 'refusal', 'id', 'type', 'role', 'model', 'usage'],
  ...['stop_reason', 'stop_sequence', 'stop_details', RAW],
]);

/** What a model's turn has besides its content, to go back with it: the items of a reply, signatures of Gemini's. */
export function wholeOf(message: Members): ContentBlock | undefined {
  const more = membersBeside(objectOf(message['additional_kwargs']), ELSEWHERE);
  const {
    output,
    output_version: version,
    model_provider: provider,
  } = objectOf(message['response_metadata']);
  const about =
    output === undefined && version === undefined
      ? undefined
      : defined({ output, output_version: version, model_provider: provider });
  if (more === undefined && about === undefined) return undefined;
  return wholeBlock(defined({ additional_kwargs: more, response_metadata: about }) as JsonObject);
}

/** The type of the block for what a message has besides its content. */
export const WHOLE = 'langchain:message';

function wholeBlock(value: JsonObject): ContentBlock {
  return { type: WHOLE, value };
}
