import {
  isKnownBlock,
  messageText,
  MortiseError,
  type ContentBlock,
  type LLMCapabilities,
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
  /** Their name of the model's kind, such as `openai.chat`. */
  readonly api: string;
  readonly capabilities: LLMCapabilities;
  /** It is a model of ours as one of theirs. */
  readonly isOurs: boolean;
  warn: (warning: Warning) => void;
}

/** A text or a medium. */
export function contentPart(block: ContentBlock, writing: Writing): Part | undefined {
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

export function resultPart(
  block: ToolResultBlock,
  writing: Writing,
  names: ReadonlyMap<string, string>,
): Part {
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
export function ownPart(block: ContentBlock, writing: Writing): Part | undefined {
  const value = ownValue(block);
  const data = providerData((block as { readonly providerMetadata?: unknown }).providerMetadata);
  const { block: whole } = data?.[OURS] ?? {};
  if (isObject(whole))
    return {
      type: 'custom',
      kind: block.type.replace(':', '.'),
      providerOptions: { [OURS]: { block: whole } },
    };
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

export function leftOut(type: string, { warn }: Writing): void {
  const message = `Left out, since prompts of the AI SDK have no place for it: ${type}.`;
  warn({ type: 'other', setting: 'messages', message });
}

export function ownValue(block: ContentBlock): Part {
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
export function withOptions({ providerMetadata, dynamic: _dynamic, ...part }: Part): Part {
  return isObject(providerMetadata) ? { ...part, providerOptions: providerMetadata } : part;
}

export function optionsOf(block: ContentBlock): { [provider: string]: object } | undefined {
  const { providerMetadata } = block as { readonly providerMetadata?: unknown };
  const { [THEIRS]: _own, ...rest } = providerData(providerMetadata) ?? {};
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/** Signed reasoning that came without the data of theirs, in the words of those who sign. */
export function opaque(
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
