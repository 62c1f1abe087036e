import type {
  AudioBlock,
  CitationBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  MediaSource,
  ReasoningBlock,
  TextBlock,
  VideoBlock,
} from '@mortise/core/llm';
import { base64Of, defined, isObject } from '@mortise/core/shared';
import type { LangChainBlock } from './contract.ts';
import { countOf, membersBeside, objectOf, objectsOf, textOf, type Members } from './values.ts';

/** The key of what is LangChain's in `providerMetadata`, and the head of the types of blocks of its own. */
export const OWNER = 'langchain';

/** What a block holds that only LangChain knows, as `fromBlock` left it there. */
export function ownOf(block: ContentBlock): Members {
  const { providerMetadata } = block as { readonly providerMetadata?: unknown };
  return objectOf(objectOf(providerMetadata)[OWNER]);
}

/** The same block with what is LangChain's alone, so that it goes back as it came. */
export function withOwn<B extends object>(block: B, own: Members | undefined): B {
  return own === undefined ? block : { ...block, providerMetadata: { [OWNER]: own } };
}

/** A block of a message of theirs, calls apart: a standard block of either version, OpenAI's, Anthropic's; else kept whole. */
export function fromBlock(raw: Members): ContentBlock {
  switch (raw['type']) {
    case 'text':
      return raw['source_type'] === 'text' ? mediaOf(raw) : fromText(raw);
    case 'refusal':
      return withOwn({ type: 'text', text: textOf(raw['refusal']) ?? '' }, { type: 'refusal' });
    case 'reasoning':
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning_content':
      return fromReasoning(raw);
    case 'image_url':
    case 'image':
    case 'audio':
    case 'input_audio':
    case 'video':
    case 'file':
    case 'text-plain':
      return mediaOf(raw);
    default:
      return kept(raw);
  }
}

function kept(raw: Members): ContentBlock {
  const kind = typeof raw['type'] === 'string' ? raw['type'] : 'block';
  return { type: `${OWNER}:${kind.replace(/[^\w-]/g, '-').slice(0, 64)}`, value: raw };
}

const OF_TEXT: ReadonlySet<string> = new Set(['type', 'text', 'index']);

function fromText(raw: Members): TextBlock {
  const text = typeof raw['text'] === 'string' ? raw['text'] : '';
  const citations = [...objectsOf(raw['annotations']), ...objectsOf(raw['citations'])].map(citationOf);
  const block: TextBlock = { type: 'text', text, ...(citations.length === 0 ? {} : { citations }) };
  return withOwn(block, membersBeside(raw, OF_TEXT));
}

/** The standard's words, then those of Anthropic and OpenAI. */
export function citationOf(raw: Members): CitationBlock {
  const source = raw['source'] ?? raw['document_index'] ?? raw['file_id'];
  return defined({
    type: 'citation',
    url: textOf(raw['url']),
    title: textOf(raw['title']) ?? textOf(raw['document_title']) ?? textOf(raw['filename']),
    quote: textOf(raw['citedText']) ?? textOf(raw['cited_text']),
    source: typeof source === 'number' ? source : textOf(source),
    start: countOf(raw['startIndex']) ?? countOf(raw['start_index']),
    end: countOf(raw['endIndex']) ?? countOf(raw['end_index']),
  } as const);
}

const OF_REASONING: ReadonlySet<string> = new Set([
  ...['reasoning', 'thinking', 'signature', 'encrypted', 'data', 'id', 'index'],
]);

function fromReasoning(raw: Members): ReasoningBlock {
  const inner = objectOf(raw['reasoningText']);
  const said = raw['reasoning'] ?? raw['thinking'] ?? inner['text'];
  const own = membersBeside(raw, OF_REASONING) ?? {};
  const isStandard = raw['type'] === 'reasoning' && Object.keys(own).length === 1;
  const block: ReasoningBlock = defined({
    type: 'reasoning',
    text: typeof said === 'string' ? said : '',
    id: textOf(raw['id']),
    signature: textOf(raw['signature']) ?? textOf(inner['signature']),
    encrypted: textOf(raw['encrypted']) ?? textOf(raw['data']),
  } as const);
  return withOwn(block, isStandard ? undefined : own);
}

type Media = ImageBlock | DocumentBlock | AudioBlock | VideoBlock;

const KINDS: { readonly [type: string]: Media['type'] } = {
  image: 'image',
  image_url: 'image',
  audio: 'audio',
  input_audio: 'audio',
  video: 'video',
};

const MIME = {
  image: 'image/png',
  document: 'application/octet-stream',
  audio: 'audio/wav',
  video: 'video/mp4',
} as const;

function mediaOf(raw: Members): ContentBlock {
  const type = KINDS[String(raw['type'])] ?? 'document';
  const source = sourceOf(raw, MIME[type]);
  // Such as the id of a file at a provider.
  if (source === undefined) return kept(raw);
  const metadata = objectOf(raw['metadata']);
  const detail = textOf(metadata['detail']) ?? textOf(objectOf(raw['image_url'])['detail']);
  if ('text' in source || type === 'document')
    return { type: 'document', source, ...aboutDocument(raw, metadata) };
  if (type === 'image') return defined({ type, source, detail } as const);
  return { type, source } satisfies Media;
}

