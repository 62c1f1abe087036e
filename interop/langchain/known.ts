/** Why cases fail, by their id. */
export type Known = Readonly<Record<string, string>>;

/** It reads on for ever. */
export const ENDLESS = 'reads without a bound, for as long as bytes come';

const LOST = 'it is not in the message that ChatOpenAI makes';
const SDK = "the SDK's own reading of the stream";

/** `ChatOpenAI` of `@langchain/openai`. */
export const OF_CHAT_OPENAI: Known = {
  'request.schema': 'ChatOpenAI parses the text as JSON, and the kit answers with another',
  'request.format.description': 'ChatOpenAI parses the text as JSON, and the kit answers with another',
  'request.provider-options': 'options of a call that it does not know are not sent',
  'request.provider-options.win': 'options of a call that it does not know are not sent',
  'request.options.removed': 'options of a call that it does not know are not sent',
  'request.query': 'the path is put behind the query',
  'back.members': LOST,
  'back.strangers': LOST,
  'usage.null-later': 'the last usage stands, its nulls too',
  'fault.said.error': LOST,
  'fault.said.list': LOST,
  'fault.said.beside': LOST,
  'fault.error-event.named': SDK,
  'wire.blank-data': SDK,
  'wire.after-terminal': 'waits for the connection to end',
  'time.silent-pings': SDK,
  'redirect.other-origin': 'its fetch follows redirects',
  'time.long-stream': 'usage and the end are told when the connection ends',
  'bounds.reply': ENDLESS,
  'bounds.error': ENDLESS,
  'bounds.line': ENDLESS,
};

const UNKNOWN_OPTIONS = {
  'request.provider-options': 'options of a call that it does not know are not sent',
  'request.provider-options.win': 'options of a call that it does not know are not sent',
  'request.options.removed': 'options of a call that it does not know are not sent',
};
const NO_BOUNDS = { 'bounds.reply': ENDLESS, 'bounds.error': ENDLESS, 'bounds.line': ENDLESS };
const OVERWRITES = 'a count that comes as null is 0 there';
const UNREAD_FAILURE = 'it reads past a failure with status 200, or stumbles over it';

/** `ChatOpenAI` with the Responses API. */
export const OF_CHAT_OPENAI_RESPONSES: Known = {
  ...UNKNOWN_OPTIONS,
  ...NO_BOUNDS,
  'request.schema': 'ChatOpenAI parses the text as JSON, and the kit answers with another',
  'request.format.description': 'ChatOpenAI parses the text as JSON, and the kit answers with another',
  'request.query': 'the path is put behind the query',
  'tools.strict': 'it sends its own strict, not that of a tool',
  'tools.choice.none': 'it leaves the choice of tools out',
  'reply.created': 'the time is not in its message',
  'stream.several-texts': 'its chunks merge texts',
  'stream.events.tools': 'its chunks say the model at the end alone',
  'usage.missing': 'it counts 0 for what was not counted',
  'usage.null-later': OVERWRITES,
  'unknown.block': LOST,
  'back.members': LOST,
  'fault.said.error': UNREAD_FAILURE,
  'fault.said.list': UNREAD_FAILURE,
  'fault.said.beside': UNREAD_FAILURE,
  'fault.error-event': 'it passes over events of failures',
  'fault.error-event.named': 'it passes over events of failures',
  'fault.error-event.quota': 'it passes over events of failures',
  'wire.blank-data': SDK,
  'wire.after-terminal': 'waits for the connection to end',
  'time.silent-pings': SDK,
  'time.long-stream': 'usage and the end are told when the connection ends',
  'redirect.other-origin': 'its fetch follows redirects',
};

/** `ChatAnthropic` of `@langchain/anthropic`. */
export const OF_CHAT_ANTHROPIC: Known = {
  ...UNKNOWN_OPTIONS,
  ...NO_BOUNDS,
  'request.query': 'the path is put behind the query',
  'request.image.detail': 'it drops how closely to look',
  'back.failed-results': 'it does not say that a tool failed',
  'back.members': LOST,
  'citations.documents': 'documents are files to it, which cite nothing',
  'citations.pages': 'it hands places out as they come, without their pages',
  'citations.back': 'it hands places out as they come, without their pages',
  'stream.several-texts': 'its chunks are strings where a request has no tools',
  'tools.call': 'its chunks are strings where a request has no tools',
  'tools.parallel': 'its chunks are strings where a request has no tools',
  'usage.parts': 'it reads no count of reasoning',
  'usage.raw': 'of a stream it keeps the counts of caches alone',
  'usage.missing': 'it stumbles over a reply without counts',
  'end.said': 'it stumbles over a stream whose first event is missing',
  'unknown.block': LOST,
  'fault.said.error': UNREAD_FAILURE,
  'fault.said.list': UNREAD_FAILURE,
  'fault.said.beside': UNREAD_FAILURE,
  'wire.after-terminal': 'waits for the connection to end',
  'time.long-stream': 'the end is told when the connection ends',
  'redirect.other-origin': 'its fetch follows redirects',
};

/** A model of ours in a class of theirs: what their types do not carry. */
export const OF_ROUND_TRIP: Known = {
  'request.provider-options': 'options of a provider have a key of their own',
  'request.provider-options.win': 'options of a provider have a key of their own',
  'request.options.removed': 'options of a provider have a key of their own',
  'citations.pages': 'a streamed text is a string there, without citations',
  'stream.events.start': 'the model is said at the end alone',
};

/** Embeddings of ours as theirs: an interface without options, usage or warnings. */
export const OF_EMBEDDINGS: Known = {
  'abort.waiting': 'no signal is handed down',
  'abort.in-body': 'no signal is handed down',
  'time.slow-headers': 'no signal is handed down',
  'batch.siblings': 'no signal is handed down',
  'stream.leave': 'no signal is handed down',
  'embed.options': 'a call has no options',
  'embed.usage': 'the tokens are not said',
  'spans.once': 'the model within has spans of its own',
};
