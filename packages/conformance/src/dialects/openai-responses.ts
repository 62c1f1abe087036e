import type { JsonObject } from '@mortise/core';
import {
  contentText,
  CREATED,
  dataOf,
  mediaOf,
  listAt,
  objectAt,
  streamParts,
  stringAt,
  typed,
} from './answer.ts';
import type { AnswerPart, Frame, LLMDialect, RequestReader, StreamShape, WireAnswer } from './contract.ts';
import { openAIFailure, responsesUsage, streamErrorCode } from './openai.ts';

/** The parameters of Responses, as the `openai` SDK 7.57 types them. */
const MEMBERS =
  'access_programs background context_management conversation image include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user'.split(
    ' ',
  );

const INCOMPLETE = { length: 'max_output_tokens', 'content-filter': 'content_filter' } as const;

/** https://platform.openai.com/docs/api-reference/responses */
export const openAIResponses: LLMDialect = {
  name: 'openai-responses',
  without: {
    'document-citations': 'OpenAI cites what its search tools find, and no documents of a request.',
    'tool-failure': 'The output of a function has no field for a failure.',
    'cache-write': 'The Responses API does not count what was written to the cache.',
  },
  streams: ({ body }) => objectAt(body)['stream'] === true,
  body: (answer) => responseOf(answer, answer.parts.map(itemOf)),
  frames,
  errorFrame: (message, kind) =>
    typed({ type: 'error', sequence_number: 9, code: streamErrorCode(kind), message, param: null }),
  finishWord: (finish) =>
    finish === 'length' || finish === 'content-filter' ? INCOMPLETE[finish] : 'completed',
  requestId: 'x-request-id',
  failure: openAIFailure,
  request: requestReader(),
};

function responseOf(answer: WireAnswer, output: JsonObject[]): JsonObject {
  const { finish, usage } = answer;
  const cut = finish === 'length' || finish === 'content-filter';
  return {
    ...emptyResponse(answer),
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: INCOMPLETE[finish] } : null,
    output,
    ...(usage === undefined ? {} : { usage: responsesUsage(usage) }),
  };
}

function emptyResponse({ id, model, created = CREATED }: WireAnswer): JsonObject {
  return {
    id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model,
    output: [],
    usage: null,
  };
}

/** One output item, finished. */
function itemOf(part: AnswerPart, at: number): JsonObject {
  switch (part.type) {
    case 'text': {
      const annotations = annotationsOf(part);
      const content = [{ type: 'output_text', text: part.pieces.join(''), annotations }];
      return { ...openItem(part, at), status: 'completed', content };
    }
    case 'reasoning':
      return {
        ...openItem(part, at),
        summary: part.redacted === undefined ? [{ type: 'summary_text', text: part.pieces.join('') }] : [],
        ...sealedOf(part),
      };
    case 'tool-call':
      return { ...openItem(part, at), status: 'completed', arguments: part.pieces?.join('') ?? null };
    case 'unknown':
      return openItem(part, at);
  }
}

/** It has one member for what goes back, beside a summary or without one. */
function sealedOf({ signature, redacted }: Extract<AnswerPart, { type: 'reasoning' }>): JsonObject {
  const sealed = redacted ?? signature;
  return sealed === undefined ? {} : { encrypted_content: sealed };
}

function annotationsOf(part: AnswerPart): JsonObject[] {
  const cited = part.type === 'text' ? (part.citations ?? []) : [];
  return cited.flatMap(({ url, title = '', start, end }) =>
    url === undefined ? [] : [{ type: 'url_citation', url, title, start_index: start, end_index: end }],
  );
}

