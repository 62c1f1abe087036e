import type { JsonObject } from '@mortise/core';
import {
  contentText,
  CREATED,
  dataOf,
  mediaOf,
  listAt,
  objectAt,
  partsOf,
  plain,
  streamParts,
  stringAt,
  textOf,
} from './answer.ts';
import type {
  AnswerPart,
  AnswerUsage,
  Frame,
  LLMDialect,
  RequestReader,
  StreamShape,
  WireAnswer,
} from './contract.ts';
import { chatUsage, openAIFailure, streamErrorCode } from './openai.ts';

/** The parameters of Chat Completions, as the `openai` SDK 7.57 types them. */
const MEMBERS =
  'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
    ' ',
  );

const FINISH = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const;

/** https://platform.openai.com/docs/api-reference/chat, and everybody who speaks it. */
export const openAIChatCompletions: LLMDialect = {
  name: 'openai-chat-completions',
  without: {
    'document-citations': 'OpenAI cites what its search tools find, and no documents of a request.',
    'citations-back': 'A message that goes back has no place for annotations.',
    redacted: 'Chat Completions carries no reasoning that is hidden.',
    signature: 'Chat Completions carries no signature of reasoning.',
    'cache-write': 'Chat Completions does not count what was written to the cache.',
    'unknown-block': 'A Chat Completions message has fields, not blocks.',
    'several-texts': 'A Chat Completions message has one text.',
    'tool-failure': 'A tool message of Chat Completions has no field for a failure.',
  },
  streams: ({ body }) => objectAt(body)['stream'] === true,
  body: ({ parts, ...answer }) => ({
    id: answer.id,
    object: 'chat.completion',
    created: answer.created ?? CREATED,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: messageOf({ parts, ...answer }),
        logprobs: null,
        finish_reason: FINISH[answer.finish],
      },
    ],
    ...(answer.usage === undefined ? {} : { usage: chatUsage(answer.usage) }),
  }),
  frames,
  errorFrame: (message, kind) => {
    const code = streamErrorCode(kind);
    return plain({ error: { message, type: code, param: null, code } });
  },
  finishWord: (finish) => FINISH[finish],
  failedWord: 'error',
  requestId: 'x-request-id',
  failure: openAIFailure,
  request: requestReader(),
};

function messageOf(answer: WireAnswer): JsonObject {
  const text = partsOf(answer, 'text').map(textOf).join('');
  const reasoning = partsOf(answer, 'reasoning').map(textOf).join('');
  const annotations = partsOf(answer, 'text').flatMap(annotationsOf);
  const calls = partsOf(answer, 'tool-call').map(({ id, name, pieces, members }) => ({
    ...members,
    id,
    type: 'function',
    function: { name, arguments: pieces === null ? null : pieces.join('') },
  }));
  return {
    role: 'assistant',
    // A text is not an object here: its members belong to the message.
    ...Object.fromEntries(partsOf(answer, 'text').flatMap(({ members }) => Object.entries(members ?? {}))),
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(annotations.length === 0 ? {} : { annotations }),
  };
}