function aboutDocument(raw: Members, metadata: Members) {
  const name = textOf(metadata['filename']) ?? textOf(metadata['name']);
  return defined({
    title: textOf(raw['title']) ?? textOf(metadata['title']) ?? (name === UNNAMED ? undefined : name),
    context: textOf(raw['context']) ?? textOf(metadata['context']),
    citations: typeof metadata['citations'] === 'boolean' ? metadata['citations'] : undefined,
  });
}

function sourceOf(raw: Members, fallback: string): MediaSource | { text: string } | undefined {
  const { text, data } = raw;
  const mediaType = textOf(raw['mimeType']) ?? textOf(raw['mime_type']);
  const given = raw['image_url'];
  const url = textOf(raw['url']) ?? textOf(given) ?? textOf(objectOf(given)['url']);
  const { data: sound, format } = objectOf(raw['input_audio']);
  if (typeof sound === 'string') return { data: sound, mediaType: `audio/${textOf(format) ?? 'wav'}` };
  if (url !== undefined) {
    const [head, type] = /^data:([^;,]{1,100});base64,/i.exec(url) ?? [];
    if (head !== undefined && type !== undefined) return { data: url.slice(head.length), mediaType: type };
    return defined({ url, mediaType });
  }
  if (typeof data === 'string' || data instanceof Uint8Array)
    return { data, mediaType: mediaType ?? fallback };
  return typeof text === 'string' ? { text } : undefined;
}

/** The name of a document without a title: ChatOpenAI sends none without one. */
const UNNAMED = 'document';

/** A block as LangChain.js has it; undefined for what is no part of a content: calls, results, cache points, others' blocks. Models are not shown what a text cites. */
export function toBlock(block: ContentBlock, forModel = false): LangChainBlock | undefined {
  const own = ownOf(block);
  switch (block.type) {
    case 'text': {
      const { text, citations = [] } = block;
      if (own['type'] === 'refusal') return { type: 'refusal', refusal: text };
      const isKnown = own['annotations'] !== undefined || own['citations'] !== undefined;
      const isCited = citations.length > 0 && !isKnown && !forModel;
      return { type: 'text', text, ...(isCited ? { annotations: citations.map(annotationOf) } : {}), ...own };
    }
    case 'reasoning':
      return toReasoning(block, own);
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return toMedia(block);
    default: {
      const { value } = block as { readonly value?: unknown };
      const isOwn =
        block.type.startsWith(`${OWNER}:`) && isObject(value) && typeof value['type'] === 'string';
      return isOwn ? (value as LangChainBlock) : undefined;
    }
  }
}

function annotationOf({ url, title, quote, source, start, end }: CitationBlock): LangChainBlock {
  return defined({
    type: 'citation',
    ...{ url, title, citedText: quote, startIndex: start, endIndex: end },
    source: source === undefined ? undefined : String(source),
  });
}

function toReasoning(
  { text, id, signature, encrypted }: ReasoningBlock,
  own: Members,
): LangChainBlock | undefined {
  const opaque = defined({ id, signature });
  switch (own['type']) {
    case undefined:
    case 'reasoning':
      // Those without a type stand in `additional_kwargs`.
      if (own['from'] !== undefined) return undefined;
      return defined({ ...own, type: 'reasoning', reasoning: text, ...opaque, encrypted });
    case 'thinking':
      return { ...own, type: 'thinking', thinking: text, ...opaque };
    case 'redacted_thinking':
      return { ...own, type: 'redacted_thinking', data: encrypted };
    default:
      return own as LangChainBlock;
  }
}

function toMedia(block: Media): LangChainBlock {
  const { source } = block;
  if (block.type === 'image' && !('url' in source && source.mediaType !== undefined)) {
    const url = 'url' in source ? source.url : 'data' in source ? dataUrl(source) : '';
    return { type: 'image_url', image_url: defined({ url, detail: block.detail }) };
  }
  const metadata =
    block.type === 'document' ? documentMetadata(block) : 'detail' in block ? { detail: block.detail } : {};
  const more = Object.keys(defined(metadata)).length === 0 ? {} : { metadata: defined(metadata) };
  const type = block.type === 'document' ? 'file' : block.type;
  if ('text' in source)
    return { type: 'text', source_type: 'text', text: source.text, mime_type: 'text/plain', ...more };
  if ('url' in source)
    return defined({ type, source_type: 'url', url: source.url, mime_type: source.mediaType, ...more });
  return { type, source_type: 'base64', data: base64Of(source.data), mime_type: source.mediaType, ...more };
}

function documentMetadata({ title, context, citations }: DocumentBlock) {
  return { filename: title ?? UNNAMED, title, context, citations };
}

function dataUrl({ data, mediaType }: { data: string | Uint8Array; mediaType: string }): string {
  return `data:${mediaType};base64,${base64Of(data)}`;
}
