import {
  base64Of,
  blocksOf,
  MortiseError,
  sentArguments,
  type ChatMessage,
  type ContentBlock,
  type DocumentBlock,
  type MediaSource,
  type ToolResultBlock,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { inlineMedia, type RequestNotes } from '@mortise/core/wire';

/** Something in a request body. */
export type Wire = Record<string, unknown>;

export interface Turn {
  readonly role: 'user' | 'model';
  parts: Wire[];
}

/** Messages as the API takes them: system texts apart, results of tools in the user's turns, neighbours of one role as one. */
export function toConversation(
  messages: readonly ChatMessage[],
  notes: RequestNotes,
): { system: Wire[]; turns: Turn[] } {
  const system: Wire[] = [];
  const turns: Turn[] = [];
  // A result names its tool.
  const names = new Map<string, string>();
  for (const message of messages) {
    const { role } = message;
    for (const block of blocksOf(message)) {
      if (block.type === 'tool-call' && 'name' in block) names.set(String(block.id), String(block.name));
    }
    const parts = blocksOf(message).flatMap((block) => toParts(block, role, names, notes));
    if (role === 'system') {
      if (turns.length > 0)
        notes.note('A system message within the conversation was moved to its beginning.');
      system.push(...parts);
      continue;
    }
    const own = role === 'assistant' ? 'model' : 'user';
    const last = turns.at(-1);
    if (last?.role === own) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role: own, parts });
  }
  if (turns.length === 0) {
    throw new MortiseError('invalid-request', 'Google needs a message of the user that is not empty.', {
      provider: 'google',
    });
  }
  for (const turn of turns) turn.parts = resultsFirst(turn.parts);
  return { system, turns };
}

/** The API wants the results of tools right behind the calls. */
function resultsFirst(parts: Wire[]): Wire[] {
  const isResult = (part: Wire): boolean => 'functionResponse' in part;
  return [...parts.filter(isResult), ...parts.filter((part) => !isResult(part))];
}

function toParts(
  block: ContentBlock,
  role: ChatMessage['role'],
  names: ReadonlyMap<string, string>,
  notes: RequestNotes,
): Wire[] {
  const { type } = block;
  if (type.includes(':')) return toOwnPart(block, role, notes);
  if (role === 'system' && type !== 'text')
    notes.refuse(`Google takes no ${type} block in a system message.`);
  const ofAssistant = type === 'reasoning' || type === 'tool-call' || type === 'citation';
  if (ofAssistant && role !== 'assistant')
    notes.refuse(`Google takes no ${type} block in a message of the role ${role}.`);
  switch (type) {
    case 'text': {
      const part = { ...membersOf(block), text: block.text };
      // The API refuses an empty part; one that is signed is its own.
      return block.text === '' && Object.keys(part).length === 1 ? [] : [part];
    }
    case 'reasoning':
      return toThought(block, notes);
    case 'tool-call': {
      const { functionCall, ...members } = membersOf(block);
      const call = { id: block.id, name: block.name, args: sentArguments(block) };
      return [{ ...members, functionCall: { ...(isObject(functionCall) ? functionCall : {}), ...call } }];
    }
    case 'tool-result':
      return [toResponse(block, names, notes)];
    case 'image':
      if (block.detail !== undefined && block.detail !== 'auto')
        notes.leaveOut('detail', 'Google has no detail of single images; it was left out.');
      return [{ ...membersOf(block), ...toMedia(block.source) }];
    case 'audio':
    case 'video':
      return [{ ...membersOf(block), ...toMedia(block.source) }];
    case 'document':
      return toDocument(block, notes);
    case 'citation':
      return [];
    case 'cache-point':
      notes.note(
        'Google has no cache points; they were left out. Give providerOptions.google.cachedContent.',
      );
      return [];
    default:
      return notes.refuse(`Google takes no ${type} blocks.`);
  }
}

/** A part of a kind that the contract has no block for goes back as it came. */
function toOwnPart(block: { type: string }, role: ChatMessage['role'], notes: RequestNotes): Wire[] {
  if (block.type.startsWith('google:')) {
    const { type, value, owner: _owner, ...members } = block as Wire & { type: string };
    return [{ ...members, [type.slice('google:'.length)]: value }];
  }
  if (role !== 'assistant') notes.refuse(`Google takes no ${block.type} blocks.`);
  notes.note(`Blocks of another provider were left out: ${block.type}.`);
  return [];
}

/** What the API put into a part besides what the contract knows, its signature before all. */
function membersOf({
  providerMetadata,
}: Pick<ContentBlock & object, never> & { providerMetadata?: unknown }): Wire {
  const own = isObject(providerMetadata) ? providerMetadata['google'] : undefined;
  return isObject(own) ? { ...own } : {};
}

/** Another provider's reasoning is no thought of this one. */
function toThought(block: Extract<ContentBlock, { type: 'reasoning' }>, notes: RequestNotes): Wire[] {
  const { text, signature, providerMetadata } = block as {
    text: string;
    signature?: string;
    providerMetadata?: Wire;
  };
  if (providerMetadata === undefined || !('google' in providerMetadata)) {
    notes.note('Reasoning that is not of Google was left out.');
    return [];
  }
  return [defined({ ...membersOf({ providerMetadata }), text, thought: true, thoughtSignature: signature })];
}

/** `output` and `error` are the names that the API knows; media stand beside them. */
function toResponse(
  { toolCallId, toolName, content, isError }: ToolResultBlock,
  names: ReadonlyMap<string, string>,
  notes: RequestNotes,
): Wire {
  const name = toolName ?? names.get(toolCallId);
  if (name === undefined) {
    return notes.refuse(
      `Google wants the tool's name with the result of ${toolCallId}, whose call is not in the messages. Give toolName.`,
    );
  }
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  const texts: string[] = [];
  const media: Wire[] = [];
  for (const block of blocks) {
    for (const part of toParts(block, 'tool', names, notes)) {
      if (typeof part['text'] === 'string') texts.push(part['text']);
      else media.push(part);
    }
  }
  const said = texts.join('\n');
  const response =
    isError === true ? { error: said === '' ? 'The tool failed and said nothing.' : said } : { output: said };
  return {
    functionResponse: defined({
      id: toolCallId,
      name,
      response,
      parts: media.length === 0 ? undefined : media,
    }),
  };
}

function toMedia(source: MediaSource): Wire {
  const media = inlineMedia(source);
  if ('url' in media) return { fileData: defined({ fileUri: media.url, mimeType: media.mediaType }) };
  return { inlineData: { mimeType: media.mediaType, data: base64Of(media.data) } };
}

/** A document that is text goes in as text, its title before it. */
function toDocument(block: DocumentBlock, notes: RequestNotes): Wire[] {
  const { source, title, context, citations } = block;
  if (citations === true)
    notes.leaveOut(
      'citations',
      'Google cites what it searched, not the documents of a message; it was left out.',
    );
  const before = [title, context]
    .filter((line) => line !== undefined && line !== '')
    .map((text) => ({ text }));
  return [
    ...before,
    { ...membersOf(block), ...('text' in source ? { text: source.text } : toMedia(source)) },
  ];
}
