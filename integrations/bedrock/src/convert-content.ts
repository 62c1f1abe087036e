import {
  base64Of,
  blocksOf,
  MortiseError,
  sentArguments,
  type ChatMessage,
  type CitationBlock,
  type ContentBlock,
  type DocumentBlock,
  type MediaSource,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { inlineMedia, type RequestNotes } from '@mortise/core/wire';
import { DocumentNames } from './document-names.ts';
import { formatOf, formatOfName, type MediaKind } from './media.ts';

/** Something in a request body. */
export type Wire = Record<string, unknown>;

export interface Turn {
  readonly role: 'user' | 'assistant';
  content: Wire[];
}

/** Messages as the API takes them. */
export interface Conversation {
  /** With cache points that stand at the very beginning. */
  readonly tools: Wire[];
  readonly system: Wire[];
  readonly turns: Turn[];
}

/**
 * System texts apart, results of tools in the user's turns, neighbours of one role as one turn. `tools` stand before both, so
 * a cache point at the very beginning is behind the last of them. Without tools Converse refuses calls and results: they are told.
 */
export function toConversation(
  messages: readonly ChatMessage[],
  tools: readonly Wire[],
  notes: RequestNotes,
): Conversation {
  return new Writer(tools, notes).write(messages);
}

class Writer implements Conversation {
  readonly tools: Wire[];
  readonly system: Wire[] = [];
  readonly turns: Turn[] = [];
  readonly #notes: RequestNotes;
  /** Whether calls and results can stand as such. */
  readonly #hasTools: boolean;
  readonly #names = new DocumentNames();
  /** The names of the tools that were called, by the ids of the calls. */
  readonly #called = new Map<string, string>();

  constructor(tools: readonly Wire[], notes: RequestNotes) {
    this.tools = [...tools];
    this.#hasTools = tools.length > 0;
    this.#notes = notes;
  }

  write(messages: readonly ChatMessage[]): this {
    for (const message of messages) this.#add(message);
    if (this.turns.length === 0) {
      const said = 'Amazon Bedrock needs a message of the user that is not empty.';
      throw new MortiseError('invalid-request', said, { provider: 'bedrock' });
    }
    for (const turn of this.turns) if (turn.role === 'user') turn.content = resultsFirst(turn.content);
    withoutTrailingBlanks(this.turns);
    return this;
  }

  #add(message: ChatMessage): void {
    const { role } = message;
    if (role === 'system') {
      if (this.turns.length > 0)
        this.#notes.note('A system message within the conversation was moved to its beginning.');
      return this.#addBlocks(message, this.system, [this.tools]);
    }
    const own = role === 'assistant' ? 'assistant' : 'user';
    const before = [this.tools, this.system, ...this.turns.map(({ content }) => content)];
    const content: Wire[] = [];
    this.#addBlocks(message, content, before);
    const last = this.turns.at(-1);
    if (last?.role === own) last.content.push(...content);
    else if (content.length > 0) this.turns.push({ role: own, content });
  }

  #addBlocks(message: ChatMessage, content: Wire[], before: readonly Wire[][]): void {
    for (const block of blocksOf(message)) {
      if (block.type === 'cache-point') markCached([...before, content], block.ttl);
      else content.push(...this.#toBlocks(block, message.role));
    }
  }

  #toBlocks(block: ContentBlock, role: ChatMessage['role']): Wire[] {
    const notes = this.#notes;
    const { type } = block;
    if (type.includes(':')) return toOwnBlock(block, role, notes);
    if (role === 'system' && type !== 'text')
      notes.refuse(`Amazon Bedrock takes no ${type} block in a system message.`);
    const ofAssistant = type === 'reasoning' || type === 'tool-call' || type === 'citation';
    if (ofAssistant && role !== 'assistant')
      notes.refuse(`Amazon Bedrock takes no ${type} block in a message of the role ${role}.`);
    switch (type) {
      case 'text':
        return toText(block);
      case 'reasoning':
        return toReasoning(block, notes);
      case 'tool-call':
        return this.#toCall(block);
      case 'tool-result':
        return this.#toResult(block);
      case 'image':
        if (block.detail !== undefined && block.detail !== 'auto')
          notes.leaveOut('detail', 'Amazon Bedrock has no detail of images; it was left out.');
        return [{ image: toMedia('image', block.source, notes) }];
      case 'audio':
      case 'video':
        return [{ [type]: toMedia(type, block.source, notes) }];
      case 'document':
        return [{ document: this.#toDocument(block) }];
      case 'citation':
        // Those that go back stand in their text.
        return [];
      default:
        return notes.refuse(`Amazon Bedrock takes no ${type} blocks.`);
    }
  }

  #toCall(block: ToolCallBlock): Wire[] {
    const { id, name } = block;
    this.#called.set(id, name);
    const input = sentArguments(block);
    if (this.#hasTools) return [{ toolUse: { toolUseId: id, name, input } }];
    return [this.#told(`I called the tool ${name} with ${JSON.stringify(input)}.`)];
  }

  #toResult({ toolCallId, toolName, content, isError }: ToolResultBlock): Wire[] {
    const failed = isError === true;
    const given = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
    const blocks = given.flatMap((block) => this.#toBlocks(block, 'tool'));
    if (failed && blocks.length === 0) blocks.push({ text: 'The tool failed and said nothing.' });
    if (this.#hasTools) {
      // Models that know no failures of tools refuse the status of a success too.
      const status = failed ? 'error' : undefined;
      return [{ toolResult: defined({ toolUseId: toolCallId, content: blocks, status }) }];
    }
    const name = toolName ?? this.#called.get(toolCallId) ?? toolCallId;
    return [this.#told(`The tool ${name} ${failed ? 'failed' : 'gave'}:`), ...blocks.map(fromResultBlock)];
  }

  #told(text: string): Wire {
    this.#notes.note(
      'Amazon Bedrock refuses calls and results of tools where no tools are declared; they were sent as texts.',
    );
    return { text };
  }

  #toDocument({ source, title, context, citations }: DocumentBlock): Wire {
    const media =
      'text' in source
        ? { format: 'txt', source: { bytes: base64Of(new TextEncoder().encode(source.text)) } }
        : toMedia('document', source, this.#notes);
    return defined({
      ...media,
      name: this.#names.nameFor(title),
      context,
      citations: citations === undefined ? undefined : { enabled: citations },
    });
  }
}

/** What only results hold, in a message. */
function fromResultBlock(block: Wire): Wire {
  return 'json' in block ? { text: JSON.stringify(block['json']) } : block;
}

/** The API refuses a text that is blank. */
function toText({ text, citations }: TextBlock): Wire[] {
  if (text.trim() === '') return [];
  const own = (citations ?? []).map(originalOf).filter(isObject);
  return own.length === 0 ? [{ text }] : [{ citationsContent: { content: [{ text }], citations: own } }];
}

function originalOf({ providerMetadata }: CitationBlock): unknown {
  return providerMetadata?.['bedrock'];
}

/** What is opaque in reasoning goes back alone; what is not signed the API would not take for its own. */
function toReasoning({ text, signature, encrypted }: ReasoningBlock, notes: RequestNotes): Wire[] {
  if (encrypted !== undefined) return [{ reasoningContent: { redactedContent: encrypted } }];
  if (signature !== undefined) return [{ reasoningContent: { reasoningText: { text, signature } } }];
  notes.note('Reasoning without a signature was left out.');
  return [];
}

/** A block of a kind that the contract has no block for goes back as it came. */
function toOwnBlock(block: { type: string }, role: ChatMessage['role'], notes: RequestNotes): Wire[] {
  const { type } = block;
  if (type.startsWith('bedrock:'))
    return [{ [type.slice('bedrock:'.length)]: (block as { value?: unknown }).value }];
  if (role !== 'assistant') notes.refuse(`Amazon Bedrock takes no ${type} blocks.`);
  notes.note(`Blocks of another provider were left out: ${type}.`);
  return [];
}

/** Bytes, or a place in S3: the API loads nothing else. */
function toMedia(kind: MediaKind, source: MediaSource, notes: RequestNotes): Wire {
  const media = inlineMedia(source);
  if (!('url' in media)) {
    const refused = `Amazon Bedrock takes no ${kind} as ${media.mediaType}. Turn it into another format.`;
    const format = formatOf(kind, media.mediaType) ?? notes.refuse(refused);
    return { format, source: { bytes: base64Of(media.data) } };
  }
  const { url, mediaType } = media;
  if (!/^s3:\/\//i.test(url))
    notes.refuse(`Amazon Bedrock loads a ${kind} from S3 alone. Load it, and give its bytes.`);
  const format =
    (mediaType === undefined ? formatOfName(kind, url) : formatOf(kind, mediaType)) ??
    notes.refuse(`Amazon Bedrock wants to know the format of a ${kind}. Give its mediaType.`);
  return { format, source: { s3Location: { uri: url } } };
}

/** A cache point behind the last block so far that it may follow; it may not follow reasoning, nor another one. */
function markCached(lists: readonly Wire[][], ttl: string | undefined): void {
  for (const list of lists.toReversed()) {
    const at = list.findLastIndex((block) => !('reasoningContent' in block));
    if (at === -1) continue;
    if (!('cachePoint' in (list[at] as Wire)))
      list.splice(at + 1, 0, { cachePoint: defined({ type: 'default', ttl }) });
    return;
  }
}

/** The API wants the results of tools before anything else that the user says; a cache point stays behind its block. */
function resultsFirst(content: Wire[]): Wire[] {
  const results: Wire[] = [];
  const others: Wire[] = [];
  let list = others;
  for (const block of content) {
    if (!('cachePoint' in block)) list = 'toolResult' in block ? results : others;
    list.push(block);
  }
  return [...results, ...others];
}

/** An answer that is to be gone on with must not end in blanks; some models refuse it. */
function withoutTrailingBlanks(turns: readonly Turn[]): void {
  const last = turns.at(-1);
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined;
  if (typeof block?.['text'] === 'string') block['text'] = block['text'].trimEnd();
}
