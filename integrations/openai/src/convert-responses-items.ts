import { MortiseError } from '@mortise/core';
import {
  blocksOf,
  isKnownBlock,
  sentArguments,
  type ChatMessage,
  type ChatRequest,
  type ContentBlock,
  type DocumentBlock,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import {
  cacheBreakpoint,
  dataUrl,
  documentText,
  fileName,
  leaveOut,
  NO_CACHE_POINT,
  noteDocument,
  noteStranger,
  ownItem,
  ownMetadata,
  unsupported,
  urlOf,
  withoutNulls,
  type WireBody,
  type WireContext,
} from './convert.ts';

/** The input items of one message. */
export function toItems(message: ChatMessage, request: ChatRequest, context: WireContext): WireBody[] {
  if (message.role === 'assistant') return toAssistantItems(message, request, context);
  if (typeof message.content === 'string' && message.role !== 'tool') {
    return [{ role: message.role, content: message.content }];
  }
  const items: WireBody[] = [];
  let parts: WireBody[] = [];
  const flush = (): void => {
    if (parts.length > 0) items.push({ role: message.role, content: parts });
    parts = [];
  };
  for (const block of blocksOf(message)) {
    const item = ownItem(block, context);
    if (block.type === 'tool-result') {
      flush();
      items.push(toToolOutput(block, request, context));
    } else if (item !== undefined && !String(item['type']).startsWith('input_')) {
      flush();
      items.push(item);
    } else {
      addPart(parts, block, message.role, request, context);
    }
  }
  flush();
  return items;
}

const FAILED = 'The tool failed.';

/** The wire has no field for a failure: a result that says nothing of it says so. */
function toToolOutput(
  { toolCallId, content, isError }: ToolResultBlock,
  request: ChatRequest,
  context: WireContext,
): WireBody {
  let output: string | WireBody[] = '';
  if (typeof content === 'string') output = content;
  else {
    const parts: WireBody[] = [];
    for (const block of content) addPart(parts, block, 'tool-result', request, context);
    const [only] = parts;
    output = parts.length === 1 && only?.['type'] === 'input_text' ? (only['text'] as string) : parts;
  }
  if (isError === true && output === '') output = FAILED;
  return { type: 'function_call_output', call_id: toolCallId, output };
}

function addPart(
  parts: WireBody[],
  block: ContentBlock,
  place: ChatMessage['role'] | 'tool-result',
  request: ChatRequest,
  context: WireContext,
): void {
  if (place === 'tool') {
    const message = `A tool message holds tool-result blocks, not ${block.type}: say which call it answers by toolCallId.`;
    throw new MortiseError('invalid-request', message, { provider: context.provider, model: context.model });
  }
  if (block.type === 'cache-point') {
    const last = parts.at(-1);
    if (context.capabilities?.caching !== true) leaveOut(request, context, 'cache-point', NO_CACHE_POINT);
    else if (last !== undefined) last['prompt_cache_breakpoint'] = cacheBreakpoint(block.ttl);
    return;
  }
  const part = toPart(block, place, request, context);
  if (part !== undefined) parts.push(part);
}

function toPart(
  block: ContentBlock,
  place: ChatMessage['role'] | 'tool-result',
  request: ChatRequest,
  context: WireContext,
): WireBody | undefined {
  if (!isKnownBlock(block)) {
    const item = ownItem(block, context);
    if (item === undefined) noteStranger(block, context);
    // A copy, since a cache point may mark it.
    return item === undefined ? undefined : { ...item };
  }
  switch (block.type) {
    case 'text':
      return { type: 'input_text', text: block.text };
    case 'image': {
      const { source, detail = 'auto' } = block;
      return { type: 'input_image', detail, image_url: urlOf(source) };
    }
    case 'document':
      return toDocumentPart(block, request, context);
    case 'video':
    case 'audio':
      throw unsupported(
        context,
        `${block.type} in ${place === 'tool-result' ? 'tool results' : `${place} messages`}`,
        block.type === 'audio' ? "Use api: 'chat-completions'." : 'Give images of it.',
      );
    default:
      return undefined;
  }
}

function toDocumentPart(block: DocumentBlock, request: ChatRequest, context: WireContext): WireBody {
  const { source, title } = block;
  noteDocument(block, request, context);
  if ('text' in source) return { type: 'input_text', text: documentText(block, source.text) };
  // A file is given by its URL or with a name, never both.
  if ('url' in source) return { type: 'input_file', file_url: source.url };
  const { mediaType, data } = source;
  return { type: 'input_file', filename: fileName(title, mediaType), file_data: dataUrl(mediaType, data) };
}

/** What this provider sent goes back as the items it was; what another sent, as the text and calls it came to. */
function toAssistantItems(message: ChatMessage, request: ChatRequest, context: WireContext): WireBody[] {
  const items: WireBody[] = [];
  for (const block of blocksOf(message)) {
    if (!isKnownBlock(block)) {
      const item = ownItem(block, context);
      const part = (block as { readonly part?: unknown }).part;
      // A block from Chat Completions is not an item here.
      if (typeof item?.['type'] === 'string' && part === undefined) items.push(item);
      else if (isObject(part) && block.type.startsWith(`${context.provider}:`))
        addOutputPart(items, block, part, context);
      else noteStranger(block, context);
      continue;
    }
    switch (block.type) {
      case 'text':
        addText(items, block, context);
        break;
      case 'reasoning': {
        const item = toReasoning(block, request, context);
        if (item !== undefined) items.push(item);
        break;
      }
      case 'tool-call':
        items.push(toFunctionCall(block, items.some(isReasoning), context));
        break;
      case 'tool-result':
        items.push(toToolOutput(block, request, context));
        break;
      case 'cache-point':
        leaveOut(
          request,
          context,
          'cache-point',
          'OpenAI takes breakpoints after what was asked, not after an answer.',
        );
        break;
      case 'citation':
        break;
      case 'image':
      case 'audio':
      case 'video':
      case 'document':
        throw unsupported(
          context,
          `${block.type} blocks in an assistant message`,
          'Put them into a user message.',
        );
    }
  }
  return items;
}

const isReasoning = ({ type }: WireBody): boolean => type === 'reasoning';

function addText(items: WireBody[], block: TextBlock, context: WireContext): void {
  const own = ownMetadata(block, context);
  if (typeof own?.['id'] === 'string') {
    const annotations = (block.citations ?? [])
      .map((citation) => ownMetadata(citation, context))
      .filter((raw) => raw !== undefined);
    const refused = own['refusal'] === true;
    addOutputPart(
      items,
      block,
      refused
        ? { type: 'refusal', refusal: block.text }
        : { type: 'output_text', text: block.text, annotations },
      context,
    );
    return;
  }
  const last = items.at(-1);
  if (last?.['role'] === 'assistant' && last['id'] === undefined)
    last['content'] = `${last['content'] as string}${block.text}`;
  else items.push({ role: 'assistant', content: block.text });
}

/** The parts of one output message stand together again. */
function addOutputPart(items: WireBody[], block: ContentBlock, part: WireBody, context: WireContext): void {
  // `refusal` and `logprobs` are of the part, and were put there by us.
  const {
    refusal: _refusal,
    logprobs: _logprobs,
    id,
    status = 'completed',
    ...own
  } = withoutNulls(ownMetadata(block as TextBlock, context) ?? {});
  const last = items.at(-1);
  if (last !== undefined && last['type'] === 'message' && last['id'] === id)
    (last['content'] as WireBody[]).push(part);
  else items.push(defined({ type: 'message', role: 'assistant', id, status, ...own, content: [part] }));
}

function toReasoning(
  block: ReasoningBlock,
  request: ChatRequest,
  context: WireContext,
): WireBody | undefined {
  const own = ownMetadata(block, context);
  // Without an id it is another provider's, or came over Chat Completions.
  if (own === undefined || block.id === undefined) {
    const message = 'Reasoning that came from elsewhere was left out: the Responses API takes its own alone.';
    context.warn({ type: 'other', setting: 'reasoning', message });
    return undefined;
  }
  if (block.encrypted === undefined && !isStored(request, context)) {
    const message = `The reasoning ${block.id} was left out: nothing is stored, and it came without its encrypted content.`;
    context.warn({ type: 'other', setting: 'reasoning', message });
    return undefined;
  }
  return defined({
    type: 'reasoning',
    ...withoutNulls(own),
    id: block.id,
    encrypted_content: block.encrypted,
  });
}

/** An item's own id ties it to the reasoning before it, and is refused without that. The call itself needs none. */
function toFunctionCall(block: ToolCallBlock, isReasoned: boolean, context: WireContext): WireBody {
  const { id: itemId, ...own } = withoutNulls(ownMetadata(block, context) ?? {});
  const args = JSON.stringify(sentArguments(block));
  const item = { type: 'function_call', ...own, call_id: block.id, name: block.name, arguments: args };
  return isReasoned && itemId !== undefined ? { ...item, id: itemId } : item;
}

/** The provider stores replies unless it is told not to. */
export function isStored(request: ChatRequest, { provider }: WireContext): boolean {
  return request.providerOptions?.[provider]?.['store'] !== false;
}
