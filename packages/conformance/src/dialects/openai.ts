import type { JsonObject } from '@mortise/core';
import type { AnswerUsage, DialectBase, Failure } from './contract.ts';

/** OpenAI's errors. https://platform.openai.com/docs/guides/error-codes */
export const openAIFailure: DialectBase['failure'] = ({ status, kind, message }: Failure) => ({
  body: { error: { message, type: typeOf(status, kind), param: null, code: codeOf(status, kind) } },
  headers: { 'x-request-id': 'req_conformance' },
});

function typeOf(status: number, kind: Failure['kind']): string {
  if (kind === 'quota') return 'insufficient_quota';
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function codeOf(status: number, kind: Failure['kind']): string | null {
  if (kind === 'quota') return 'insufficient_quota';
  if (kind === 'context-length') return 'context_length_exceeded';
  if (status === 401) return 'invalid_api_key';
  return status === 429 ? 'rate_limit_exceeded' : null;
}

/** The code of an error within a stream. */
export function streamErrorCode(kind: Failure['kind']): string {
  return (kind === undefined ? null : codeOf(kind === 'rate' ? 429 : 400, kind)) ?? 'server_error';
}

/** Usage as Chat Completions writes it. */
export function chatUsage(usage: AnswerUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

/** Usage as the Responses API writes it. */
export function responsesUsage(usage: AnswerUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined
      ? {}
      : { input_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