function annotationsOf(part: AnswerPart): JsonObject[] {
  const cited = part.type === 'text' ? (part.citations ?? []) : [];
  return cited.flatMap(({ url, title = '', start, end }) =>
    url === undefined
      ? []
      : [{ type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } }],
  );
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { id, model, created = CREATED, parts, finish, usage } = answer;
  const base = { id, object: 'chat.completion.chunk', created, model };
  let sent = 0;
  const chunk = (delta: JsonObject, reason: string | null = null): JsonObject => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    ...runningUsage(usage, shape, sent++),
  });
  const calls = parts.filter(({ type }) => type === 'tool-call');
  // Servers that put it into every chunk.
  const early = shape.earlyReason === true ? FINISH[finish] : null;
  const placeOf = (part: AnswerPart): JsonObject =>
    shape.calls === 'no-index' ? {} : { index: shape.calls === 'one-index' ? 0 : calls.indexOf(part) };

  const content = streamParts(parts, shape, {
    open: (part) => {
      if (part.type === 'text' && part.members !== undefined) return [plain(chunk(part.members))];
      if (part.type !== 'tool-call') return [];
      const { id: callId, name, pieces, members } = part;
      const called = { name, arguments: pieces === null ? null : '' };
      return [
        plain(
          chunk({
            tool_calls: [{ ...members, ...placeOf(part), id: callId, type: 'function', function: called }],
          }),
        ),
      ];
    },
    piece: (part, _at, piece) => {
      if (part.type === 'text') return plain(chunk({ content: piece }, early));
      if (part.type === 'reasoning') return plain(chunk({ reasoning_content: piece }, early));
      // Where the index does not tell calls apart, their ids do, and a piece is of the last that began.
      return plain(chunk({ tool_calls: [{ ...placeOf(part), function: { arguments: piece } }] }));
    },
    close: (part) =>
      annotationsOf(part).length > 0 ? [plain(chunk({ annotations: annotationsOf(part) }))] : [],
  });
  const counts = usage === undefined ? [] : [plain({ ...base, choices: [], usage: chatUsage(usage) }, true)];
  return [
    plain(chunk({ role: 'assistant', content: '' })),
    ...content,
    ...(shape.unknownEvent === true
      ? [plain({ ...base, object: 'chat.completion.hologram', hologram: {} })]
      : []),
    plain(chunk({}, FINISH[finish]), true),
    ...counts,
    ...(shape.usage === 'duplicate' ? counts : []),
    plain('[DONE]', true),
  ];
}

/** Vendors that count as they go put a snapshot into every chunk. */
function runningUsage(
  usage: AnswerUsage | undefined,
  { usage: shape }: StreamShape,
  sent: number,
): JsonObject {
  if (usage === undefined || shape !== 'cumulative') return {};
  return { usage: chatUsage({ ...usage, outputTokens: Math.min(sent, usage.outputTokens) }) };
}

function requestReader(): RequestReader {
  const messages = (body: JsonObject): JsonObject[] => listAt(body['messages']);
  const partsIn = (body: JsonObject): JsonObject[] =>
    messages(body).flatMap(({ content }) => listAt(content));
  return {
    members: MEMBERS,
    model: (body) => body['model'],
    messages: (body) =>
      messages(body).map(({ role, content }) => ({ role: stringAt(role), text: contentText(content) })),
    toolDescriptions: (body) =>
      listAt(body['tools']).map((tool) => objectAt(tool['function'])['description']),
    tools: (body) =>
      listAt(body['tools']).map((tool) => {
        const { name, parameters } = objectAt(tool['function']);
        return { name: stringAt(name), parameters };
      }),
    maxOutputTokens: (body) => body['max_completion_tokens'] ?? body['max_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    reasoning: (body) => body['reasoning_effort'],
    usage: (body) => objectAt(body['stream_options'])['include_usage'] === true,
    stop: (body) => body['stop'],
    seed: (body) => body['seed'],
    toolChoice: ({ tool_choice: choice }) =>
      typeof choice === 'string' ? choice : objectAt(objectAt(choice)['function'])['name'],
    schema: (body) => objectAt(objectAt(body['response_format'])['json_schema'])['schema'],
    toolResults: (body) =>
      messages(body)
        .filter(({ role }) => role === 'tool')
        .map(({ tool_call_id: id, content }) => ({ id: stringAt(id), text: contentText(content) })),
    toolCalls: (body) =>
      messages(body)
        .flatMap((message) => listAt(message['tool_calls']))
        .map((call) => {
          const called = objectAt(call['function']);
          return {
            id: stringAt(call['id']),
            name: stringAt(called['name']),
            arguments: stringAt(called['arguments']),
          };
        }),
    image: (body) =>
      partsIn(body)
        .map((part) => mediaOf(objectAt(part['image_url'])['url']))
        .find((image) => image !== undefined),
    document: (body) =>
      partsIn(body)
        .map((part) => dataOf(objectAt(part['file'])['file_data']))
        .find((data) => data !== undefined),
  };
}
