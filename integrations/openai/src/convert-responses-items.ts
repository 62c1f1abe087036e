import {
  blocksOf,
  isKnownBlock,
  sentArguments,
  type ChatMessage,
  type ChatRequest,
  type ContentBlock,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
} from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import {
  noteStranger,
  ownItem,
  ownMetadata,
  unsupported,
  withoutNulls,
  type WireBody,
  type WireContext,
} from './convert.ts';
import { fileName, notInAnswer, toResult, toTurns, urlOf, type ContentWire } from './convert-content.ts';

/** The input items of one message. */
export function toItems(message: ChatMessage, request: ChatRequest, context: WireContext): WireBody[] {
  return message.role === 'assistant'
    ? toAssistantItems(message, request, context)
    : toTurns(message, RESPONSES, request, context);
}

const RESPONSES: ContentWire = {
  text: 'input_text',
  places: ['user', 'system', 'tool-result'],
  message: ({ role }, content) => ({ role, content }),
  result: (id, output) => ({ type: 'function_call_output', call_id: id, output }),
  item(block, context) {
    const item = ownItem(block, context);
    return String(item?.['type']).startsWith('input_') ? undefined : item;
  },
  media(block, place, context) {
    const { source } = block;
    if (block.type === 'image')
      return { type: 'input_image', detail: block.detail ?? 'auto', image_url: urlOf(source) };
    if (block.type !== 'document') {
      const where = place === 'tool-result' ? 'tool results' : `${place} messages`;
      const remedy = block.type === 'audio' ? "Use api: 'chat-completions'." : 'Give images of it.';
      throw unsupported(context, `${block.type} in ${where}`, remedy);
    }
    // A file is given by its URL or with a name, never both.
    if ('url' in source) return { type: 'input_file', file_url: source.url };
    return {
      type: 'input_file',
      filename: fileName(block.title, source.mediaType),
      file_data: urlOf(source),
    };
  },
};

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
        items.push(toResult(block, RESPONSES, request, context));
        break;
      default:
        notInAnswer(block, request, context);
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
