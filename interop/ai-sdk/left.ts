/** What a case of the suite leaves open, by its id, and why it is not the bridge's to mend. */
export type Left = Readonly<Record<string, string>>;

const OPTIONS =
  '`providerOptions` that it does not know by name are dropped: `{ openai: { depth: 3 } }` is not in the body, `max_tokens: 77` does not replace ours.';
const UNKNOWN_MEMBERS =
  'A member that it does not know of a message or a call, `{ "content": "Hi", "seal": "x" }`, is dropped.';
const NULL_COUNTS =
  'After `{ "prompt_tokens": 9 }` an event with `{ "prompt_tokens": null }` takes the count away, or is an `AI_TypeValidationError`.';
const NULL_ARGUMENTS = 'A call with `"arguments": null` is an `AI_TypeValidationError`.';
const UNKNOWN_BLOCK = 'A block or an item of the type `hologram` is dropped, or an `AI_TypeValidationError`.';
const LATE =
  '`temperature: 0.5` to a model that takes none is dropped with a warning that comes with the reply: under `strict` the request has been made.';
const NO_PLACES = 'Its sources have no place in the text.';
const NO_USAGE = 'A reply without `usage` is an `AI_TypeValidationError`.';

const QUERY =
  'It joins its paths to the end of the base URL, behind a query: `https://host/v1?a=b` becomes `https://host/v1?a=b/chat/completions`.';

const every: Left = {
  'back.members': UNKNOWN_MEMBERS,
  'usage.null-later': NULL_COUNTS,
  'request.query': QUERY,
};
const own: Left = {
  'request.provider-options': OPTIONS,
  'request.provider-options.win': OPTIONS,
  'request.options.removed': OPTIONS,
};

export const left: { readonly [name: string]: Left } = {
  '@ai-sdk/openai, chat': {
    ...every,
    ...own,
    'back.strangers': UNKNOWN_MEMBERS,
    'citations.pages': NO_PLACES,
    'tools.arguments.null': NULL_ARGUMENTS,
    'tools.parallel.one-index': 'It throws at a call of an index that another call has.',
  },
  '@ai-sdk/openai, responses': {
    ...every,
    ...own,
    'request.preference.temperature': LATE,
    'request.preference.topP': LATE,
    'citations.back': 'It sends texts back without annotations.',
    'fault.other-json': 'It throws an APICallError with a status of 500 that no server sent.',
    'tools.arguments.null': NULL_ARGUMENTS,
    'finish.unknown': 'It takes every status for a completed one.',
    'unknown.block': UNKNOWN_BLOCK,
  },
  '@ai-sdk/openai-compatible': {
    ...every,
    'request.provider-options.win': 'It writes stream_options behind the options.',
    'request.options.removed': 'It sends null for what was taken back.',
    'back.strangers': UNKNOWN_MEMBERS,
    'citations.pages': 'It reads no annotations.',
    'tools.arguments.null': NULL_ARGUMENTS,
  },
  '@ai-sdk/anthropic': {
    ...every,
    ...own,
    'request.preference.temperature': LATE,
    'request.preference.topP': LATE,
    'end.said': 'It throws a bare Error at a stream whose first event ends it.',
    'usage.missing': NO_USAGE,
    'request.same-in-streams': 'It adds eager_input_streaming to tools of streams.',
    'tools.arguments.null': NULL_ARGUMENTS,
    'unknown.block': UNKNOWN_BLOCK,
  },
  '@ai-sdk/google': {
    ...every,
    'request.provider-options': OPTIONS,
    'request.provider-options.win': OPTIONS,
    'citations.pages': NO_PLACES,
    'back.signature.parts': 'It sends a stand-in of its own where a call has no signature.',
    'unknown.block': UNKNOWN_BLOCK,
  },
  '@ai-sdk/mistral': {
    ...every,
    ...own,
    'reasoning.signature': 'It drops the signatures of thoughts.',
    'back.signature.strangers': 'It drops the signatures of thoughts.',
    'request.preference.reasoning': 'It maps an effort to another in silence, or tells of it with the reply.',
    'back.strangers': UNKNOWN_MEMBERS,
    'usage.parts': 'It reads no count of reasoning.',
    'usage.missing': NO_USAGE,
    'usage.duplicate': 'It reads the first choice of an event that has none.',
    'tools.arguments.null': NULL_ARGUMENTS,
    'unknown.block': UNKNOWN_BLOCK,
  },
};

/** Of language models of ours through theirs and back: nothing. */
export const leftOfRoundTrips: Left = {};

const TWO_SPANS = 'Two models, one in the other, each with spans of its own.';

export const leftOfEmbeddings: { readonly openai: Left; readonly roundTrip: Left } = {
  openai: { 'embed.options': OPTIONS, 'request.query': QUERY },
  roundTrip: { 'spans.once': TWO_SPANS },
};
export const leftOfRerankers: { readonly cohere: Left; readonly roundTrip: Left } = {
  cohere: {
    'rank.options': OPTIONS,
    'request.query': QUERY,
    'rank.usage.no-count': 'It reads no usage of a ranking.',
    'rank.warned': 'It reads no warnings of the server.',
    'status.429.quota': 'That a trial key is spent is said in words that @mortise/cohere alone knows.',
  },
  roundTrip: { 'spans.once': TWO_SPANS },
};
