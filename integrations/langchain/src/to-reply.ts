import type { ChatResponse, ContentBlock, ToolCallBlock, Usage } from '@mortise/core/llm';
import { canonicalJson, defined, plainJson } from '@mortise/core/shared';
import { toBlock } from './blocks.ts';
import type { LangChainBlock } from './contract.ts';
import { contentOf } from './from-messages.ts';
import { isCall, toInvalidCall, toMessages } from './to-messages.ts';
import { objectOf, type Members } from './values.ts';

/** Where a message of theirs holds our blocks, when its own members do not say all of them. */
export const BLOCKS = 'mortise';

/** The fields of the `AIMessageChunk` that a whole reply is. */
export function toReplyFields(response: ChatResponse): Members {
  const { message, usage } = response;
  const [turn] = toMessages([message]);
  const { content = '', tool_calls, invalid_tool_calls, additional_kwargs } = turn ?? {};
  const kept = keptBlocks(message.content);
  return defined({
    ...{ content, tool_calls: tool_calls ?? [], invalid_tool_calls: invalid_tool_calls ?? [] },
    additional_kwargs: { ...additional_kwargs, ...kept },
    response_metadata: toResponseMetadata(response),
    usage_metadata: toUsage(usage),
    id: response.id,
  });
}

/** What is said of a reply, under the names that LangChain.js uses for every provider. */
export function toResponseMetadata(response: ChatResponse): Members {
  const { finishReason, model, provider, server, warnings, providerMetadata, createdAt } = response;
  return defined({
    finish_reason: finishReason.raw === '' ? finishReason.unified : finishReason.raw,
    model_name: model,
    mortise: defined({
      ...{ provider, server, createdAt, finishReason: finishReason.unified, providerMetadata },
      warnings: warnings.length === 0 ? undefined : warnings,
    }),
  });
}

/** Their type has no place for a count that is unknown: without both there is no usage at all. */
export function toUsage(usage: Usage): Members | undefined {
  const { inputTokens, outputTokens, totalTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } =
    usage;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const input = defined({ cache_read: cachedInputTokens, cache_creation: cacheWriteTokens });
  const output = defined({ reasoning: reasoningTokens });
  return defined({
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: totalTokens,
    input_token_details: Object.keys(input).length === 0 ? undefined : input,
    output_token_details: Object.keys(output).length === 0 ? undefined : output,
  });
}

/** Our blocks, for `additional_kwargs`, where the message would not give them back: signatures, owners, members of calls. */
export function keptBlocks(content: readonly ContentBlock[]): Members {
  const [turn] = toMessages([{ role: 'assistant', content }]);
  const told = contentOf(turn ?? {});
  return same(told, content) ? {} : { [BLOCKS]: plainJson(content, 'The reply', { depth: 500 }) };
}

/**
 * The blocks of a turn that came out of a model of ours, as it gave them: those that were kept, as long as the message
 * still says what they say. A message that was edited since is taken as it is.
 */
export function withKeptBlocks(message: Members, told: readonly ContentBlock[]): readonly ContentBlock[] {
  const { [BLOCKS]: kept } = objectOf(message['additional_kwargs']);
  if (!Array.isArray(kept)) return told;
  const blocks = kept as ContentBlock[];
  return same(shown(blocks), shown(told)) ? blocks : told;
}

/** What of blocks everybody sees: texts, reasoning, calls; in whichever order calls stand among the rest. */
function shown(blocks: readonly ContentBlock[]): unknown {
  const calls = blocks.filter(isCall).map(({ id, name, arguments: args }) => ({ id, name, args }));
  const rest = blocks.flatMap((block): LangChainBlock[] => {
    const raw = isCall(block) ? undefined : toBlock(block, true);
    if (raw === undefined) return [];
    return [{ type: raw.type, said: raw['text'] ?? raw['reasoning'] ?? raw['thinking'] ?? '' }];
  });
  return { calls, rest: rest.filter(({ type, said }) => type !== 'text' || said !== '') };
}

function same(one: unknown, other: unknown): boolean {
  try {
    return canonicalJson(one) === canonicalJson(other);
  } catch {
    // Bytes, for instance, which a message has as base64.
    return false;
  }
}

/** A finished call as pieces of one, for streams. */
export function callChunk(call: ToolCallBlock, index: number): Members {
  const args = call.invalid === true ? toInvalidCall(call).args : JSON.stringify(call.arguments);
  return { type: 'tool_call_chunk', id: call.id, name: call.name, args, index };
}
