import type {
  CitationBlock,
  ContentBlock,
  FinishReason,
  MediaSource,
  ProviderMetadata,
  Usage,
  Warning,
} from '@mortise/core';
import { isKnownBlock } from '@mortise/core';
import { base64Of, defined } from '@mortise/core/shared';
import { jsonOf, membersOf, OURS, partOf, providerData } from '../read.ts';
import type {
  AISDKOutputVersion,
  AISDKProviderData,
  OutputCitation,
  OutputContent,
  OutputFinish,
  OutputResponse,
  OutputSource,
  OutputUsage,
  OutputWarning,
} from '../spec.ts';

/** What differs between the versions that are written. */
export interface Dialect<V extends AISDKOutputVersion> {
  readonly version: V;
  /** What no part is like. */
  custom(kind: string, told: Told): OutputContent<V>;
  text(text: string, citations: OutputCitation[], told: Told): OutputContent<V>;
  file(source: MediaSource, mediaType: string, told: Told): OutputContent<V> | undefined;
}

export interface Told {
  providerMetadata?: AISDKProviderData;
}

export const v4: Dialect<'v4'> = {
  version: 'v4',
  custom: (kind, told) => ({ type: 'custom', kind: kindOf(kind), ...told }),
  text: (text, citations, told) => ({
    type: 'text',
    text,
    ...(citations.length > 0 && { citations }),
    ...told,
  }),
  file(source, mediaType, told) {
    if ('data' in source)
      return { type: 'file', mediaType, data: { type: 'data', data: source.data }, ...told };
    const url = URL.parse(source.url);
    return url === null ? undefined : { type: 'file', mediaType, data: { type: 'url', url }, ...told };
  },
};

export const v3: Dialect<'v3'> = {
  version: 'v3',
  // Empty reasoning is the one part that keeps what it holds and shows nothing.
  custom: (_kind, told) => ({ type: 'reasoning', text: '', ...told }),
  text: (text, _citations, told) => ({ type: 'text', text, ...told }),
  file: (source, mediaType, told) =>
    'data' in source ? { type: 'file', mediaType, data: source.data, ...told } : undefined,
};

/** Ours are `openai:web-search`, theirs `openai.web-search`. */
function kindOf(type: string): `${string}.${string}` {
  const [provider = '', ...kind] = type.split(':');
  return `${provider}.${kind.join(':')}`;
}

/** The parts that a block comes to: itself, and the sources of what it cites. */
export function partsOf<V extends AISDKOutputVersion>(
  block: ContentBlock,
  index: number,
  dialect: Dialect<V>,
): OutputContent<V>[] {
  const whole = () => [
    dialect.custom(block.type, { providerMetadata: { [OURS]: { block: jsonOf(block) ?? {} } } }),
  ];
  if (!isKnownBlock(block)) return ownPart<V>(block) ?? whole();
  switch (block.type) {
    case 'text': {
      const { citations = [] } = block;
      const sources = citations.map((citation, at) => sourceOf(citation, `${index}-${at}`));
      const placed = citations.map((citation, at) => placedOf(citation, sources[at] as OutputSource));
      return [dialect.text(block.text, placed, toldOf(block, 'text')), ...sources];
    }
    case 'reasoning':
      return [{ type: 'reasoning', text: block.text, ...toldOf(block, 'text') }];
    case 'tool-call': {
      const { id: toolCallId, name: toolName, arguments: args, argumentsText } = block;
      const told = toldOf(block, 'id', 'name', 'arguments', 'argumentsText', 'invalid');
      const { dynamic } = partOf(told.providerMetadata?.['ai-sdk']);
      const input = argumentsText ?? JSON.stringify(args);
      return [
        { type: 'tool-call', toolCallId, toolName, input, ...(dynamic === true && { dynamic }), ...told },
      ];
    }
    case 'image':
    case 'audio':
    case 'video':
    case 'document': {
      const { source } = block;
      const kind = block.type === 'document' ? 'application' : block.type;
      const file =
        'text' in source
          ? dialect.file(
              { data: base64Of(new TextEncoder().encode(source.text)), mediaType: 'text/plain' },
              'text/plain',
              toldOf(block, 'source'),
            )
          : dialect.file(source, source.mediaType ?? `${kind}/*`, toldOf(block, 'source'));
      return file === undefined ? whole() : [file];
    }
    case 'citation':
      return [sourceOf(block, String(index))];
    default:
      return whole();
  }
}

