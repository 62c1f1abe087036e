import { MortiseError } from '@mortise/core';
import {
  blocksOf,
  isKnownBlock,
  sentArguments,
  type ChatMessage,
  type ContentBlock,
  type DocumentBlock,
  type MediaSource,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core/llm';
import { base64Of, defined, isObject } from '@mortise/core/shared';
import type { Notes, Wire } from './convert.ts';

/** Messages as the API takes them: each result of a tool is one of its own. */
export function toMessages(messages: readonly ChatMessage[], notes: Notes): Wire[] {
  // A result may name its tool.
  const names = new Map<string, string>();
  const prefix = prefixOf(messages) !== undefined;
  return messages.flatMap((message, at): Wire[] => {
    if (message.role !== 'assistant') return toTurns(message, names, notes);
    const turn = toAssistant(message, names, notes);
    return [prefix && at === messages.length - 1 ? { ...turn, prefix: true } : turn];
  });
}

/** The text that the model is to go on from: that of a last message of its own. */
export function prefixOf(messages: readonly ChatMessage[]): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return undefined;
  const blocks = blocksOf(last);
  if (blocks.some(({ type }) => type === 'tool-call')) return undefined;
  return blocks.map((block) => (isKnownBlock(block) && block.type === 'text' ? block.text : '')).join('');
}

function toAssistant(message: ChatMessage, names: Map<string, string>, notes: Notes): Wire {
  const chunks: Wire[] = [];
  const calls: Wire[] = [];
  for (const block of blocksOf(message)) {
    if (!isKnownBlock(block)) chunks.push(...toOwnChunk(block, notes));
    else if (block.type === 'text') chunks.push(...toTextChunks(block));
    else if (block.type === 'reasoning') chunks.push(...toThinking(block, notes));
    else if (block.type === 'tool-call') {
      names.set(block.id, block.name);
      calls.push(toCall(block));
    } else if (block.type !== 'citation')
      notes.refuse(`${block.type} blocks in an assistant message`, 'Put them into a user message.');
  }
  return defined({
    role: 'assistant',
    content: chunks.every(isPlainText) ? chunks.map(({ text }) => text).join('') : chunks,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

/** Whatever is not the model's. Results of tools are messages of their own. */
function toTurns(message: ChatMessage, names: ReadonlyMap<string, string>, notes: Notes): Wire[] {
  const { role } = message;
  const turns: Wire[] = [];
  let chunks: Wire[] = [];
  const flush = (): void => {
    if (chunks.length > 0) turns.push({ role, content: textOrChunks(chunks) });
    chunks = [];
  };
  for (const block of blocksOf(message)) {
    if (isKnownBlock(block) && block.type === 'tool-result') {
      flush();
      turns.push(toResult(block, names, notes));
      continue;
    }
    if (role === 'tool') {
      const said = `A tool message holds tool-result blocks, not ${block.type}: say which call it answers by toolCallId.`;
      throw new MortiseError('invalid-request', said, { provider: 'mistral' });
    }
    if (role === 'system' && block.type !== 'text')
      notes.refuse(`${block.type} blocks in a system message`, 'Put them into a user message.');
    chunks.push(...toChunk(block, notes));
  }
  flush();
  return turns;
}

/** The API has no field for a failure: a result that says nothing of it says so. */
function toResult(
  { toolCallId, toolName, content, isError }: ToolResultBlock,
  names: ReadonlyMap<string, string>,
  notes: Notes,
): Wire {
  const said =
    typeof content === 'string' ? content : textOrChunks(content.flatMap((block) => toChunk(block, notes)));
  return defined({
    role: 'tool',
    tool_call_id: toolCallId,
    name: toolName ?? names.get(toolCallId),
    content: said === '' && isError === true ? 'The tool failed.' : said,
  });
}

function textOrChunks(chunks: Wire[]): unknown {
  const [first, ...more] = chunks;
  if (first === undefined) return '';
  return more.length === 0 && isPlainText(first) ? first['text'] : chunks;
}

function isPlainText(chunk: Wire): boolean {
  return chunk['type'] === 'text' && Object.keys(chunk).length === 2;
}

function toChunk(block: ContentBlock, notes: Notes): Wire[] {
  if (!isKnownBlock(block)) return toOwnChunk(block, notes);
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text }];
    case 'image':
      return [{ type: 'image_url', image_url: defined({ url: urlOf(block.source), detail: block.detail }) }];
    case 'document':
      return [toDocument(block, notes)];
    case 'audio':
      return [{ type: 'input_audio', input_audio: bytesOrURL(block.source) }];
    case 'citation':
      return [];
    default:
      return notes.refuse(`${block.type} blocks`, 'It takes texts, images, documents and audio.');
  }
}

