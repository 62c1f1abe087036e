import { MortiseError } from '@mortise/core';
import {
  blocksOf,
  isKnownBlock,
  sentArguments,
  type ChatMessage,
  type CitationBlock,
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core/llm';
import { base64Of, defined } from '@mortise/core/shared';
import {
  objectOf,
  objectsOf,
  ownMetadata,
  stringOf,
  unsupported,
  type WireBody,
  type WireContext,
} from './convert.ts';

export interface WireMessages {
  readonly messages: WireBody[];
  /** Cohere takes the documents of all messages beside the messages. */
  readonly documents: WireBody[];
  /** There are documents, and each asks not to be cited. */
  readonly uncited: boolean;
}

export function toMessages(messages: readonly ChatMessage[], context: WireContext): WireMessages {
  const documents: WireBody[] = [];
  let cited = false;
  const takeDocument = (block: DocumentBlock): void => {
    documents.push(toDocument(block, `doc:${documents.length}`, context));
    cited ||= block.citations !== false;
  };
  const wire = messages.flatMap((message) =>
    message.role === 'assistant' ? toAssistant(message, context) : toTurn(message, takeDocument, context),
  );
  return { messages: wire, documents, uncited: documents.length > 0 && !cited };
}

/** System, user and tool messages. Tool results are messages of their own, so one may become several. */
function toTurn(
  message: ChatMessage,
  takeDocument: (block: DocumentBlock) => void,
  context: WireContext,
): WireBody[] {
  const { role } = message;
  if (typeof message.content === 'string' && role !== 'tool') return [{ role, content: message.content }];
  const results: WireBody[] = [];
  const parts: WireBody[] = [];
  for (const block of blocksOf(message)) {
    if (!isKnownBlock(block)) noteStranger(block, context);
    else if (block.type === 'tool-result') results.push(toToolMessage(block, context));
    else if (role === 'tool') throw notAResult(block, context);
    else if (block.type === 'text') parts.push({ type: 'text', text: block.text });
    else if (block.type === 'image' && role === 'user') parts.push(toImage(block));
    else if (block.type === 'document' && role === 'user') takeDocument(block);
    else if ('source' in block && block.type !== 'citation') {
      throw unsupported(context, `${block.type} blocks in a ${role} message`, 'Turn it into text first.');
    }
  }
  const content = toContent(parts);
  return content === undefined ? results : [...results, { role, content }];
}

function notAResult(block: ContentBlock, { provider, model }: WireContext): MortiseError {
  const message = `A tool message holds tool-result blocks, not ${block.type}: say which call it answers by toolCallId.`;
  return new MortiseError('invalid-request', message, { provider, model });
}

/** A single text as a string, anything else as parts, nothing as undefined. */
function toContent(parts: readonly WireBody[]): unknown {
  const [only] = parts;
  if (only === undefined) return undefined;
  const isPlain = only['type'] === 'text' && Object.keys(only).length === 2;
  return parts.length === 1 && isPlain ? only['text'] : parts;
}

export function toImage({ source, detail }: ImageBlock): WireBody {
  const url = 'url' in source ? source.url : `data:${source.mediaType};base64,${base64Of(source.data)}`;
  return { type: 'image_url', image_url: defined({ url, detail }) };
}

/** The id comes back in citations: `doc:N` as the number N, the place among all documents of the request. */
function toDocument(block: DocumentBlock, id: string, context: WireContext): WireBody {
  const { title, context: about } = block;
  const own = stringOf(ownMetadata(block)?.['id']);
  return { id: own ?? id, data: defined({ title, text: textOf(block, context), context: about }) };
}

function textOf({ source }: DocumentBlock, context: WireContext): string {
  if ('text' in source) return source.text;
  if ('url' in source) throw unsupported(context, 'a document by its URL', 'Load it, and give its text.');
  const { mediaType, data } = source;
  if (!/^(text\/|application\/(.+\+)?(json|xml)\b)/.test(mediaType)) {
    throw unsupported(context, `a document of type ${mediaType}`, 'Extract its text first.');
  }
  const bytes = typeof data === 'string' ? Uint8Array.from(atob(data), (unit) => unit.charCodeAt(0)) : data;
  return new TextDecoder().decode(bytes);
}

/** Documents in a result have ids, by which they are cited. A failure is a JSON object, as Cohere has no field for it. */
function toToolMessage(block: ToolResultBlock, context: WireContext): WireBody {
  const { toolCallId, content, isError } = block;
  const message = { role: 'tool', tool_call_id: toolCallId };
  if (typeof content === 'string') {
    return { ...message, content: isError === true ? JSON.stringify({ error: content }) : content };
  }
  const parts = content.map((part, at): WireBody => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    if (part.type === 'document') {
      return { type: 'document', document: toDocument(part, `${toolCallId}:${at}`, context) };
    }
    throw unsupported(context, `${part.type} blocks in a tool result`, 'Describe it in text.');
  });
  if (isError === true) parts.unshift({ type: 'text', text: '{"error":"The tool failed."}' });
  return { ...message, content: toContent(parts) ?? '' };
}

