import {
  toolCallBlock,
  type ChatReply,
  type ContentBlock,
  type FinishReason,
  type JsonObject,
  type TextBlock,
  type Usage,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, sumOfCounts, throwFailure, uniqueCallId, type About } from '@mortise/core/wire';
import { citationsOf } from './convert-citations.ts';

/** What Google says of a reply and the contract does not model, in its own words; members that are null are absent. */
export type GoogleMetadata = {
  /** Why a prompt was blocked, with the categories. */
  promptFeedback?: { blockReason?: string; safetyRatings?: readonly object[]; [member: string]: unknown };
  /** The categories of harm, and how probable each is. */
  safetyRatings?: readonly object[];
  /** What a failed end says of itself. */
  finishMessage?: string;
  groundingMetadata?: object;
  citationMetadata?: object;
  [member: string]: unknown;
};

export type Raw = Record<string, unknown>;

/** A whole reply: https://ai.google.dev/api/generate-content#generatecontentresponse */
export function fromResponse(body: Raw, about: About): ChatReply<GoogleMetadata> {
  const candidate = candidateOf(body);
  const isBlocked = blockReasonOf(body) !== undefined;
  throwFailure(body, about, candidate === undefined && !isBlocked);
  if (candidate === undefined && !isBlocked) throw malformed('JSON without candidates', about);
  const message: Raw = {};
  addMessage(message, body, candidate);
  const content = partsOf(candidate).flatMap((part) => fromPart(part, about));
  for (const { index, citation } of citationsOf(message, textsOf(content))) {
    const block = content[index] as TextBlock;
    (block.citations ??= []).push(citation);
  }
  return {
    content,
    finishReason: finishOf(
      message,
      content.some(({ type }) => type === 'tool-call'),
    ),
    usage: isObject(body['usageMetadata']) ? fromUsage(body['usageMetadata']) : undefined,
    providerMetadata: metadataOf(message),
    id: text(body['responseId']),
    model: text(body['modelVersion']),
    createdAt: text(body['createTime']),
  };
}

/** The first candidate; the others are of those who asked for several, and stand in `providerMetadata`. */
export function candidateOf(body: Raw): Raw | undefined {
  const { candidates } = body;
  if (!Array.isArray(candidates)) return undefined;
  const all = candidates.filter(isObject);
  return all.find(({ index }) => index === undefined || index === 0);
}

export function partsOf(candidate: Raw | undefined): Raw[] {
  const content = candidate?.['content'];
  const parts = isObject(content) ? content['parts'] : undefined;
  return Array.isArray(parts) ? parts.filter(isObject) : [];
}

export function blockReasonOf(body: Raw): string | undefined {
  const feedback = body['promptFeedback'];
  const reason = isObject(feedback) ? text(feedback['blockReason']) : undefined;
  return reason === '' || reason === 'BLOCK_REASON_UNSPECIFIED' ? undefined : reason;
}

/** Members that say what a part is about, and not what it is. */
const BESIDE: ReadonlySet<string> = new Set([
  ...['thought', 'thoughtSignature', 'videoMetadata', 'mediaResolution', 'partMetadata'],
  ...['mediaProcessing', 'speechMetadata'],
]);

/** What a part is: `text`, `functionCall`, `executableCode`...; undefined for one that holds nothing. */
export function kindOf(part: Raw): string | undefined {
  return Object.keys(part).find((name) => part[name] != null && !BESIDE.has(name));
}

