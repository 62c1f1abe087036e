import type { MortiseError } from '@mortise/core';
import type {
  CitationBlock,
  ChatReply,
  ContentBlock,
  FinishReason,
  PartialChatResponse,
  ReasoningBlock,
  TextBlock,
  Usage,
} from '@mortise/core/llm';
import { messageText, toolCallBlock } from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { describeFailure, errorFromSaid, failedEnd, malformed, throwFailure } from '@mortise/core/wire';
import {
  countOf,
  metadataOf,
  objectsOf,
  startOf,
  stringOf,
  usageIn,
  type ErrorAbout,
  type WireAbout,
  type WireBody,
} from './convert.ts';
import { argumentsText, callId, citation, namelessCall } from './convert-reply.ts';
import {
  contentText,
  detailsText,
  messageBlock,
  opaqueMembers,
  opaqueOfCall,
  partBlock,
  thinkingBlock,
  thinkingMembers,
  withMembers,
} from './convert-chat-opaque.ts';

/** The body of a chat completion as a reply. Only the first choice counts. */
export function fromChatCompletionsResponse(body: WireBody, about: WireAbout): ChatReply<WireBody> {
  const choices = objectsOf(body['choices']);
  const choice = choices.find(({ index }) => index === 0) ?? choices[0];
  const message = choice?.['message'];
  throwFailure(body, about, choice === undefined);
  const failed =
    choice === undefined ? undefined : endError(choice, about, () => partialOf(message, body, about));
  if (failed !== undefined) throw failed;
  if (choice === undefined || !isObject(message)) throw malformed('JSON without a choice', about);
  const content = contentOf(message, about);
  return {
    content,
    finishReason: chatFinishReason(choice['finish_reason'], {
      called: content.some(({ type }) => type === 'tool-call'),
      refused: stringOf(message['refusal']) !== undefined,
    }),
    usage: chatUsage(usageOf(body)),
    providerMetadata: metadataOf(
      about,
      chatMetadata(body, choice),
    ) as ChatReply<WireBody>['providerMetadata'],
    ...startOf(body, body['created']),
  };
}

/** What had been said before a failure. A call is not: its arguments may be cut. */
function partialOf(message: unknown, body: WireBody, about: WireAbout): PartialChatResponse {
  const content = isObject(message) ? contentOf({ ...message, tool_calls: [] }, about) : [];
  const said = { role: 'assistant' as const, content };
  return { message: said, text: messageText(said), usage: chatUsage(usageOf(body)) };
}

function contentOf(message: WireBody, about: WireAbout): ContentBlock[] {
  const [field, thought = ''] = reasoningOf(message) ?? [];
  const details = objectsOf(message['reasoning_details']);
  const members = opaqueMembers(message);
  return [
    ...(field === undefined && details.length === 0 ? [] : [reasoningBlock(field, thought, about, details)]),
    ...contentBlocks(message, about),
    ...objectsOf(message['tool_calls']).map((call) => toolCall(call, about)),
    ...(isObject(message['audio'])
      ? [{ type: `${about.provider}:audio` as const, item: message['audio'] }]
      : []),
    ...(members === undefined ? [] : [messageBlock(members, about)]),
  ];
}

/** The names under which vendors put what their model thought. */
const REASONING_FIELDS = ['reasoning_content', 'reasoning'] as const;

/** The reasoning of a message or a delta and the field it came in; a vendor that fills both says the same twice. */
export function reasoningOf(message: WireBody): [field: string, text: string] | undefined {
  for (const field of REASONING_FIELDS) {
    const text = message[field];
    if (typeof text === 'string' && text !== '') return [field, text];
  }
  return undefined;
}

/** With the field that it came in, and with OpenRouter's details of it, which go back instead. */
export function reasoningBlock(
  field: string | undefined,
  text: string,
  about: WireAbout,
  details: readonly WireBody[] = [],
): ReasoningBlock {
  const own = details.length === 0 ? { field } : defined({ field, details: [...details] });
  const shown = text === '' ? detailsText(details) : text;
  return { type: 'reasoning', text: shown, providerMetadata: { [about.provider]: own } };
}

/** The parts of the content in their order; texts that no other part separates are one. */
function contentBlocks(message: WireBody, about: WireAbout): ContentBlock[] {
  const { content } = message;
  const blocks: ContentBlock[] = [];
  let texts: WireBody[] = [];
  for (const part of objectsOf(content)) {
    const { type, text } = part;
    if (typeof text === 'string' || typeof type !== 'string') texts.push(part);
    else {
      const other =
        type === 'thinking'
          ? thinkingBlock(contentText(part['thinking']), thinkingMembers(part), about)
          : partBlock(part, about);
      blocks.push(...textBlocks(texts, {}, about), other);
      texts = [];
    }
  }
  return [...blocks, ...textBlocks(typeof content === 'string' ? content : texts, message, about)];
}

