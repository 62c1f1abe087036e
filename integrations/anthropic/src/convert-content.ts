import {
  base64Of,
  blocksOf,
  MortiseError,
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
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { inlineMedia, type RequestNotes } from '@mortise/core/wire';

/** Something in a request body. */
export type Wire = Record<string, unknown>;

export interface Turn {
  readonly role: 'user' | 'assistant';
  content: Wire[];
}

/**
 * Messages as the API takes them: system texts apart, tool results in the user's turns, and neighbours of one role as
 * one turn. `tools` stands before both, so a cache point at the very beginning is on its last.
 */
export function toConversation(
  messages: readonly ChatMessage[],
  tools: Wire[],
  notes: RequestNotes,
): { system: Wire[]; turns: Turn[] } {
  const system: Wire[] = [];
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') {
      if (turns.length > 0) {
        notes.note('A system message within the conversation was moved to its beginning.');
      }
      addBlocks(message, system, [tools], notes);
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const before = [tools, system, ...turns.map((turn) => turn.content)];
    const content: Wire[] = [];
    addBlocks(message, content, before, notes);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  if (turns.length === 0) {
    throw new MortiseError('invalid-request', 'Anthropic needs a message of the user that is not empty.', {
      provider: 'anthropic',
    });
  }
  for (const turn of turns) turn.content = resultsFirst(turn.content);
  withoutTrailingBlanks(turns);
  return { system, turns };
}

/** An answer that is to be gone on with must not end in blanks; the API refuses it. */
function withoutTrailingBlanks(turns: Turn[]): void {
  const last = turns.at(-1);
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined;
  if (block?.['type'] !== 'text' || typeof block['text'] !== 'string') return;
  block['text'] = block['text'].trimEnd();
  if (block['text'] === '' && last !== undefined && last.content.length > 1) last.content.pop();
}

/** The API wants the results of tools before anything else that the user says. */
function resultsFirst(content: Wire[]): Wire[] {
  const isResult = (block: Wire): boolean => block['type'] === 'tool_result';
  if (!content.some(isResult)) return content;
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))];
}

function addBlocks(
  message: ChatMessage,
  content: Wire[],
  before: readonly Wire[][],
  notes: RequestNotes,
): void {
  for (const block of withoutBlanks(blocksOf(message))) {
    if (block.type === 'cache-point') {
      markCached([...before, content], block.ttl);
      continue;
    }
    const wire = toBlock(block, message.role, notes);
    if (wire !== undefined) content.push(wire);
  }
}

/**
 * Without the texts that the API refuses: empty ones anywhere, blank ones where no other text stands beside them.
 * It sends such texts itself.
 */
function withoutBlanks<B extends { readonly type: string }>(blocks: readonly B[]): readonly B[] {
  const textOf = (block: B): string | undefined =>
    block.type === 'text' ? (block as unknown as TextBlock).text : undefined;
  const hasText = blocks.some((block) => (textOf(block) ?? '').trim() !== '');
  return blocks.filter((block) => {
    const text = textOf(block);
    return text === undefined || (hasText ? text !== '' : text.trim() !== '');
  });
}

