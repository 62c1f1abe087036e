import type { KnownErrorCode } from '../errors.ts';

type Meanings = readonly (readonly [words: RegExp, code: KnownErrorCode])[];

/**
 * What the words mean that servers put where a code or a type stands; the first that fits. OpenAI's
 * (https://platform.openai.com/docs/guides/error-codes), Anthropic's (https://platform.claude.com/docs/en/api/errors),
 * Google's (https://google.aip.dev/193), AWS's, those of open servers, and the contract's own.
 */
const WORDS: Meanings = [
  [/quota|billing|spend_limit|insufficient_balance|perday/i, 'quota'],
  [/context.?(length|window|size)|prompt_tokens/i, 'context-length'],
  [/content.?(filter|policy)|policy.?violation|bio_policy|invalid_prompt/i, 'content-filter'],
  [/api_key|authenticat|unrecognizedclient/i, 'authentication'],
  [/permission|access_?denied/i, 'permission'],
  [/overloaded|unavailable|notready/i, 'overloaded'],
  [/rate.?limit|requests_limit|resource_exhausted|throttl/i, 'rate-limit'],
  [
    /image|invalid.?(request|argument|base64)|too_large|bad_?request|precondition|validation|data_residency/i,
    'invalid-request',
  ],
  [/not.?found/i, 'not-found'],
  [
    /^server|^(api|model|modelstream|internal_?server)_?(error|exception)|internal|timeout|deadline|generation$/i,
    'server',
  ],
];

/** What sentences mean that come without a code. */
const SENTENCES: Meanings = [
  // Anthropic; OpenRouter; DeepSeek.
  [/credit balance is too low|requires more credits|insufficient (credits|balance|quota)/i, 'quota'],
  [/content (filtering|management) policy/i, 'content-filter'],
  [/\bmodel\b.{0,200}\b(does not exist|not found|is not available)\b/i, 'not-found'],
  [/\b(incorrect|invalid) api[ _-]?key\b/i, 'authentication'],
  [/\brate[ _-]?limit(ed|s| exceeded| reached)?\b|too many requests/i, 'rate-limit'],
  [/\boverloaded\b/i, 'overloaded'],
];

/**
 * The prompt is too long, in the words of the servers: few have a code for it. A sentence about a limit of output, of a
 * rate or of a batch must not match. Who says what, and where it was seen, stands in the test.
 */
const TOO_LONG: readonly RegExp[] = [
  /^(?=.*context (length|window|size|limit)).*(exceed|maximum|than|too l|larger|not fit)/i,
  /\b(prompt|input|messages)( \([^)]*\))? (is |are )?(too long|longer than)/i,
  /\b(prompt|input) token(s| count)\b.{0,80}\bexceeds? the (maximum|configured|limit)/i,
  /reduce the length of the (messages|prompt|input)/i,
  /too many tokens( in the prompt|: (the prompt|total number of tokens|size limit exceeded))/i,
  /inputs?`? (tokens \+ `?max_new_tokens|must have less than \d+ tokens)/i,
  /(maximum prompt length is|max size:) \d|prompt exceeds max|model token limit|input length should be|ContextWindowExceeded/i,
];

/** Ends of a reply that are failures: Gemini's (https://ai.google.dev/api/generate-content#FinishReason), Bedrock's. */
const ENDS: Meanings = [
  // Z.AI's has the network in it: https://docs.z.ai/api-reference/llm/chat-completion
  [/^(network_)?(error|failed)$/i, 'server'],
  [/malformed_|unexpected_tool_call|too_many_tool_calls/i, 'malformed-response'],
  [/missing_thought_signature/i, 'invalid-request'],
];

/** The code of an end that is a failure: `error`, a malformed call. Undefined for every other finish reason. */
export function failedEnd(reason: unknown): KnownErrorCode | undefined {
  return typeof reason === 'string' ? meaningOf(reason, ENDS) : undefined;
}

/** The code that the words and the sentence of a failure come to; undefined where they mean nothing known. */
export function codeOf(words: readonly string[], sentence: string | undefined): KnownErrorCode | undefined {
  const known = words.map((word) => meaningOf(word, WORDS)).filter((code) => code !== undefined);
  // A vague word stands beside a telling one: `type: invalid_request_error, code: context_length_exceeded`.
  const telling = known.find((code) => code !== 'invalid-request' && code !== 'server');
  if (telling !== undefined) return telling;
  if (sentence === undefined) return known[0];
  if (TOO_LONG.some((pattern) => pattern.test(sentence))) return 'context-length';
  const meant = meaningOf(sentence, SENTENCES);
  // A word beside the sentence leaves it only what no word says.
  return known.length === 0 || meant === 'quota' || meant === 'content-filter'
    ? (meant ?? known[0])
    : known[0];
}

function meaningOf(text: string, meanings: Meanings): KnownErrorCode | undefined {
  return meanings.find(([words]) => words.test(text))?.[1];
}
