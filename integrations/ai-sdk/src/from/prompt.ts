import {
  blocksOf,
  isKnownBlock,
  messageText,
  MortiseError,
  type ChatMessage,
  type ContentBlock,
  type ToolResultBlock,
  type Warning,
} from '@mortise/core';
import { base64Of, defined, isObject } from '@mortise/core/shared';
import { OURS, partOf, providerData, THEIRS, type Part } from '../read.ts';
import { filePart, type Version } from './media.ts';

/** How a prompt is written: for which version, and whom to tell what was left out. */
export interface Writing {
  readonly version: Version;
  /** The key of their provider. */
  readonly provider: string;
  warn: (warning: Warning) => void;
}

/** Our messages as their prompt. */
export function promptFrom(messages: readonly ChatMessage[], writing: Writing): Part[] {
  const names = callNames(messages);
  return messages.flatMap((message) => {
    switch (message.role) {
      case 'system':
        return systemMessages(message);
      case 'assistant':
        return assistantMessages(message, writing, names);
      default:
        return userMessages(message, writing, names);
    }
  });
}

/** The tools by the ids of their calls: theirs want the name with each result. */
function callNames(messages: readonly ChatMessage[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const block of content)
      if (isKnownBlock(block) && block.type === 'tool-call') names.set(block.id, block.name);
  }
  return names;
}

/** Their system message is one text: a new one begins behind each cache point, and where a provider's data change. */
function systemMessages(message: ChatMessage): Part[] {
  if (typeof message.content === 'string') return [{ role: 'system', content: message.content }];
  const messages: { role: string; content: string; providerOptions?: object | undefined }[] = [];
  let isOpen = false;
  for (const block of message.content) {
    const last = messages.at(-1);
    if (isKnownBlock(block) && block.type === 'cache-point') {
      if (last !== undefined) last.providerOptions = { ...last.providerOptions, ...cachePoint(block.ttl) };
      isOpen = false;
      continue;
    }
    const text = messageText({ content: [block] });
    const options = optionsOf(block);
    if (isOpen && last !== undefined && options === undefined) last.content += text;
    else messages.push(defined({ role: 'system', content: text, providerOptions: options }));
    isOpen = options === undefined;
  }
  return messages.map((each) => ({ ...each }));
}

function userMessages(message: ChatMessage, writing: Writing, names: ReadonlyMap<string, string>): Part[] {
  const messages: { role: string; content: Part[] }[] = [];
  const put = (role: string, part: Part): void => {
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(part);
    else messages.push({ role, content: [part] });
  };
  for (const block of blocksOf(message)) {
    if (isKnownBlock(block) && block.type === 'cache-point') {
      markLast(messages.at(-1)?.content, block.ttl);
      continue;
    }
    if (isKnownBlock(block) && block.type === 'tool-result') {
      put('tool', resultPart(block, writing, names));
    } else if (block.type === 'ai-sdk:tool-approval-response') {
      put('tool', withOptions({ ...ownValue(block), type: 'tool-approval-response' }));
    } else {
      const part = contentPart(block, writing);
      if (part !== undefined) put('user', part);
    }
  }
  return messages.map((each) => ({ ...each }));
}

function assistantMessages(
  message: ChatMessage,
  writing: Writing,
  names: ReadonlyMap<string, string>,
): Part[] {
  const content: Part[] = [];
  for (const block of blocksOf(message)) {
    if (!isKnownBlock(block)) {
      const part = ownPart(block, writing);
      if (part !== undefined) content.push(part);
      continue;
    }
    const providerOptions = optionsOf(block);
    switch (block.type) {
      case 'reasoning': {
        const { text, signature, encrypted } = block;
        // Of our own making, or of an integration of ours: under the names that theirs have for it.
        const own = signature ?? encrypted;
        const made =
          own === undefined || providerOptions?.[OURS] !== undefined ? undefined : opaque(block, writing);
        const options = { ...made, ...providerOptions };
        content.push({
          type: 'reasoning',
          text,
          ...(Object.keys(options).length > 0 && { providerOptions: options }),
        });
        break;
      }
      case 'tool-call': {
        const { id: toolCallId, name: toolName, arguments: input } = block;
        content.push(defined({ type: 'tool-call', toolCallId, toolName, input, providerOptions }));
        break;
      }
      case 'tool-result':
        content.push(resultPart(block, writing, names));
        break;
      case 'cache-point':
        markLast(content, block.ttl);
        break;
      default: {
        const part = contentPart(block, writing);
        if (part !== undefined) content.push(part);
      }
    }
  }
  return content.length === 0 ? [] : [{ role: 'assistant', content }];
}

/** A text or a medium. */
function contentPart(block: ContentBlock, writing: Writing): Part | undefined {
  if (!isKnownBlock(block)) return ownPart(block, writing);
  const providerOptions = optionsOf(block);
  switch (block.type) {
    case 'text':
      return defined({ type: 'text', text: block.text, providerOptions });
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return filePart(block, providerOptions, writing);
    default:
      // A citation beside a text is of the reply alone; their prompts have no place for one.
      if (block.type !== 'citation') leftOut(block.type, writing);
      return undefined;
  }
}

