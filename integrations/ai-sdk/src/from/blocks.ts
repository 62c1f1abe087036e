import type { CitationBlock, ContentBlock, FinishReason, MediaSource } from '@mortise/core';
import { defined, isObject, type JsonObject } from '@mortise/core/shared';
import { jsonOf, OURS, partOf, providerData, textOf, type Part } from '../read.ts';

type Data = { [provider: string]: JsonObject };

/** A text or reasoning in the making. */
export interface Draft {
  readonly kind: 'text' | 'reasoning';
  index: number | undefined;
  readonly pieces: string[];
  citations: CitationBlock[];
  data: Data | undefined;
}

export function addData(draft: Draft, part: Part): void {
  const data = providerData(part['providerMetadata']);
  if (data !== undefined) draft.data = { ...draft.data, ...data };
}

export function blockOf({ kind, pieces, citations, data }: Draft): ContentBlock {
  const text = pieces.join('');
  const providerMetadata = data;
  if (kind === 'text') {
    const all = citations.length === 0 ? undefined : citations;
    return defined({ type: 'text' as const, text, citations: all, providerMetadata });
  }
  const opaque = Object.values(data ?? {});
  const found = (...names: string[]): string | undefined =>
    opaque.flatMap((of) => names.flatMap((name) => textOf(of[name]) ?? []))[0];
  return defined({
    type: 'reasoning' as const,
    text,
    id: found('itemId'),
    signature: found('signature', 'thoughtSignature'),
    encrypted: found('encrypted', 'redactedData', 'reasoningEncryptedContent'),
    providerMetadata,
  });
}

/** A block of a part that is theirs alone. */
interface OwnBlock {
  type: `ai-sdk:${string}`;
  value: JsonObject;
  [member: string]: unknown;
}

/** A part that is theirs alone: it goes back to their model as it came. */
export function ownBlock(type: string, part: Part): OwnBlock {
  return { type: `ai-sdk:${type}`, value: jsonOf(part) ?? {} };
}

export function inputText(input: unknown): string {
  return typeof input === 'string' ? input : input === undefined ? '' : JSON.stringify(input);
}

export function mediaBlock(part: Part): ContentBlock {
  const mediaType = textOf(part['mediaType']) ?? 'application/octet-stream';
  const source = mediaSource(part['data'], mediaType);
  if (source === undefined) return ownBlock('file', part);
  const kind = mediaType.split('/', 1)[0] ?? '';
  const type = kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
  return defined({ type, source, providerMetadata: providerData(part['providerMetadata']) });
}

function mediaSource(data: unknown, mediaType: string): MediaSource | undefined {
  if ((typeof data === 'string' && data !== '') || data instanceof Uint8Array) return { data, mediaType };
  if (!isObject(data)) return undefined;
  if (data['type'] === 'url') {
    const { url, originalUrl } = data;
    const address = textOf(originalUrl) ?? (url instanceof URL ? url.href : textOf(url));
    return address === undefined ? undefined : { url: address, mediaType };
  }
  return data['type'] === 'data' ? mediaSource(data['data'], mediaType) : undefined;
}

/** `raw` is the provider's own, where the text has it. */
export function citationOf(citation: Part, raw: Part = {}): CitationBlock {
  const source = partOf(citation['source']);
  const data = providerData(source['providerMetadata']);
  const place = (name: string): number | undefined =>
    typeof citation[name] === 'number' ? citation[name] : undefined;
  const quoted = Object.values(data ?? {}).flatMap(({ citedText }) => textOf(citedText) ?? [])[0];
  const index = raw['document_index'];
  return defined({
    type: 'citation' as const,
    url: textOf(source['url']),
    title: textOf(source['title']),
    quote: textOf(citation['citedText']) ?? quoted,
    source: typeof index === 'number' ? index : textOf(source['filename']),
    start: place('startIndex'),
    end: place('endIndex'),
    providerMetadata: data,
  });
}

/** A block of ours that no part of theirs is like; its owner stays with it, for the way back. */
export function wholeBlock({ providerMetadata }: Part): ContentBlock | undefined {
  const whole = providerData(providerMetadata)?.[OURS]?.['block'];
  if (!isObject(whole) || typeof whole['type'] !== 'string') return undefined;
  const { owner: _owner, ...block } = whole;
  return {
    ...block,
    type: whole['type'] as `${string}:${string}`,
    providerMetadata: { [OURS]: { block: whole } },
  };
}

/** What theirs has no word for, such as `pause`. */
export function ourFinish(told: Part | undefined): FinishReason | undefined {
  const { unified, raw } = partOf(told?.['finishReason']);
  return typeof unified === 'string' && typeof raw === 'string' ? { unified, raw } : undefined;
}
