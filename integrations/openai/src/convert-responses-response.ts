import {
  toolCallBlock,
  type ChatReply,
  type ContentBlock,
  type FinishReason,
  type Usage,
} from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { describeFailure, errorFromSaid, malformed, throwFailure } from '@mortise/core/wire';
import {
  metadataOf,
  objectOf,
  objectsOf,
  startOf,
  stringOf,
  usageIn,
  type WireAbout,
  type WireBody,
} from './convert.ts';
import { argumentsText, callId, citation, namelessCall } from './convert-reply.ts';

/** The body of a response as a reply. A failed one throws what it failed of. */
export function fromResponsesResponse(body: WireBody, about: WireAbout): ChatReply<WireBody> {
  throwIfFailed(body, about);
  if (!Array.isArray(body['output'])) {
    throwFailure(body, about, true);
    throw malformed('JSON without an output', about);
  }
  const items = objectsOf(body['output']);
  return {
    content: items.flatMap((item) => blocksOfItem(item, about)),
    finishReason: responsesFinishReason(body, items),
    usage: responsesUsage(body['usage']),
    providerMetadata: responsesMetadata(body, about) as ChatReply<WireBody>['providerMetadata'],
    ...startOf(body, body['created_at']),
  };
}

export function throwIfFailed(body: WireBody, about: WireAbout): void {
  const { error, status } = body;
  if (status === 'failed' || (error !== undefined && error !== null))
    throw errorFromSaid(describeFailure(error ?? {}), about);
}

/**
 * One output item as blocks: a message gives one for each of its parts, everything else one. What the contract does
 * not model of it stands in `providerMetadata`, so that the item can go back as it was.
 */
export function blocksOfItem(item: WireBody, about: WireAbout): ContentBlock[] {
  const { provider } = about;
  switch (item['type']) {
    case 'message': {
      const { type: _type, role: _role, content, ...rest } = item;
      return objectsOf(content).map((part) => blockOfPart(part, rest, about));
    }
    case 'reasoning': {
      const { type: _type, id, encrypted_content: encrypted, ...rest } = item;
      const block = {
        type: 'reasoning' as const,
        text: reasoningText(item),
        id: stringOf(id),
        encrypted: stringOf(encrypted),
      };
      return [defined({ ...block, providerMetadata: { [provider]: rest } })];
    }
    case 'function_call': {
      const { type: _type, call_id: id, name, arguments: args, ...rest } = item;
      if (typeof name !== 'string') throw namelessCall(about);
      return [
        {
          ...toolCallBlock(callId(id), name, argumentsText(args)),
          providerMetadata: { [provider]: rest },
        },
      ];
    }
    default:
      return [{ type: `${provider}:${String(item['type'])}`, item }];
  }
}

function blockOfPart(part: WireBody, message: WireBody, about: WireAbout): ContentBlock {
  const { provider } = about;
  if (part['type'] === 'refusal') {
    const providerMetadata = { [provider]: { ...message, refusal: true } };
    return { type: 'text', text: stringOf(part['refusal']) ?? '', providerMetadata };
  }
  if (part['type'] !== 'output_text') {
    return { type: `${provider}:${String(part['type'])}`, part, providerMetadata: { [provider]: message } };
  }
  const citations = objectsOf(part['annotations']).map((raw) => citation(raw, raw, about));
  const logprobs =
    Array.isArray(part['logprobs']) && part['logprobs'].length > 0 ? { logprobs: part['logprobs'] } : {};
  return {
    type: 'text',
    text: stringOf(part['text']) ?? '',
    ...(citations.length === 0 ? {} : { citations }),
    providerMetadata: { [provider]: { ...message, ...logprobs } },
  };
}

/** Between the parts of a summary, as between paragraphs. */
export const PARAGRAPH = '\n\n';

/** The summary; open-weight models behind this wire give the reasoning itself instead. */
function reasoningText(item: WireBody): string {
  const texts = (value: unknown): string[] => objectsOf(value).map(({ text }) => stringOf(text) ?? '');
  const summary = texts(item['summary']);
  return (summary.length > 0 ? summary : texts(item['content'])).join(PARAGRAPH);
}

/** `raw` is the status, or why the response is incomplete. */
export function responsesFinishReason(body: WireBody, items: readonly WireBody[]): FinishReason {
  const status = stringOf(body['status']) ?? '';
  const { reason } = objectOf(body['incomplete_details']);
  const raw = stringOf(reason) ?? status;
  if (status === 'completed') {
    const refused = items.some(({ content }) => objectsOf(content).some(({ type }) => type === 'refusal'));
    if (refused) return { unified: 'content-filter', raw };
    return { unified: items.some(({ type }) => type === 'function_call') ? 'tool-calls' : 'stop', raw };
  }
  if (raw === 'max_output_tokens') return { unified: 'length', raw };
  return { unified: raw === 'content_filter' ? 'content-filter' : 'other', raw };
}

export function responsesUsage(raw: unknown): Usage {
  return isObject(raw) ? usageIn(raw, 'input', 'output') : {};
}

/** What the contract does not model, in the provider's own spelling. */
export function responsesMetadata(body: WireBody, about: WireAbout): ReturnType<typeof metadataOf> {
  const { service_tier, conversation, moderation, tool_usage, content_filters, prompt_cache_diagnostics } =
    body;
  return metadataOf(about, {
    service_tier,
    conversation,
    moderation,
    tool_usage,
    content_filters,
    prompt_cache_diagnostics,
  });
}