/** `cache_control` on the last block so far that takes it; thinking does not. */
function markCached(lists: readonly Wire[][], ttl: string | undefined): void {
  for (const list of lists.toReversed()) {
    const block = list.findLast(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
    if (block === undefined) continue;
    block['cache_control'] = defined({ type: 'ephemeral', ttl });
    return;
  }
}

function toBlock(block: ContentBlock, role: ChatMessage['role'], notes: RequestNotes): Wire | undefined {
  const { type } = block;
  if (type.includes(':')) return toProviderBlock(block, role, notes);
  if (role === 'system' && type !== 'text')
    notes.refuse(`Anthropic takes no ${type} block in a system message.`);
  const ofAssistant = type === 'reasoning' || type === 'tool-call' || type === 'citation';
  if (type !== 'text' && ofAssistant !== (role === 'assistant')) {
    notes.refuse(`Anthropic takes no ${type} block in a message of the role ${role}.`);
  }
  switch (type) {
    case 'text':
      return toText(block);
    case 'reasoning':
      return toThinking(block, notes);
    case 'tool-call':
      return toToolUse(block);
    case 'tool-result':
      return toToolResult(block, notes);
    case 'image':
      return toImage(block, notes);
    case 'document':
      return toDocument(block, notes);
    case 'citation':
      // Those that go back stand in their text.
      return undefined;
    default:
      return notes.refuse(`Anthropic takes no ${type} blocks.`);
  }
}

function toProviderBlock(
  block: { type: string },
  role: ChatMessage['role'],
  notes: RequestNotes,
): Wire | undefined {
  if (block.type.startsWith('anthropic:')) return { ...block, type: block.type.slice('anthropic:'.length) };
  if (role !== 'assistant') notes.refuse(`Anthropic takes no ${block.type} blocks.`);
  notes.note(`Blocks of another provider were left out: ${block.type}.`);
  return undefined;
}

function toText({ text, citations, providerMetadata }: TextBlock): Wire {
  const own = (citations ?? []).map(originalOf).filter(isObject);
  return defined({
    type: 'text',
    text,
    ...membersOf(providerMetadata),
    citations: own.length === 0 ? undefined : own,
  });
}

/** What the API put into a block of its own besides what the contract knows. */
function membersOf(metadata: ContentBlock['providerMetadata']): Wire {
  const own = (metadata as { readonly anthropic?: unknown } | undefined)?.anthropic;
  return isObject(own) ? own : {};
}

function originalOf({ providerMetadata }: CitationBlock): unknown {
  return providerMetadata?.['anthropic'];
}

/** Another provider's reasoning has no signature, or one that the API would refuse. */
function toThinking(block: ReasoningBlock, notes: RequestNotes): Wire | undefined {
  const { text, signature, encrypted, id, providerMetadata } = block;
  const own = providerMetadata === undefined ? id === undefined : 'anthropic' in providerMetadata;
  const members = membersOf(providerMetadata);
  if (own && encrypted !== undefined) return { ...members, type: 'redacted_thinking', data: encrypted };
  if (own && signature !== undefined) return { ...members, type: 'thinking', thinking: text, signature };
  notes.note("Reasoning without Anthropic's signature was left out.");
  return undefined;
}

function toToolUse(block: ToolCallBlock): Wire {
  const { id, name, providerMetadata } = block;
  return { ...membersOf(providerMetadata), type: 'tool_use', id, name, input: sentArguments(block) };
}

function toToolResult({ toolCallId, content, isError }: ToolResultBlock, notes: RequestNotes): Wire {
  const said =
    typeof content === 'string'
      ? content
      : withoutBlanks(content)
          .map((block) => toBlock(block, 'tool', notes))
          .filter(isObject);
  const isEmpty = typeof said === 'string' ? said.trim() === '' : said.length === 0;
  return defined({
    type: 'tool_result',
    tool_use_id: toolCallId,
    // A failure that says nothing is refused.
    content: isError === true && isEmpty ? 'The tool failed and said nothing.' : said,
    is_error: isError === true ? true : undefined,
  });
}

function toImage({ source, detail }: ImageBlock, notes: RequestNotes): Wire {
  if (detail !== undefined && detail !== 'auto') {
    notes.leaveOut('detail', 'Anthropic has no detail of images; it was left out.');
  }
  const media = inlineMedia(source);
  if ('url' in media) return { type: 'image', source: { type: 'url', url: media.url } };
  return {
    type: 'image',
    source: { type: 'base64', media_type: media.mediaType, data: base64Of(media.data) },
  };
}

function toDocument({ source, title, context, citations }: DocumentBlock, notes: RequestNotes): Wire {
  return defined({
    type: 'document',
    source: toDocumentSource(source, notes),
    title,
    context,
    citations: citations === undefined ? undefined : { enabled: citations },
  });
}

function toDocumentSource(source: DocumentBlock['source'], notes: RequestNotes): Wire {
  if ('text' in source) return { type: 'text', media_type: 'text/plain', data: source.text };
  const media = inlineMedia(source);
  if ('url' in media) return { type: 'url', url: media.url };
  const { data, mediaType } = media;
  if (/^application\/pdf\b/i.test(mediaType)) {
    return { type: 'base64', media_type: 'application/pdf', data: base64Of(data) };
  }
  if (/^text\//i.test(mediaType)) return { type: 'text', media_type: 'text/plain', data: textOf(data) };
  return notes.refuse(
    `Anthropic takes documents as PDF or text, not ${mediaType}. Turn it into one of them first.`,
  );
}

function textOf(data: string | Uint8Array): string {
  if (typeof data !== 'string') return new TextDecoder().decode(data);
  return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
}
