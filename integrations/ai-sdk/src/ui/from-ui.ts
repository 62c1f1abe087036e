import { messagesFromJson } from '@mortise/core';
import type { ChatMessage, CitationBlock, ContentBlock, TextBlock } from '@mortise/core';
import { defined, isObject, reading, shown } from '@mortise/core/shared';
import { fileOf, isInside, opaque, textOf, toolOf, unfit, type Part } from './parts.ts';

export interface FromUIMessagesOptions {
  /** Take system messages from the page too; otherwise they are refused, since a page may write anything. Default: false. */
  system?: boolean | undefined;
  /**
   * What a `data-*` part of the application's own says to the model; undefined leaves it out. Default: such a part is refused.
   * Ours (`data-citation`, `data-warning`, `data-approval`) are known.
   */
  dataPart?:
    | ((part: { readonly type: string; readonly data: unknown }) => ContentBlock | undefined)
    | undefined;
}

/**
 * The messages of `useChat`, as its page sends them, as messages of ours. It takes anything and checks it; what is not understood is
 * `invalid-request`, with its place, and nothing is left out but the marks of steps and warnings. Calls go into one message with their
 * results behind it, as models want it; a call without a result gets one that says why, since no provider takes it otherwise. Sources
 * become citations of the text before them.
 */
export function fromUIMessages(messages: unknown, options: FromUIMessagesOptions = {}): ChatMessage[] {
  const json = reading('The list of UI messages', () => {
    if (!Array.isArray(messages)) throw new TypeError('it is no list');
    return messages.flatMap((message: unknown, at) => messagesOf(message, `messages[${at}]`, options));
  });
  return messagesFromJson(json);
}

function messagesOf(message: unknown, at: string, options: FromUIMessagesOptions): ChatMessage[] {
  const { role, parts } = isObject(message) ? message : {};
  if (!Array.isArray(parts)) throw unfit(at, 'has no list of parts');
  const known = parts.map((part: unknown, n): Part => {
    const members = isObject(part) ? part : {};
    const { type } = members;
    if (typeof type === 'string') return { ...members, type, at: `${at}.parts[${n}]` };
    throw unfit(`${at}.parts[${n}]`, 'has no type');
  });
  if (role === 'assistant') return assistantMessages(known, options);
  if (role === 'user') return [{ role, content: blocksOf(known, options) }];
  if (role !== 'system') throw unfit(at, `has the role ${shown(role)}`);
  if (options.system === true) return [{ role, content: blocksOf(known, options) }];
  throw unfit(
    at,
    'is a system message, which a page must not write; put yours in front, or pass { system: true }',
  );
}

/** One message for each step, and one of results behind each that has calls. */
function assistantMessages(parts: readonly Part[], options: FromUIMessagesOptions): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let step: Part[] = [];
  const end = (): void => {
    const tools = step.filter(isTool).map((part) => toolOf(part));
    let next = 0;
    const content = blocksOf(step, options, () => tools[next++]!.call);
    if (content.length > 0) messages.push({ role: 'assistant', content });
    if (tools.length > 0) messages.push({ role: 'tool', content: tools.map(({ result }) => result) });
    step = [];
  };
  for (const part of parts) {
    if (part.type === 'step-start' || part.type === 'steering-message') end();
    if (part.type === 'steering-message')
      messages.push(...messagesOf({ ...part, role: 'user' }, part.at, options));
    else if (part.type !== 'step-start' && !isInside(part)) step.push(part);
  }
  end();
  return messages;
}

function isTool({ type }: Part): boolean {
  return type === 'dynamic-tool' || type.startsWith('tool-');
}

/** In their order; sources go to the text before them, those before every text to the first one. */
function blocksOf(
  parts: readonly Part[],
  options: FromUIMessagesOptions,
  call?: () => ContentBlock,
): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  const early: CitationBlock[] = [];
  let text: TextBlock | undefined;
  for (const part of parts) {
    if (isTool(part) && call !== undefined) {
      blocks.push(call());
      continue;
    }
    const block = blockOf(part, options);
    if (block === undefined) continue;
    if (block.type === 'citation') (text === undefined ? early : (text.citations ??= [])).push(block);
    else blocks.push(block);
    if (block.type === 'text') text = block;
  }
  if (early.length === 0) return blocks;
  const first = blocks.find((block): block is TextBlock => block.type === 'text');
  if (first === undefined) return [...blocks, ...early];
  first.citations = [...early, ...(first.citations ?? [])];
  return blocks;
}

function blockOf(part: Part, { dataPart }: FromUIMessagesOptions): ContentBlock | undefined {
  const { type, at, text, url, title, sourceId, data } = part;
  switch (type) {
    case 'text':
      return { type, text: textOf(text, at), ...opaque(part['providerMetadata']) };
    case 'reasoning':
      return { type, text: textOf(text, at), ...opaque(part['providerMetadata']) };
    case 'file':
    case 'reasoning-file':
      return fileOf(part);
    case 'source-url':
      return citation({ url: textOf(url, at), title, source: sourceId });
    case 'source-document':
      return citation({ title, source: sourceId });
    case 'step-start':
    case 'data-warning':
    case 'data-approval':
      return undefined;
    case 'data-citation': {
      const { quote, nodeId, source = nodeId, start, end, ...rest } = isObject(data) ? data : {};
      return citation({ quote, source, start, end, url: rest['url'], title: rest['title'] });
    }
    default:
      if (type.startsWith('data-') && dataPart !== undefined) return dataPart({ type, data });
      throw unfit(
        at,
        `is of the type ${shown(type)}, which is not known${type.startsWith('data-') ? '; pass dataPart' : ''}`,
      );
  }
}

function citation(members: { readonly [member: string]: unknown }): CitationBlock {
  return { type: 'citation', ...defined(members) };
}