function toAssistant(message: ChatMessage, context: WireContext): WireBody[] {
  const parts: WireBody[] = [];
  const calls: WireBody[] = [];
  const citations: WireBody[] = [];
  let toolPlan = '';
  for (const block of blocksOf(message)) {
    if (!isKnownBlock(block)) {
      const [value] = objectsOf([block['value']]);
      if (block.type.startsWith('cohere:') && value !== undefined) parts.push(value);
      else noteStranger(block, context);
    } else if (block.type === 'text') {
      if (block.text !== '') parts.push({ type: 'text', ...membersOf(block), text: block.text });
      citations.push(...citationsOf(block));
    } else if (block.type === 'reasoning') {
      if (isForeign(block)) {
        const message = 'Reasoning that came from elsewhere was left out: Cohere cannot read it.';
        context.warn({ type: 'other', setting: 'reasoning', message });
        continue;
      }
      if (isToolPlan(block)) toolPlan += block.text;
      else if (block.text !== '') parts.push({ type: 'thinking', ...membersOf(block), thinking: block.text });
      citations.push(...objectsOf(ownMetadata(block)?.['citations']));
    } else if (block.type === 'tool-call') {
      calls.push(toToolCall(block));
    }
  }
  const body = defined({
    role: 'assistant',
    content: toContent(parts),
    tool_plan: toolPlan === '' ? undefined : toolPlan,
    tool_calls: calls.length === 0 ? undefined : calls,
    citations: citations.length === 0 ? undefined : citations,
  });
  return Object.keys(body).length === 1 ? [] : [body];
}

/** Another provider's reasoning is signed, encrypted or marked, and means nothing to Cohere. */
function isForeign(block: ReasoningBlock): boolean {
  if (ownMetadata(block) !== undefined) return false;
  return (
    block.signature !== undefined || block.encrypted !== undefined || block.providerMetadata !== undefined
  );
}

function isToolPlan(block: ReasoningBlock): boolean {
  return ownMetadata(block)?.['toolPlan'] === true;
}

/** Cohere's own citations, each of which became one block for each of its sources. */
function citationsOf({ citations = [] }: TextBlock): WireBody[] {
  return objectsOf(citations.map((citation: CitationBlock) => ownMetadata(citation)?.['citation']));
}

function toToolCall(block: ToolCallBlock): WireBody {
  const { id, name } = block;
  const called = { name, arguments: JSON.stringify(sentArguments(block)) };
  return { ...membersOf(block), id, type: 'function', function: called };
}

/** What Cohere put into a block besides what the contract knows. */
function membersOf(block: TextBlock | ReasoningBlock | ToolCallBlock): WireBody {
  return objectOf(ownMetadata(block)?.['members']);
}

/** A block that only another provider, or a later version, knows: left out, and said. */
function noteStranger({ type }: ContentBlock, context: WireContext): void {
  const message = `A block of the type ${type} was left out: Cohere has no place for it.`;
  context.warn({ type: 'other', setting: 'messages', message });
}