/** The item as it stands when nothing of it has been said yet. */
function openItem(part: AnswerPart, at: number): JsonObject {
  switch (part.type) {
    case 'text':
      return {
        id: `msg_${at}`,
        type: 'message',
        role: 'assistant',
        status: 'in_progress',
        content: [],
        ...part.members,
      };
    case 'reasoning':
      return { id: `rs_${at}`, type: 'reasoning', summary: [] };
    case 'tool-call': {
      const { id, name } = part;
      return {
        id: `fc_${at}`,
        type: 'function_call',
        status: 'in_progress',
        call_id: id,
        name,
        arguments: '',
        ...part.members,
      };
    }
    case 'unknown':
      return { id: `ho_${at}`, type: 'hologram', status: 'completed', depth: 3 };
  }
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { parts, usage, finish } = answer;
  let sequence = 0;
  const event = (type: string, members: JsonObject, terminal?: true): Frame =>
    typed({ type, sequence_number: sequence++, ...members }, terminal);
  const running = (outputTokens: number): Frame => {
    const counts = usage === undefined ? null : responsesUsage({ ...usage, outputTokens });
    return event('response.in_progress', { response: { ...emptyResponse(answer), usage: counts } });
  };

  const head = [
    event('response.created', { response: emptyResponse(answer) }),
    event('response.in_progress', { response: emptyResponse(answer) }),
  ];
  if (usage !== undefined && shape.usage === 'cumulative') head.push(running(0), running(1));
  if (usage !== undefined && shape.usage === 'duplicate') head.push(running(usage.outputTokens));
  const content = streamParts(parts, shape, {
    open: (part, at) => [
      event('response.output_item.added', { output_index: at, item: openItem(part, at) }),
      ...(part.type === 'text'
        ? [
            event('response.content_part.added', {
              ...place(at),
              part: { type: 'output_text', text: '', annotations: [] },
            }),
          ]
        : []),
      ...(part.type === 'reasoning' && part.redacted === undefined
        ? [
            event('response.reasoning_summary_part.added', {
              output_index: at,
              summary_index: 0,
              part: { type: 'summary_text', text: '' },
            }),
          ]
        : []),
    ],
    piece: (part, at, delta) => {
      if (part.type === 'text') return event('response.output_text.delta', { ...place(at), delta });
      if (part.type === 'reasoning')
        return event('response.reasoning_summary_text.delta', { output_index: at, summary_index: 0, delta });
      return event('response.function_call_arguments.delta', { output_index: at, delta });
    },
    close: (part, at) => [
      ...annotationsOf(part).map((annotation, n) =>
        event('response.output_text.annotation.added', {
          ...place(at),
          annotation_index: n,
          annotation,
        }),
      ),
      event('response.output_item.done', { output_index: at, item: itemOf(part, at) }),
    ],
  });
  const unknown = shape.unknownEvent === true ? [event('response.hologram.delta', { delta: 'x' })] : [];
  const whole = responseOf(answer, parts.map(itemOf));
  const cut = finish === 'length' || finish === 'content-filter';
  return [
    ...head,
    ...content,
    ...unknown,
    event(cut ? 'response.incomplete' : 'response.completed', { response: whole }, true),
  ];
}

const place = (at: number): JsonObject => ({ item_id: `msg_${at}`, output_index: at, content_index: 0 });

function requestReader(): RequestReader {
  const items = (body: JsonObject): JsonObject[] => listAt(body['input']);
  const partsIn = (body: JsonObject): JsonObject[] => items(body).flatMap(({ content }) => listAt(content));
  const ofType = (body: JsonObject, type: string): JsonObject[] =>
    items(body).filter((item) => item['type'] === type);
  return {
    members: MEMBERS,
    model: (body) => body['model'],
    messages: (body) => [
      ...(typeof body['instructions'] === 'string' ? [{ role: 'system', text: body['instructions'] }] : []),
      ...items(body)
        .filter(({ role }) => role !== undefined)
        .map(({ role, content }) => ({ role: stringAt(role), text: contentText(content) })),
    ],
    toolDescriptions: (body) => listAt(body['tools']).map(({ description }) => description),
    tools: (body) =>
      listAt(body['tools']).map(({ name, parameters }) => ({ name: stringAt(name), parameters })),
    maxOutputTokens: (body) => body['max_output_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    reasoning: (body) => body['reasoning'],
    summary: (body) => objectAt(body['reasoning'])['summary'],
    toolChoice: ({ tool_choice: choice }) => (typeof choice === 'string' ? choice : objectAt(choice)['name']),
    schema: (body) => objectAt(objectAt(body['text'])['format'])['schema'],
    toolResults: (body) =>
      ofType(body, 'function_call_output').map(({ call_id: id, output }) => ({
        id: stringAt(id),
        text: contentText(output),
      })),
    toolCalls: (body) =>
      ofType(body, 'function_call').map(({ call_id: id, name, arguments: args }) => ({
        id: stringAt(id),
        name: stringAt(name),
        arguments: stringAt(args),
      })),
    image: (body) =>
      partsIn(body)
        .map(({ image_url: url }) => mediaOf(url))
        .find((image) => image !== undefined),
    document: (body) =>
      partsIn(body)
        .map(({ file_data: data }) => dataOf(data))
        .find((data) => data !== undefined),
    signatures: (body) => ofType(body, 'reasoning').map((item) => stringAt(item['encrypted_content'])),
    redacted: (body) =>
      ofType(body, 'reasoning')
        .filter(({ summary }) => listAt(summary).length === 0)
        .map((item) => stringAt(item['encrypted_content'])),
  };
}