/** What a model of theirs behind ours sent, as it came. */
function ownPart<V extends AISDKOutputVersion>(block: ContentBlock): OutputContent<V>[] | undefined {
  const value = partOf((block as { readonly value?: unknown }).value);
  const told = providerMetadataOf(value['providerMetadata']);
  switch (block.type) {
    case 'ai-sdk:tool-call': {
      const [toolCallId, toolName, input] = [value['toolCallId'], value['toolName'], value['input']].map(
        String,
      ) as [string, string, string];
      const dynamic = value['dynamic'] === true;
      return [
        {
          type: 'tool-call',
          toolCallId,
          toolName,
          input,
          providerExecuted: true,
          ...(dynamic && { dynamic }),
          ...told,
        },
      ];
    }
    case 'ai-sdk:tool-result': {
      const [toolCallId, toolName] = [value['toolCallId'], value['toolName']].map(String) as [string, string];
      const { result, isError, dynamic } = value;
      const json = jsonOf({ result })?.['result'] ?? '';
      const flags = { ...(isError === true && { isError }), ...(dynamic === true && { dynamic }) };
      return [{ type: 'tool-result', toolCallId, toolName, result: json, ...flags, ...told }];
    }
    case 'ai-sdk:tool-approval-request': {
      const [approvalId, toolCallId] = [value['approvalId'], value['toolCallId']].map(String) as [
        string,
        string,
      ];
      return [{ type: 'tool-approval-request', approvalId, toolCallId, ...told }];
    }
    default:
      return undefined;
  }
}

function providerMetadataOf(value: unknown): Told {
  const providerMetadata = providerData(value);
  return providerMetadata === undefined ? {} : { providerMetadata };
}

/** The provider's data of a block, and what of the block itself a part of theirs has no place for. */
export function toldOf(block: object, ...known: readonly string[]): Told {
  const { providerMetadata } = block as { readonly providerMetadata?: unknown };
  const members = membersOf(block, ...known);
  const data = providerData(providerMetadata);
  // Without a mark of ours it would come back as the application's.
  const ours =
    data === undefined && members === undefined ? undefined : { [OURS]: jsonOf(members ?? {}) ?? {} };
  return ours === undefined ? {} : { providerMetadata: { ...data, ...ours } };
}

export function sourceOf(citation: CitationBlock, id: string): OutputSource {
  const { url, title, source } = citation;
  const told = toldOf(citation, 'url', 'title', 'start', 'end');
  if (url !== undefined)
    return { type: 'source', sourceType: 'url', id, url, ...(title !== undefined && { title }), ...told };
  const named = title ?? (source === undefined ? 'Document' : String(source));
  return { type: 'source', sourceType: 'document', id, mediaType: 'text/plain', title: named, ...told };
}

export function placedOf({ start, end, quote }: CitationBlock, source: OutputSource): OutputCitation {
  return defined({ source, startIndex: start, endIndex: end, citedText: quote });
}

export function usageOf(usage: Usage): OutputUsage {
  const { inputTokens: total, cachedInputTokens: cacheRead, cacheWriteTokens: cacheWrite } = usage;
  const { outputTokens, reasoningTokens: reasoning, raw } = usage;
  const noCache = total === undefined ? undefined : total - (cacheRead ?? 0) - (cacheWrite ?? 0);
  const text = outputTokens === undefined ? undefined : outputTokens - (reasoning ?? 0);
  return {
    inputTokens: { total, noCache, cacheRead, cacheWrite },
    outputTokens: { total: outputTokens, text, reasoning },
    ...(raw === undefined ? {} : { raw }),
  };
}

const FINISHES = ['stop', 'length', 'content-filter', 'tool-calls'] as const;

export function finishOf({ unified, raw }: FinishReason): OutputFinish {
  return {
    unified: FINISHES.find((known) => known === unified) ?? 'other',
    raw: raw === '' ? undefined : raw,
  };
}

/** What of an end has no place in theirs stands beside what the provider said. */
export function endData(
  {
    finishReason,
    providerMetadata,
  }: { finishReason: FinishReason; providerMetadata?: ProviderMetadata | undefined },
  late: readonly Warning[] = [],
): Told {
  const data = providerData(providerMetadata);
  const isOwn = finishOf(finishReason).unified !== finishReason.unified;
  const said = defined({
    finishReason: isOwn ? { ...finishReason } : undefined,
    warnings: late.length === 0 ? undefined : late,
  });
  const ours = Object.keys(said).length === 0 ? {} : { [OURS]: jsonOf(said) ?? {} };
  return data === undefined && ours[OURS] === undefined ? {} : { providerMetadata: { ...data, ...ours } };
}

export function warningOf({ type, setting, message }: Warning): OutputWarning {
  if (type === 'unsupported-setting' && setting !== undefined)
    return { type: 'unsupported', feature: setting, details: message };
  return { type: 'other', message };
}

export function responseOf({
  id,
  model,
  createdAt,
}: {
  id?: string;
  model?: string;
  createdAt?: string;
}): OutputResponse {
  const timestamp = createdAt === undefined ? undefined : new Date(createdAt);
  return defined({ id, modelId: model, timestamp });
}
