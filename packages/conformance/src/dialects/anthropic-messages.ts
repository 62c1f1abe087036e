import type { JsonObject, JsonValue } from '@mortise/core';
import { contentText, listAt, objectAt, streamParts, stringAt, typed } from './answer.ts';
import type {
  AnswerCitation,
  AnswerPart,
  AnswerUsage,
  Failure,
  Frame,
  LLMDialect,
  RequestReader,
  SentImage,
  StreamShape,
  WireAnswer,
} from './contract.ts';

/** The parameters of Messages, as `@anthropic-ai/sdk` 1.12 types them. */
const MEMBERS =
  'cache_control container diagnostics inference_geo max_tokens messages metadata model output_config service_tier speed stop_sequences stream system thinking tool_choice tools user_profile_id workspace_id'.split(
    ' ',
  );

const FINISH = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const;

/** https://platform.claude.com/docs/en/api/messages */
export const anthropicMessages: LLMDialect = {
  name: 'anthropic-messages',
  without: {
    created: 'A reply of Anthropic does not say when it was made.',
    'argument-text': "A whole Messages reply gives a tool's arguments as an object, not as text.",
  },
  streams: ({ body }) => objectAt(body)['stream'] === true,
  body: (answer) => messageOf(answer, answer.parts.map(blockOf)),
  frames,
  errorFrame: (message, kind) =>
    typed({ type: 'error', error: errorOf(kind === undefined ? 500 : KIND_STATUS[kind], kind, message) }),
  finishWord: (finish) => FINISH[finish],
  failedWord: 'error',
  requestId: 'request-id',
  failure: ({ status, kind, message }) => ({
    body: { type: 'error', error: errorOf(status, kind, message), request_id: 'req_conformance' },
    headers: { 'request-id': 'req_conformance' },
  }),
  request: requestReader(),
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** The status by whose type a stream says it. */
const KIND_STATUS = { rate: 429, quota: 402, 'context-length': 400 } as const;

function errorOf(status: number, kind: Failure['kind'], message: string): JsonObject {
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  if (kind === 'quota') return { type, message, details: { error_code: 'enforced_spend_limit_reached' } };
  // The API has no code for it; the sentence is its own.
  if (kind === 'context-length')
    return { type, message: 'prompt is too long: 211180 tokens > 200000 maximum' };
  return { type, message };
}

function messageOf({ id, model, finish, usage }: WireAnswer, content: JsonObject[]): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: FINISH[finish],
    stop_sequence: null,
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  };
}

/** Here what was read from the cache, or written to it, is counted beside `input_tokens`. */
function usageOf(usage: AnswerUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens ?? null,
    cache_creation_input_tokens: usage.cacheWriteTokens ?? null,
    output_tokens: outputTokens,
    ...(reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}

function blockOf(part: AnswerPart): JsonObject {
  switch (part.type) {
    case 'text':
      return {
        type: 'text',
        text: part.pieces.join(''),
        ...part.members,
        ...(part.citations === undefined ? {} : { citations: part.citations.map(citationOf) }),
      };
    case 'reasoning':
      return part.redacted === undefined
        ? { type: 'thinking', thinking: part.pieces.join(''), signature: part.signature ?? '' }
        : { type: 'redacted_thinking', data: part.redacted };
    case 'tool-call': {
      const text = part.pieces?.join('') ?? 'null';
      return {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: JSON.parse(text === '' ? '{}' : text) as JsonValue,
        ...part.members,
      };
    }
    case 'unknown':
      return { type: 'hologram', depth: 3 };
  }
}

/** Of a place in a document, or of a page that its search found. */
function citationOf({ quote, title, document, url, start, end }: AnswerCitation): JsonObject {
  if (url !== undefined)
    return {
      type: 'web_search_result_location',
      url,
      title: title ?? null,
      cited_text: quote ?? '',
      encrypted_index: 'EoMBCioIARgC',
    };
  return {
    type: 'char_location',
    cited_text: quote ?? '',
    document_index: Number(document),
    document_title: title ?? null,
    start_char_index: start,
    end_char_index: end,
  };
}

/** The block as it stands before its deltas. */
function openBlock(part: AnswerPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: '', ...part.members };
    case 'reasoning':
      return part.redacted === undefined ? { type: 'thinking', thinking: '', signature: '' } : blockOf(part);
    case 'tool-call':
      return {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: part.pieces === null ? null : {},
        ...part.members,
      };
    case 'unknown':
      return { type: 'hologram', depth: 3 };
  }
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { parts, finish, usage } = answer;
  const { stop_reason: _reason, ...message } = messageOf({ ...answer, usage: undefined }, []);
  // The first token is counted at the start; a count that counts nothing says so from there on.
  const first = usage !== undefined && Number.isInteger(usage.outputTokens) && usage.outputTokens >= 0;
  const started =
    usage === undefined
      ? {}
      : {
          usage: usageOf({
            ...usage,
            outputTokens: first ? 1 : usage.outputTokens,
            reasoningTokens: undefined,
          }),
        };
  const counts = (outputTokens: number): JsonObject => {
    if (usage === undefined) return {};
    const { output_tokens_details: details } = usageOf(usage);
    // What the start has said is null here, and must not take it away again.
    const said = { input_tokens: null, output_tokens: outputTokens };
    return { usage: details === undefined ? said : { ...said, output_tokens_details: details } };
  };
  const delta = (index: number, members: JsonObject): Frame =>
    typed({ type: 'content_block_delta', index, delta: members });
  const update = (outputTokens: number, reason: string | null): Frame =>
    typed({
      type: 'message_delta',
      delta: { stop_reason: reason, stop_sequence: null },
      ...counts(outputTokens),
    });

  const content = streamParts(parts, shape, {
    open: (part, index) => [typed({ type: 'content_block_start', index, content_block: openBlock(part) })],
    piece: (part, index, piece) => {
      if (part.type === 'text') return delta(index, { type: 'text_delta', text: piece });
      if (part.type === 'reasoning') return delta(index, { type: 'thinking_delta', thinking: piece });
      return delta(index, { type: 'input_json_delta', partial_json: piece });
    },
    close: (part, index) => [
      ...((part.type === 'text' && part.citations) || []).map((citation) =>
        delta(index, { type: 'citations_delta', citation: citationOf(citation) }),
      ),
      ...(part.type === 'reasoning' && part.signature !== undefined
        ? [delta(index, { type: 'signature_delta', signature: part.signature })]
        : []),
      typed({ type: 'content_block_stop', index }),
    ],
  });
  const final = { ...update(usage?.outputTokens ?? 0, FINISH[finish]), terminal: true as const };
  return [
    typed({ type: 'message_start', message: { ...message, stop_reason: null, ...started } }),
    typed({ type: 'ping' }),
    ...content,
    ...(shape.usage === 'cumulative' ? [update(1, null), update(2, null)] : []),
    ...(shape.unknownEvent === true ? [typed({ type: 'hologram_delta', depth: 4 })] : []),
    final,
    ...(shape.usage === 'duplicate' ? [final] : []),
    typed({ type: 'message_stop' }, true),
  ];
}

