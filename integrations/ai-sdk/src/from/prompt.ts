import { blocksOf, isKnownBlock, messageText, type ChatMessage } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { OURS, partOf, type Part } from '../read.ts';
import {
  contentPart,
  opaque,
  optionsOf,
  ownPart,
  ownValue,
  resultPart,
  withOptions,
  type Writing,
} from './parts.ts';

/** Our messages as their prompt. */
export function promptFrom(messages: readonly ChatMessage[], writing: Writing): Part[] {
  const names = callNames(messages);
  const written: Part[] = [];
  for (const message of inOrder(messages, writing)) {
    const [first] = blocksOf(message);
    // One that begins a message ends the one before it.
    const isMark = first !== undefined && isKnownBlock(first) && first.type === 'cache-point';
    if (isMark) markMessage(written, first.ttl);
    const rest = isMark ? { ...message, content: blocksOf(message).slice(1) } : message;
    switch (message.role) {
      case 'system':
        written.push(...systemMessages(rest));
        break;
      case 'assistant':
        written.push(...assistantMessages(rest, writing, names));
        break;
      default:
        written.push(...userMessages(rest, writing, names));
    }
  }
  return written;
}

/** Google has one place for all that the system says. */
function inOrder(messages: readonly ChatMessage[], { provider }: Writing): readonly ChatMessage[] {
  if (provider !== 'google' && provider !== 'vertex') return messages;
  const isSystem = ({ role }: ChatMessage): boolean => role === 'system';
  return [...messages.filter(isSystem), ...messages.filter((message) => !isSystem(message))];
}

function markMessage(written: Part[], ttl: string | undefined): void {
  const last = written.at(-1);
  if (last === undefined) return;
  const { content } = last;
  if (Array.isArray(content)) markLast(content as Part[], ttl);
  else written[written.length - 1] = marked(last, ttl);
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
  parts[parts.length - 1] = marked(last, ttl);
}

function marked(part: Part, ttl: string | undefined): Part {
  const known = partOf(part['providerOptions']);
  const point = Object.entries(cachePoint(ttl));
  const merged = point.map(([name, data]) => [name, { ...partOf(known[name]), ...data }]);
  return { ...part, providerOptions: { ...known, ...Object.fromEntries(merged) } };
}