/** One part. What the contract has no block for, such as code that ran at Google, is kept as it is. */
export function fromPart(part: Raw, about: About): ContentBlock[] {
  const kind = kindOf(part);
  if (kind === 'functionCall') return [fromCall(part, about)];
  if (kind === 'text' || kind === undefined) {
    const { text: said, thought, thoughtSignature, ...others } = part;
    const own = opaque(others);
    // A signature may stand alone, and goes back so.
    if (kind === undefined && thoughtSignature == null && Object.keys(own).length === 0) return [];
    const words = text(said) ?? '';
    if (thought === true)
      return [
        defined({
          type: 'reasoning' as const,
          text: words,
          signature: text(thoughtSignature),
          // Marks what is Google's own.
          providerMetadata: { google: { ...own, thought: true } },
        }),
      ];
    const members = opaque({ ...others, thoughtSignature });
    if (words === '' && Object.keys(members).length === 0) return [];
    return [
      {
        type: 'text',
        text: words,
        ...(Object.keys(members).length === 0 ? {} : { providerMetadata: { google: members } }),
      },
    ];
  }
  const { [kind]: value, ...members } = part;
  return [{ ...opaque(members), type: `google:${kind}`, value }];
}

function opaque(members: Raw): Raw {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));
}

/** Calls mostly have no ids; a result must name its call all the same. */
function fromCall(part: Raw, about: About): ContentBlock {
  const { functionCall, ...members } = part;
  if (!isObject(functionCall)) throw malformed('a call that is no object', about);
  const { id, name, args, ...others } = functionCall;
  const ownId = text(id);
  const said = args == null ? '' : typeof args === 'string' ? args : JSON.stringify(args);
  const block = toolCallBlock(
    ownId === undefined || ownId === '' ? uniqueCallId() : ownId,
    text(name) ?? '',
    said,
  );
  const rest = opaque(others);
  const own = { ...opaque(members), ...(Object.keys(rest).length === 0 ? {} : { functionCall: rest }) };
  return Object.keys(own).length === 0 ? block : { ...block, providerMetadata: { google: own } };
}

export function textsOf(content: readonly ContentBlock[]): { index: number; text: string }[] {
  return content.flatMap((block, index) => (block.type === 'text' ? [{ index, text: block.text }] : []));
}

const FINISH: Readonly<Record<string, FinishReason['unified']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/** A reply that calls tools ends with `STOP` too. A prompt that was blocked has its reason elsewhere. */
export function finishOf(message: Raw, calls: boolean): FinishReason {
  const raw = text(message['finishReason']) ?? '';
  const blocked = blockReasonOf(message);
  if (raw === '' && blocked !== undefined) return { unified: 'content-filter', raw: blocked };
  if (raw === 'STOP' && calls) return { unified: 'tool-calls', raw };
  return { unified: FINISH[raw] ?? 'other', raw };
}

/** L-01: what tools of Google's read is counted beside the prompt, and thoughts beside the answer. */
export function fromUsage(raw: Raw): Usage {
  const sum = (...names: string[]): number | undefined => sumOfCounts(names.map((name) => count(raw[name])));
  return defined({
    inputTokens: sum('promptTokenCount', 'toolUsePromptTokenCount'),
    outputTokens: sum('candidatesTokenCount', 'thoughtsTokenCount'),
    cachedInputTokens: count(raw['cachedContentTokenCount']),
    reasoningTokens: count(raw['thoughtsTokenCount']),
    raw: raw as JsonObject,
  });
}

const MODELLED: ReadonlySet<string> = new Set([
  ...['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime'],
  ...['content', 'index', 'finishReason'],
]);

/** What a reply, or an event of one, says besides its content; what is null says nothing. */
export function addMessage(message: Raw, body: Raw, candidate: Raw | undefined): void {
  for (const [name, value] of Object.entries({ ...body, ...candidate }))
    if (value != null && !(MODELLED.has(name) && name !== 'finishReason')) message[name] = value;
  const { candidates } = body;
  const others: unknown[] = Array.isArray(candidates) ? candidates.filter((each) => each !== candidate) : [];
  const known = message['otherCandidates'];
  if (others.length === 0) return;
  if (!Array.isArray(known)) message['otherCandidates'] = others;
  else for (const other of others) known.push(other);
}

/** The members that nothing else here reads, those of later versions included. */
export function metadataOf(message: Raw): { google: GoogleMetadata } | undefined {
  const { finishReason: _reason, ...google } = message;
  return Object.keys(google).length === 0 ? undefined : { google };
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