function requestReader(): RequestReader {
  const turns = (body: JsonObject): JsonObject[] => listAt(body['messages']);
  const blocks = (body: JsonObject, type: string): JsonObject[] =>
    turns(body)
      .flatMap(({ content }) => listAt(content))
      .filter((block) => block['type'] === type);
  const media = (body: JsonObject, type: string): SentImage | undefined =>
    blocks(body, type)
      .map(({ source }) => objectAt(source))
      .filter(({ data }) => data !== undefined)
      .map(({ media_type: mediaType, data }) => ({
        mediaType: stringAt(mediaType),
        data: stringAt(data),
      }))[0];
  return {
    members: MEMBERS,
    model: (body) => body['model'],
    messages: (body) => [
      ...(body['system'] === undefined ? [] : [{ role: 'system', text: contentText(body['system']) }]),
      ...turns(body).map(({ role, content }) => ({ role: stringAt(role), text: contentText(content) })),
    ],
    toolDescriptions: (body) => listAt(body['tools']).map(({ description }) => description),
    tools: (body) =>
      listAt(body['tools']).map(({ name, input_schema: parameters }) => ({
        name: stringAt(name),
        parameters,
      })),
    maxOutputTokens: (body) => body['max_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    reasoning: (body) => body['thinking'] ?? objectAt(body['output_config'])['effort'],
    stop: (body) => body['stop_sequences'],
    toolChoice: ({ tool_choice: choice }) => {
      const { type, name } = objectAt(choice);
      return type === 'any' ? 'required' : (name ?? type);
    },
    schema: (body) => objectAt(objectAt(body['output_config'])['format'])['schema'],
    toolResults: (body) =>
      blocks(body, 'tool_result').map(({ tool_use_id: id, content }) => ({
        id: stringAt(id),
        text: contentText(content),
      })),
    failedResults: (body) =>
      blocks(body, 'tool_result')
        .filter(({ is_error: failed }) => failed === true)
        .map(({ tool_use_id: id }) => stringAt(id)),
    toolCalls: (body) =>
      blocks(body, 'tool_use').map(({ id, name, input }) => ({
        id: stringAt(id),
        name: stringAt(name),
        arguments: JSON.stringify(input),
      })),
    image: (body) => media(body, 'image'),
    document: (body) => media(body, 'document')?.data,
    cachePoints: (body) =>
      [listAt(body['tools']), listAt(body['system']), ...turns(body).map(({ content }) => listAt(content))]
        .flat()
        .filter(({ cache_control: mark }) => mark !== undefined)
        .map(({ text, name, content }) => stringAt(text ?? name) || contentText(content)),
    documents: (body) =>
      blocks(body, 'document').map(({ source }, id) => ({ id, text: stringAt(objectAt(source)['data']) })),
    signatures: (body) => blocks(body, 'thinking').map(({ signature }) => stringAt(signature)),
    redacted: (body) => blocks(body, 'redacted_thinking').map(({ data }) => stringAt(data)),
  };
}
