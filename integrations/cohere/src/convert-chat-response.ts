import {
  messageText,
  toolCallBlock,
  type ChatReply,
  type ContentBlock,
  type FinishReason,
  type PartialChatResponse,
  type ProviderMetadata,
  type ReasoningBlock,
  type TextBlock,
  type ToolCallBlock,
  type Usage,
} from '@mortise/core/llm';
import { defined, GrowingText, isObject, type JsonObject } from '@mortise/core/shared';
import { failedEnd, malformed, throwFailure, uniqueCallId } from '@mortise/core/wire';
import { countOf, objectOf, objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { targetOf, toCitationBlocks } from './convert-citation.ts';
import { errorFromReply } from './errors.ts';

/** A whole reply of `POST /v2/chat`. */
export function fromChatResponse(body: WireBody, about: WireAbout): ChatReply<CohereMetadata> {
  const { message, finish_reason: reason } = body;
  throwFailure(body, about, !isObject(message));
  if (!isObject(message) || typeof reason !== 'string')
    throw malformed('JSON that is not a chat reply', about);
  const content = fromMessage(message);
  const usage = toUsage(body['usage']);
  const reply = { content, usage, id: stringOf(body['id']) };
  return {
    ...reply,
    finishReason: toFinishReason(reason, undefined, about, () => partialOf(content, usage)),
    providerMetadata: toMetadata(body['logprobs']),
  };
}

/** What the reply said and the contract does not model, in Cohere's own spelling. */
export type CohereMetadata = { logprobs?: readonly unknown[] } & { [member: string]: unknown };

/** In the order in which a model writes them, and a stream brings them: thinking, plan, text, calls. */
function fromMessage(message: WireBody): ContentBlock[] {
  const items = contentItems(message['content']);
  const citations = objectsOf(message['citations']);
  const of = (target: string): WireBody[] => citations.filter((citation) => targetOf(citation) === target);
  const thinking = items.filter(({ type }) => type === 'thinking');
  const rest = items.filter(({ type }) => type !== 'thinking');
  const lastText = items.findLastIndex(({ type }) => type === 'text');
  const lastThinking = items.findLastIndex(({ type }) => type === 'thinking');
  const about = (target: string, item: WireBody, last: number): WireBody[] =>
    of(target).filter((citation) => items.indexOf(item) === (countOf(citation['content_index']) ?? last));
  const toolPlan = stringOf(message['tool_plan']);
  return [
    ...thinking
      .filter((item) => stringOf(item['thinking']) !== undefined)
      .map((item) =>
        thinkingBlock(String(item['thinking']), about('thinking', item, lastThinking), membersOf(item)),
      ),
    ...(toolPlan === undefined ? [] : [toolPlanBlock(toolPlan, of('plan'))]),
    ...rest.flatMap((item) => {
      if (item['type'] !== 'text') return [otherBlock(item)];
      const text = stringOf(item['text']);
      return text === undefined ? [] : [textBlock(text, about('text', item, lastText), membersOf(item))];
    }),
    ...objectsOf(message['tool_calls']).map((call) => {
      const { name, arguments: args } = objectOf(call['function']);
      const block = toolCallBlock(
        stringOf(call['id']) ?? uniqueCallId(),
        stringOf(name) ?? '',
        stringOf(args) ?? '',
      );
      return withMembers(block, membersOf(call));
    }),
  ];
}

function contentItems(content: unknown): WireBody[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

export function textBlock(text: string, citations: readonly WireBody[], members: WireBody = {}): TextBlock {
  const cited = new GrowingText();
  cited.push(text);
  const blocks = citations.flatMap((citation) => toCitationBlocks(citation, cited));
  const block: TextBlock = { type: 'text', text };
  return withMembers(blocks.length === 0 ? block : { ...block, citations: blocks }, members);
}

export function thinkingBlock(
  text: string,
  citations: readonly WireBody[],
  members: WireBody = {},
): ReasoningBlock {
  const cohere = {
    ...(citations.length === 0 ? {} : { citations: [...citations] }),
    ...(Object.keys(members).length === 0 ? {} : { members }),
  };
  if (Object.keys(cohere).length === 0) return { type: 'reasoning', text };
  return { type: 'reasoning', text, providerMetadata: { cohere } };
}

const KNOWN: ReadonlySet<string> = new Set(['type', 'text', 'thinking', 'id', 'index', 'function']);

/** What an item of the content or a call says besides what the contract knows: it goes back with the item. */
export function membersOf(item: WireBody): WireBody {
  return Object.fromEntries(
    Object.entries(item).filter(([name, value]) => !KNOWN.has(name) && value !== null && value !== undefined),
  );
}

export function withMembers<B extends TextBlock | ToolCallBlock>(block: B, members: WireBody): B {
  return Object.keys(members).length === 0 ? block : { ...block, providerMetadata: { cohere: { members } } };
}

/** Marked, so that it goes back as `tool_plan` and not as thinking. */
export function toolPlanBlock(text: string, citations: readonly WireBody[]): ReasoningBlock {
  const cited = citations.length === 0 ? {} : { citations: [...citations] };
  return { type: 'reasoning', text, providerMetadata: { cohere: { toolPlan: true, ...cited } } };
}

/** A kind of content that came after this version: kept, and sent back as it is. */
export function otherBlock(value: WireBody): ContentBlock {
  return { type: `cohere:${stringOf(value['type']) ?? 'unknown'}`, value };
}

/** `tokens` counts what the model read and wrote; `billed_units` what is paid for, and stays in `raw`. */
export function toUsage(usage: unknown): Usage {
  if (!isObject(usage)) return {};
  const tokens = objectOf(usage['tokens']);
  return defined({
    inputTokens: countOf(tokens['input_tokens']),
    outputTokens: countOf(tokens['output_tokens']),
    cachedInputTokens: countOf(usage['cached_tokens']),
    raw: usage as JsonObject,
  });
}

/** A generation that failed, or ran out of Cohere's time, is an error with what there is as `partial`. */
export function toFinishReason(
  raw: string,
  said: unknown,
  about: WireAbout,
  partial?: () => PartialChatResponse,
): FinishReason {
  switch (raw) {
    case 'COMPLETE':
    case 'STOP_SEQUENCE':
      return { unified: 'stop', raw };
    case 'MAX_TOKENS':
      return { unified: 'length', raw };
    case 'TOOL_CALL':
      return { unified: 'tool-calls', raw };
    case 'ERROR_TOXIC':
      return { unified: 'content-filter', raw };
    case 'ERROR':
      throw errorFromReply('server', said, about, partial?.());
    case 'TIMEOUT':
      throw errorFromReply('timeout', said ?? 'it ran out of time.', about, partial?.());
    default: {
      const code = failedEnd(raw);
      if (code !== undefined) throw errorFromReply(code, said ?? raw, about, partial?.());
      return { unified: 'other', raw };
    }
  }
}

function partialOf(content: ContentBlock[], usage: Usage): PartialChatResponse {
  const message = { role: 'assistant' as const, content };
  return { message, text: messageText(message), usage };
}

export function toMetadata(logprobs: unknown): ProviderMetadata<CohereMetadata> | undefined {
  return Array.isArray(logprobs) && logprobs.length > 0 ? { cohere: { logprobs } } : undefined;
}
