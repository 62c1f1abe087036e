import type { ChatResponse, CitationBlock, ContentBlock, Warning } from '@mortise/core';
import { isKnownBlock } from '@mortise/core';
import { base64Of, defined } from '@mortise/core/shared';
import type {
  AISDKOutputVersion,
  OutputCitation,
  OutputContent,
  OutputResponse,
  OutputSource,
  OutputTold,
} from '../output.ts';
import { jsonOf, membersOf, OURS, partOf, providerData } from '../read.ts';
import { finishWord, type Dialect, type Note } from './dialects.ts';

/** The parts that a block comes to: itself, and the sources of what it cites. */
export function partsOf<V extends AISDKOutputVersion>(
  block: ContentBlock,
  index: number,
  dialect: Dialect<V>,
): OutputContent<V>[] {
  const whole = () => [
    dialect.custom(block.type, { providerMetadata: { [OURS]: { block: jsonOf(block) ?? {} } } }),
  ];
  if (!isKnownBlock(block)) return ownPart(block, dialect) ?? whole();
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
function ownPart<V extends AISDKOutputVersion>(
  block: ContentBlock,
  dialect: Dialect<V>,
): OutputContent<V>[] | undefined {
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
      return [dialect.result({ type: 'tool-result', toolCallId, toolName, result: json, ...flags, ...told })];
    }
    case 'ai-sdk:tool-approval-request': {
      const [approvalId, toolCallId] = [value['approvalId'], value['toolCallId']].map(String) as [
        string,
        string,
      ];
      const request = dialect.approval({ type: 'tool-approval-request', approvalId, toolCallId, ...told });
      return request === undefined ? undefined : [request];
    }
    default:
      return undefined;
  }
}

function providerMetadataOf(value: unknown): OutputTold {
  const providerMetadata = providerData(value);
  return providerMetadata === undefined ? {} : { providerMetadata };
}

/** The provider's data of a block, and what of the block itself a part of theirs has no place for. */
export function toldOf(block: object, ...known: readonly string[]): OutputTold {
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

/** What of an end has no place in theirs stands beside what the provider said. */
export function endData<V extends AISDKOutputVersion>(
  end: Pick<ChatResponse, 'finishReason' | 'usage' | 'providerMetadata'>,
  { version }: Dialect<V>,
  late: readonly Warning[] = [],
): OutputTold {
  const { finishReason, usage } = end;
  const data = providerData(end.providerMetadata);
  const isOwn = finishWord(finishReason) !== finishReason.unified || version === 'v2';
  const said = defined({
    finishReason: isOwn ? { ...finishReason } : undefined,
    // V2 has neither the provider's own counts, nor its word of the end.
    usage: version === 'v2' && Object.keys(usage).length > 0 ? usage : undefined,
    warnings: late.length === 0 ? undefined : late,
  });
  const ours = Object.keys(said).length === 0 ? {} : { [OURS]: jsonOf(said) ?? {} };
  return data === undefined && ours[OURS] === undefined ? {} : { providerMetadata: { ...data, ...ours } };
}

/** A warning of ours, for a dialect to write. */
export function noteOf({ type, setting, message }: Warning): Note {
  return type === 'unsupported-setting' && setting !== undefined
    ? { feature: setting, details: message }
    : { message };
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
