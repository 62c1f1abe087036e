import type { KnownErrorCode } from '../errors.ts';

/**
 * What the words mean that servers put where a code or a type stands, in lower case. OpenAI's, Anthropic's
 * (https://platform.claude.com/docs/en/api/errors), Google's (https://google.aip.dev/193), AWS's and those of open servers:
 * a vendor that speaks another's wire uses that one's, its own or both.
 */
export const CODES: ReadonlyMap<string, KnownErrorCode> = /* @__PURE__ */ byWord([
  // OpenAI: https://platform.openai.com/docs/guides/error-codes
  ['quota', 'insufficient_quota billing_hard_limit_reached billing_not_active'],
  ['context-length', 'context_length_exceeded'],
  [
    'content-filter',
    `content_filter content_policy_violation responsibleaipolicyviolation invalid_prompt
     bio_policy misalignment_policy_violation image_content_policy_violation`,
  ],
  ['authentication', 'invalid_api_key'],
  ['not-found', 'model_not_found deploymentnotfound'],
  ['rate-limit', 'rate_limit_exceeded requests_limit_reached'],
  ['server', 'server_error internal_error vector_store_timeout'],
  ['overloaded', 'server_overloaded engine_overloaded'],
  [
    'invalid-request',
    `data_residency_mismatch invalid_request invalid_image invalid_image_format
     invalid_base64_image invalid_image_url invalid_image_mode image_too_large image_too_small
     image_parse_error image_file_too_large image_file_not_found unsupported_image_media_type
     empty_image_file failed_to_download_image`,
  ],
  // Anthropic, and those who took its names.
  ['invalid-request', 'invalid_request_error request_too_large'],
  ['authentication', 'authentication_error'],
  ['quota', 'billing_error enforced_spend_limit_reached spend_limit_reached'],
  ['permission', 'permission_error'],
  ['not-found', 'not_found_error'],
  ['rate-limit', 'rate_limit_error'],
  ['server', 'timeout_error api_error'],
  ['overloaded', 'overloaded_error'],
  // Google.
  ['invalid-request', 'invalid_argument failed_precondition'],
  ['authentication', 'unauthenticated'],
  ['permission', 'permission_denied'],
  ['not-found', 'not_found'],
  ['rate-limit', 'resource_exhausted'],
  ['server', 'deadline_exceeded'],
  ['overloaded', 'unavailable'],
  // AWS.
  ['invalid-request', 'validationexception'],
  ['permission', 'accessdeniedexception'],
  ['authentication', 'unrecognizedclientexception'],
  ['not-found', 'resourcenotfoundexception'],
  ['rate-limit', 'throttlingexception'],
  ['quota', 'servicequotaexceededexception'],
  ['overloaded', 'serviceunavailableexception modelnotreadyexception'],
  [
    'server',
    `internalserverexception modelerrorexception modelstreamerrorexception
     modeltimeoutexception`,
  ],
  // llama.cpp, vLLM, SGLang, TGI, LiteLLM, Perplexity, Groq, Mistral.
  [
    'context-length',
    `exceed_context_size_error contextwindowexceedederror context_window_exceeded
     too_many_prompt_tokens model_max_prompt_tokens_exceeded`,
  ],
  ['invalid-request', 'badrequesterror validation'],
  ['authentication', 'authenticationerror'],
  ['permission', 'permissiondeniederror'],
  ['not-found', 'notfounderror'],
  ['rate-limit', 'ratelimiterror rate_limited'],
  ['content-filter', 'contentpolicyviolationerror'],
  ['overloaded', 'serviceunavailableerror unavailable_error overloaded'],
  ['server', 'internalservererror incomplete_generation generation'],
  ['quota', 'insufficient_balance'],
  // The contract's own, as a server of one's own may say them.
  ['authentication', 'authentication'],
  ['permission', 'permission'],
  ['not-found', 'not-found'],
  ['invalid-request', 'invalid-request'],
  ['context-length', 'context-length'],
  ['content-filter', 'content-filter'],
  ['rate-limit', 'rate-limit'],
  ['quota', 'quota'],
  ['server', 'server'],
]);

/** What sentences mean that come without a code, beside those of {@link TOO_LONG}. */
export const SENTENCES: readonly (readonly [words: RegExp, code: KnownErrorCode])[] = [
  // Anthropic; OpenRouter; DeepSeek.
  [/credit balance is too low|requires more credits|insufficient (credits|balance|quota)/i, 'quota'],
  [/content filtering policy|content management policy/i, 'content-filter'],
  [/\bmodel\b.{0,200}\b(does not exist|not found|is not available)\b/i, 'not-found'],
  [/\b(incorrect|invalid) api[ _-]?key\b/i, 'authentication'],
  [/\brate[ _-]?limit(ed|s| exceeded| reached)?\b|too many requests/i, 'rate-limit'],
  [/\boverloaded\b/i, 'overloaded'],
];

/** Ends of a reply that are failures, in lower case. */
export const FAILED_ENDS: ReadonlyMap<string, KnownErrorCode> = /* @__PURE__ */ byWord([
  ['server', 'error failed'],
  // Gemini: https://ai.google.dev/api/generate-content#FinishReason
  [
    'malformed-response',
    'malformed_function_call unexpected_tool_call too_many_tool_calls malformed_response',
  ],
  ['invalid-request', 'missing_thought_signature'],
  // Bedrock: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  ['malformed-response', 'malformed_model_output malformed_tool_use'],
]);

/** Words by what they mean, turned round. */
function byWord(
  meanings: readonly (readonly [code: KnownErrorCode, words: string])[],
): ReadonlyMap<string, KnownErrorCode> {
  return new Map(
    meanings.flatMap(([code, words]) =>
      words.split(/\s+/).map((word): [string, KnownErrorCode] => [word, code]),
    ),
  );
}