function textBlocks(content: unknown, message: WireBody, about: WireAbout): TextBlock[] {
  const text = contentText(content);
  const citations = objectsOf(message['annotations']).flatMap((annotation) =>
    annotationCitation(annotation, about),
  );
  const blocks: TextBlock[] = [];
  if (text !== '' || citations.length > 0)
    blocks.push({ type: 'text', text, ...(citations.length === 0 ? {} : { citations }) });
  const refusal = stringOf(message['refusal']);
  if (refusal !== undefined) blocks.push(refusalBlock(refusal, about));
  return blocks;
}

/** What the model says when it declines is its answer; the mark sends it back as the refusal it was. */
export function refusalBlock(text: string, about: WireAbout): TextBlock {
  return { type: 'text', text, providerMetadata: { [about.provider]: { refusal: true } } };
}

/** An annotation of a chat message: `{ type: 'url_citation', url_citation: {...} }`. */
export function annotationCitation(annotation: WireBody, about: WireAbout): CitationBlock[] {
  const cited = annotation['url_citation'];
  if (!isObject(cited)) return [];
  return [citation(cited, annotation, about)];
}

function toolCall(call: WireBody, about: WireAbout): ContentBlock {
  const { function: called } = call;
  if (!isObject(called)) return customCall(call, about);
  const name = stringOf(called['name']);
  if (name === undefined) throw namelessCall(about);
  const block = toolCallBlock(callId(call['id']), name, argumentsText(called['arguments']));
  return withMembers(block, opaqueOfCall(call), about);
}

/** A call of a custom tool takes free text, which the contract's tool call does not. */
export function customCall(call: WireBody, about: WireAbout): ContentBlock {
  return { type: `${about.provider}:custom_tool_call`, item: call };
}

export function chatFinishReason(
  raw: unknown,
  { called, refused }: { called: boolean; refused: boolean },
): FinishReason {
  const word = typeof raw === 'string' ? raw : '';
  if (refused) return { unified: 'content-filter', raw: word };
  const unified = ENDS.get(word) ?? 'other';
  // OpenAI itself says `stop` when a named tool was forced.
  return { unified: unified === 'stop' && called ? 'tool-calls' : unified, raw: word };
}

const ENDS: ReadonlyMap<string, FinishReason['unified']> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
]);

/** Groq gave it under `x_groq` alone for long. */
export function usageOf(body: WireBody): WireBody | undefined {
  const { usage, x_groq: groq } = body;
  if (isObject(usage)) return usage;
  return isObject(groq) && isObject(groq['usage']) ? groq['usage'] : undefined;
}

/**
 * L-01. `completion_tokens` includes reasoning at OpenAI and most vendors. xAI leaves it out, and its total shows it:
 * prompt + completion + reasoning. Then everything after the prompt is output; `raw` keeps what was said.
 */
export function chatUsage(raw: WireBody | undefined): Usage {
  if (raw === undefined) return {};
  const usage = usageIn(raw, 'prompt', 'completion');
  const { inputTokens = 0, outputTokens, totalTokens, reasoningTokens } = usage;
  // DeepSeek's.
  const cached = usage.cachedInputTokens ?? countOf(raw['prompt_cache_hit_tokens']);
  if (cached !== undefined) usage.cachedInputTokens = cached;
  if (outputTokens !== undefined && reasoningTokens !== undefined) {
    const whole = outputTokens + reasoningTokens;
    if (totalTokens === inputTokens + whole) usage.outputTokens = whole;
  }
  return usage;
}

/** What the contract does not model, in the provider's own spelling. */
function chatMetadata(body: WireBody, { logprobs, content_filter_results }: WireBody): WireBody {
  const { service_tier, system_fingerprint, moderation, prompt_filter_results } = body;
  return {
    service_tier,
    system_fingerprint,
    moderation,
    logprobs,
    // Azure's, with the categories.
    prompt_filter_results,
    content_filter_results,
  };
}

/** E-06: the error of an end that is a failure, with the choice's own words where it has some. */
export function endError(
  { finish_reason: reason, error }: { finish_reason?: unknown; error?: unknown },
  about: ErrorAbout,
  partialOf?: () => PartialChatResponse,
): MortiseError | undefined {
  const code = failedEnd(reason);
  if (code === undefined && (error === undefined || error === null)) return undefined;
  const word = code === undefined ? {} : { word: String(reason) };
  return errorFromSaid({ ...word, ...describeFailure(error) }, about, {
    fallback: code,
    partial: partialOf?.(),
  });
}
