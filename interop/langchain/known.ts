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