function resultPart(block: ToolResultBlock, writing: Writing, names: ReadonlyMap<string, string>): Part {
  const { toolCallId, toolName = names.get(toolCallId) ?? 'tool' } = block;
  const output = resultOutput(block, writing);
  return defined({ type: 'tool-result', toolCallId, toolName, output, providerOptions: optionsOf(block) });
}

function resultOutput({ content, isError }: ToolResultBlock, writing: Writing): Part {
  const isText = typeof content === 'string' || content.every(({ type }) => type === 'text');
  if (isText) return { type: isError === true ? 'error-text' : 'text', value: messageText({ content }) };
  if (isError === true) {
    const message = 'That the tool failed is not said to the model: with pictures or files theirs cannot.';
    writing.warn({ type: 'unsupported-setting', setting: 'isError', message });
  }
  const value = content.flatMap((part): Part[] => {
    const written = contentPart(part, writing);
    return written === undefined ? [] : [writing.version === 'v4' ? written : olderResult(written, writing)];
  });
  return { type: 'content', value };
}

/** Up to V3 results have kinds of parts of their own. */
function olderResult(part: Part, { version, provider }: Writing): Part {
  if (part['type'] !== 'file') return part;
  const { data, mediaType, filename, providerOptions } = part;
  const isImage = String(mediaType).startsWith('image/');
  const type = (v3: string): string => (version === 'v2' ? 'media' : v3);
  if (data instanceof URL) {
    if (version === 'v3')
      return defined({ type: isImage ? 'image-url' : 'file-url', url: data.href, providerOptions });
    const message = `Results of tools take no addresses in specification V2, and ${provider} is of it. Give the bytes.`;
    throw new MortiseError('unsupported', message, { provider });
  }
  const bytes = data instanceof Uint8Array ? base64Of(data) : data;
  return defined({
    type: type(isImage ? 'image-data' : 'file-data'),
    data: bytes,
    mediaType,
    filename,
    providerOptions,
  });
}

/** A block of ours for one of theirs, as it came; one of another's is not for this model. */
function ownPart(block: ContentBlock, writing: Writing): Part | undefined {
  const value = ownValue(block);
  switch (block.type) {
    // Its answer is what goes back.
    case 'ai-sdk:tool-approval-request':
      return undefined;
    case 'ai-sdk:tool-call':
      return withOptions({ ...value, type: 'tool-call', input: parsed(value['input']) });
    case 'ai-sdk:tool-result': {
      const { result, isError, ...rest } = value;
      const isText = typeof result === 'string';
      const kind = isError === true ? (isText ? 'error-text' : 'error-json') : isText ? 'text' : 'json';
      return withOptions({ ...rest, type: 'tool-result', output: { type: kind, value: result } });
    }
    case 'ai-sdk:custom':
    case 'ai-sdk:reasoning-file':
    case 'ai-sdk:file':
      return withOptions({ ...value, type: block.type.slice('ai-sdk:'.length) });
    default:
      leftOut(block.type, writing);
      return undefined;
  }
}

function leftOut(type: string, { warn }: Writing): void {
  const message = `Left out, since prompts of the AI SDK have no place for it: ${type}.`;
  warn({ type: 'other', setting: 'messages', message });
}

function ownValue(block: ContentBlock): Part {
  return partOf((block as { readonly value?: unknown }).value);
}

function parsed(input: unknown): unknown {
  if (typeof input !== 'string') return input ?? {};
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

/** What came as `providerMetadata` goes back as `providerOptions`. */
function withOptions({ providerMetadata, dynamic: _dynamic, ...part }: Part): Part {
  return isObject(providerMetadata) ? { ...part, providerOptions: providerMetadata } : part;
}

function optionsOf(block: ContentBlock): { [provider: string]: object } | undefined {
  const { providerMetadata } = block as { readonly providerMetadata?: unknown };
  const { [THEIRS]: _own, ...rest } = providerData(providerMetadata) ?? {};
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** Signed reasoning that came without the data of theirs, in the words of those who sign. */
function opaque(
  {
    id,
    signature,
    encrypted,
  }: { id?: string | undefined; signature?: string | undefined; encrypted?: string | undefined },
  { provider }: Writing,
): { [provider: string]: object } {
  return {
    [provider]: defined({
      itemId: id,
      signature,
      thoughtSignature: signature,
      redactedData: encrypted,
      reasoningEncryptedContent: encrypted,
    }),
  };
}

/** Anthropic's and Bedrock's; the others ignore it. */
function cachePoint(ttl: string | undefined): { [provider: string]: object } {
  return {
    anthropic: { cacheControl: defined({ type: 'ephemeral', ttl }) },
    bedrock: { cachePoint: defined({ type: 'default', ttl }) },
  };
}

function markLast(parts: Part[] | undefined, ttl: string | undefined): void {
  const last = parts?.at(-1);
  if (parts === undefined || last === undefined) return;
  const point = cachePoint(ttl);
  const known = partOf(last['providerOptions']);
  const merged = Object.entries(point).map(([name, data]) => [name, { ...partOf(known[name]), ...data }]);
  parts[parts.length - 1] = { ...last, providerOptions: { ...known, ...Object.fromEntries(merged) } };
}
