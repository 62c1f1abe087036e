import {
  MortiseError,
  type AudioBlock,
  type DocumentBlock,
  type ImageBlock,
  type VideoBlock,
  type Warning,
} from '@mortise/core';
import { base64Of, defined } from '@mortise/core/shared';
import { membersOf, OURS, partOf, type Part } from '../read.ts';

export type Version = 'v2' | 'v3' | 'v4';

type Medium = ImageBlock | DocumentBlock | AudioBlock | VideoBlock;

interface Writing {
  readonly isOurs: boolean;
  readonly version: Version;
  readonly provider: string;
  warn: (warning: Warning) => void;
}

/** A medium as their part for files. What only some providers take of it stands in `providerOptions`, under their names. */
export function filePart(block: Medium, providerOptions: object | undefined, writing: Writing): Part {
  const { source } = block;
  const isText = 'text' in source;
  if (writing.isOurs) return ourPart(block, providerOptions, writing);
  const own = block.type === 'image' ? imageOptions(block, writing) : undefined;
  const said = block.type === 'document' ? documentOptions(block, writing) : own;
  if (isText && TEXTLESS.has(writing.provider)) return textPart(block, source.text, providerOptions);
  const mediaType = isText
    ? 'text/plain'
    : (source.mediaType ?? (block.type === 'document' ? documentType(source) : `${block.type}/*`));
  const options = merged(said, providerOptions);
  return defined({
    type: 'file',
    data: isText ? textData(source.text, writing) : sourceData(source, writing),
    mediaType,
    filename: block.type === 'document' ? block.title : undefined,
    providerOptions: options,
  });
}

function documentType(source: object): string {
  return 'url' in source && /\.txt$/i.test(String(source.url)) ? 'text/plain' : 'application/pdf';
}

function textData(text: string, { version }: Writing): unknown {
  if (version === 'v4') return { type: 'text', text };
  return base64Of(new TextEncoder().encode(text));
}

function sourceData(
  source: { readonly url: string } | { readonly data: string | Uint8Array },
  { version, provider }: Writing,
): unknown {
  if ('data' in source) {
    const { data } = source;
    return version === 'v4' ? { type: 'data', data } : data;
  }
  const url = URL.parse(source.url);
  if (url === null) {
    const message = `An address of a message is no URL. Give one with its scheme, or the bytes.`;
    throw new MortiseError('invalid-request', message, { provider });
  }
  if (version !== 'v4') return url;
  return url.href === source.url ? { type: 'url', url } : { type: 'url', url, originalUrl: source.url };
}

/** OpenAI's and those that are like it. */
const WITH_DETAIL = new Set(['openai', 'azure', 'xai', 'openaiCompatible']);

function imageOptions({ detail }: ImageBlock, { provider, warn }: Writing): Part | undefined {
  if (detail === undefined) return undefined;
  if (WITH_DETAIL.has(provider)) return { [provider]: { imageDetail: detail } };
  const message = `detail was left out: ${provider} is not known to take any.`;
  warn({ type: 'unsupported-setting', setting: 'detail', message });
  return undefined;
}

/** Whose packages send the name of a file. */
const TITLED = new Set(['openai', 'azure', 'anthropic', 'bedrock']);

function documentOptions(
  { title, context, citations }: DocumentBlock,
  { provider, warn }: Writing,
): Part | undefined {
  if (provider === 'anthropic') {
    const enabled = citations === undefined ? undefined : { enabled: citations };
    const said = defined({ title, context, citations: enabled });
    return Object.keys(said).length === 0 ? undefined : { anthropic: said };
  }
  const lost = { title: TITLED.has(provider) ? undefined : title, context, citations };
  for (const [setting, value] of Object.entries(lost))
    if (value !== undefined && value !== false) {
      const message = `${setting} of a document was left out: ${provider} is not known to take any.`;
      warn({ type: 'unsupported-setting', setting, message });
    }
  return undefined;
}

function merged(ours: Part | undefined, given: object | undefined): object | undefined {
  if (ours === undefined) return given;
  const theirs = partOf(given);
  return {
    ...theirs,
    ...Object.fromEntries(
      Object.entries(ours).map(([name, of]) => [name, { ...partOf(of), ...partOf(theirs[name]) }]),
    ),
  };
}

/** Whose packages refuse files of text: to their models it is a text like any other. */
const TEXTLESS = new Set(['openai', 'azure', 'mistral']);

function textPart(block: Medium, text: string, providerOptions: object | undefined): Part {
  const title = block.type === 'document' ? block.title : undefined;
  return defined({ type: 'text', text: title === undefined ? text : `${title}\n\n${text}`, providerOptions });
}

/** To a model of ours: with all that the block says. */
function ourPart(block: Medium, providerOptions: object | undefined, writing: Writing): Part {
  const { source } = block;
  const isText = 'text' in source;
  const known = isText ? 'text/plain' : source.mediaType;
  const members = membersOf(block, 'source') ?? {};
  const mediaType = known ?? (block.type === 'document' ? 'application/*' : `${block.type}/*`);
  const data = isText ? textData(source.text, writing) : sourceData(source, writing);
  return {
    type: 'file',
    data,
    mediaType,
    providerOptions: { ...providerOptions, [OURS]: { ...members, isText } },
  };
}
