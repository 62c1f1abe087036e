import {
  blocksOf,
  isKnownBlock,
  sentArguments,
  type ChatMessage,
  type ChatRequest,
  type ContentBlock,
  type ReasoningBlock,
  type ToolCallBlock,
} from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import {
  noteStranger,
  objectOf,
  objectsOf,
  ownItem,
  ownMetadata,
  withoutNulls,
  type WireBody,
  type WireContext,
} from './convert.ts';
import { contentText } from './convert-chat-opaque.ts';
import { notInAnswer } from './convert-content.ts';

/** One message of the model as it goes back: what the wire keeps in fields is gathered from the blocks. */
interface Turn {
  /** The text, and between its pieces the parts that only a list of parts can hold. */
  readonly parts: WireBody[];
  refusal: string;
  readonly calls: WireBody[];
  /** Of reasoning that came as a field of its own. */
  reasoning: WireBody;
  /** Members of the message that no block is made of. */
  readonly extra: WireBody;
}

export function toAssistantMessage(
  message: ChatMessage,
  request: ChatRequest,
  context: WireContext,
): WireBody {
  const turn: Turn = { parts: [], refusal: '', calls: [], reasoning: {}, extra: {} };
  for (const block of blocksOf(message)) addBlock(turn, block, request, context);
  const { parts, refusal, calls, reasoning, extra } = turn;
  const empty = calls.length > 0 || refusal !== '' || extra['audio'] !== undefined ? null : '';
  return defined({
    role: 'assistant',
    content: parts.length === 0 ? empty : textAlone(parts) ? contentText(parts) : parts,
    name: message.name,
    refusal: refusal === '' ? undefined : refusal,
    // Only within a tool loop, but for what is signed: there DeepSeek and others need it, elsewhere some refuse it.
    ...(calls.length > 0 || 'reasoning_details' in reasoning ? reasoning : {}),
    ...extra,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

function addBlock(turn: Turn, block: ContentBlock, request: ChatRequest, context: WireContext): void {
  if (!isKnownBlock(block)) return addProviderBlock(turn, block, context);
  switch (block.type) {
    case 'text':
      if (ownMetadata(block, context)?.['refusal'] === true) turn.refusal += block.text;
      else if (block.text !== '') turn.parts.push({ type: 'text', text: block.text });
      return;
    case 'tool-call':
      turn.calls.push(toToolCall(block, context));
      return;
    case 'reasoning':
      return addReasoning(turn, block, context);
    default:
      return notInAnswer(block, request, context);
  }
}

function addProviderBlock(turn: Turn, block: ContentBlock, context: WireContext): void {
  const item = ownItem(block, context);
  if (item === undefined) noteStranger(block, context);
  else if (block.type.endsWith(':custom_tool_call') && item['custom'] !== undefined) turn.calls.push(item);
  else if (block.type.endsWith(':audio')) turn.extra['audio'] = { id: item['id'] };
  // What a message held besides its known members.
  else if (block.type.endsWith(':message')) Object.assign(turn.extra, item);
  // A part of the content that came with the message, and no item of the Responses API.
  else if ((block as { readonly part?: unknown }).part === true) turn.parts.push(item);
}

/** As it came: in a field, in OpenRouter's list of details, or as a part of the content (Mistral). */
function addReasoning(turn: Turn, block: ReasoningBlock, context: WireContext): void {
  const { field, details, part } = ownMetadata(block, context) ?? {};
  if (isObject(part)) {
    turn.parts.push({ type: 'thinking', thinking: [{ type: 'text', text: block.text }], ...part });
    return;
  }
  const known = turn.reasoning;
  if (typeof field === 'string' && block.text !== '')
    turn.reasoning = { ...known, [field]: `${(known[field] as string | undefined) ?? ''}${block.text}` };
  if (Array.isArray(details)) {
    const before = objectsOf(known['reasoning_details']);
    turn.reasoning = { ...turn.reasoning, reasoning_details: [...before, ...objectsOf(details)] };
  } else if (typeof field !== 'string') {
    const message = 'Reasoning that came from elsewhere was left out: Chat Completions has no place for it.';
    context.warn({ type: 'other', setting: 'reasoning', message });
  }
}

function textAlone(parts: readonly WireBody[]): boolean {
  return parts.every((part) => part['type'] === 'text' && Object.keys(part).length === 2);
}

/** With what the call held besides: Gemini's signature of a thought must come back with it. */
function toToolCall(block: ToolCallBlock, context: WireContext): WireBody {
  const { function: called, ...rest } = withoutNulls(ownMetadata(block, context) ?? {});
  const { id, name } = block;
  return {
    // An item of the Responses API has an id and a state of its own, which mean nothing here.
    ...(rest['status'] === undefined ? rest : {}),
    id,
    type: 'function',
    function: { ...objectOf(called), name, arguments: JSON.stringify(sentArguments(block)) },
  };
}