/** A chunk of a kind that the contract has no block for goes as it is, such as `{ type: 'file', file_id }`. */
function toOwnChunk(block: ContentBlock, notes: Notes): Wire[] {
  const { value } = block as { readonly value?: unknown };
  if (block.type.startsWith('mistral:') && isObject(value)) return [value];
  notes.note(`A block of the type ${block.type} was left out: Mistral's API has no place for it.`);
  return [];
}

/** What Mistral said of a block when it sent it. */
function ownOf({ providerMetadata }: { readonly providerMetadata?: unknown }): Wire | undefined {
  const own = isObject(providerMetadata) ? providerMetadata['mistral'] : undefined;
  return isObject(own) ? own : undefined;
}

/** A text with its references where they stood. */
function toTextChunks(block: TextBlock): Wire[] {
  const { text, citations = [] } = block;
  const members = ownOf(block) ?? {};
  const chunks: Wire[] = [];
  let from = 0;
  const say = (to: number): void => {
    if (to > from) chunks.push({ ...members, type: 'text', text: text.slice(from, to) });
    from = Math.max(from, to);
  };
  for (const citation of citations) {
    const reference = ownOf(citation);
    if (reference === undefined) continue;
    say(citation.end ?? from);
    chunks.push({ ...reference, type: 'reference' });
  }
  say(text.length);
  return chunks;
}

/** As it came, to the server that it came from. */
function toThinking(block: ReasoningBlock, notes: Notes): Wire[] {
  const own = ownOf(block);
  if (own === undefined) {
    notes.note('Reasoning that is not of Mistral was left out.');
    return [];
  }
  const { text, signature } = block;
  return [defined({ thinking: [{ type: 'text', text }], ...own, type: 'thinking', signature })];
}

function toCall(block: ToolCallBlock): Wire {
  const { function: called, ...members } = ownOf(block) ?? {};
  const own = isObject(called) ? called : {};
  const sent = { ...own, name: block.name, arguments: JSON.stringify(sentArguments(block)) };
  return { ...members, id: block.id, type: 'function', function: sent };
}

/** A document that is text goes in as text, its title before it. */
function toDocument({ source, title, context, citations }: DocumentBlock, notes: Notes): Wire {
  if (citations === true)
    notes.leaveOut('citations', 'Mistral refers to results of tools, by the ids that stand in them.');
  if ('text' in source)
    return { type: 'text', text: [title, context, source.text].filter(Boolean).join('\n\n') };
  if (context !== undefined)
    notes.leaveOut('context', 'a document has no place for what it is; say it in a text.');
  return defined({ type: 'document_url', document_url: urlOf(source), document_name: title });
}

/** A URL that the provider fetches, or the bytes as a data URL. */
function urlOf(source: MediaSource): string {
  return 'url' in source ? source.url : `data:${source.mediaType};base64,${base64Of(source.data)}`;
}

/** Sound goes without its media type, which the server hears. */
function bytesOrURL(source: MediaSource): string {
  if (!('url' in source)) return base64Of(source.data);
  const [, data] = /^data:[^,]*;base64,(.*)$/is.exec(source.url) ?? [];
  return data ?? source.url;
}
