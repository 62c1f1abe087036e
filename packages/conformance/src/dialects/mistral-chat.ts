import type { JsonObject } from '@mortise/core';
import {
  contentText,
  CREATED,
  dataOf,
  listAt,
  mediaOf,
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
import { failureBody, mistralFailure } from './mistral.ts';
import { chatUsage } from './openai.ts';

/** The parameters of chat completions, as `@mistralai/mistralai` 2.7 types them. */
const MEMBERS =
  'frequency_penalty guardrails max_tokens messages metadata model n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_mode random_seed reasoning_effort response_format safe_prompt service_tier stop stream temperature tool_choice tools top_p'.split(
    ' ',
  );

const FINISH = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  // Mistral names none; Azure, which serves its models, says this.
  'content-filter': 'content_filter',
} as const;

/** https://docs.mistral.ai/api/endpoint/chat */
export const mistralChat: LLMDialect = {
  name: 'mistral-chat',
  without: {
    'cache-write': 'Mistral does not count what was written to the cache.',
    'document-citations':
      'Mistral refers to results of tools, by ids that stand in them, and to no documents.',
    'error-kind': 'Mistral has no words for an account that has nothing left.',
    redacted: 'Mistral shows what its models think, and hides none of it in a reply.',
    'several-texts':
      'Texts that follow one another are one: a stream says of no piece which text it belongs to.',
    'tool-failure': 'A tool message has no field for a failure.',
    'tool-tokens': 'Mistral counts no tokens of tools of its own.',
    'url-citations': 'A reference says an id, and no address.',
  },
  streams: ({ body }) => objectAt(body)['stream'] === true,
  body: (answer) => ({
    id: answer.id,
    object: 'chat.completion',
    created: answer.created ?? CREATED,
    model: answer.model,
    choices: [{ index: 0, message: messageOf(answer), finish_reason: FINISH[answer.finish] }],
    ...(answer.usage === undefined ? {} : { usage: chatUsage(answer.usage) }),
  }),
  frames,
  errorFrame: (message, kind) =>
    plain(failureBody({ status: 500, kind: kind === 'quota' ? undefined : kind, message })),
  finishWord: (finish) => FINISH[finish],
  failedWord: 'error',
  requestId: 'mistral-correlation-id',
  failure: mistralFailure,
  request: requestReader(),
};

/** A string where the content is a plain text, else chunks in a list. */
function messageOf(answer: WireAnswer): JsonObject {
  const chunks = answer.parts.flatMap((part) => (part.type === 'tool-call' ? [] : [chunkOf(part)]));
  const calls = partsOf(answer, 'tool-call').map((part, index) => ({
    ...callOf(part),
    index,
    function: { name: part.name, arguments: part.pieces === null ? null : textOf({ pieces: part.pieces }) },
  }));
  const isPlain = chunks.every((chunk) => chunk['type'] === 'text' && Object.keys(chunk).length === 2);
  return {
    role: 'assistant',
    content: isPlain ? chunks.map(({ text }) => stringAt(text)).join('') : chunks,
    tool_calls: calls.length === 0 ? null : calls,
  };
}

function chunkOf(part: Exclude<AnswerPart, { type: 'tool-call' }>): JsonObject {
  if (part.type === 'text') return { ...part.members, type: 'text', text: textOf(part) };
  if (part.type === 'unknown') return { type: 'hologram', depth: 'three' };
  return { type: 'thinking', thinking: [{ type: 'text', text: textOf(part) }], ...closing(part) };
}

function closing({ signature }: { readonly signature?: string | undefined }): JsonObject {
  return { ...(signature === undefined ? {} : { signature }), closed: true };
}

function callOf({ id, members }: Extract<AnswerPart, { type: 'tool-call' }>): JsonObject {
  return { ...members, id, type: 'function' };
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { id, model, created = CREATED, parts, finish, usage } = answer;
  const base = { id, object: 'chat.completion.chunk', created, model };
  let sent = 0;
  const chunk = (delta: JsonObject, reason: string | null = null): JsonObject => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason: reason }],
    ...runningUsage(usage, shape, sent++),
  });
  const calls = parts.filter(({ type }) => type === 'tool-call');
  // Servers that put it into every chunk.
  const early = shape.earlyReason === true ? FINISH[finish] : null;
  const placeOf = (part: AnswerPart): JsonObject =>
    shape.calls === 'no-index' ? {} : { index: shape.calls === 'one-index' ? 0 : calls.indexOf(part) };

  const content = streamParts(parts, shape, {
    open: (part) => {
      if (part.type === 'unknown') return [plain(chunk({ content: [chunkOf(part)] }))];
      if (part.type === 'text' && part.members !== undefined)
        return [plain(chunk({ content: [chunkOf({ ...part, pieces: [] })] }))];
      if (part.type !== 'tool-call') return [];
      const called = { name: part.name, arguments: part.pieces === null ? null : '' };
      return [plain(chunk({ tool_calls: [{ ...callOf(part), ...placeOf(part), function: called }] }))];
    },
    piece: (part, _at, piece) => {
      if (part.type === 'text') return plain(chunk({ content: piece }, early));
      if (part.type === 'reasoning')
        return plain(
          chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: piece }] }] }, early),
        );
      // Where the index does not tell calls apart, their ids do, and a piece is of the last that began.
      return plain(chunk({ tool_calls: [{ ...placeOf(part), function: { name: '', arguments: piece } }] }));
    },
    close: (part) =>
      part.type === 'reasoning'
        ? [plain(chunk({ content: [{ type: 'thinking', thinking: [], ...closing(part) }] }))]
        : [],
  });
  const counts = usage === undefined ? {} : { usage: chatUsage(usage) };
  const end = plain({ ...chunk({ content: '' }, FINISH[finish]), ...counts }, true);
  return [
    plain(chunk({ role: 'assistant', content: '' })),
    ...content,
    ...(shape.unknownEvent === true
      ? [plain({ ...base, object: 'chat.completion.hologram', hologram: {} })]
      : []),
    end,
    ...(shape.usage === 'duplicate' ? [plain({ ...base, choices: [], ...counts })] : []),
    plain('[DONE]', true),
  ];
}

/** A snapshot in every chunk, as servers of Mistral's models do that count as they go. */
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
  const chunksIn = (body: JsonObject): JsonObject[] =>
    messages(body).flatMap(({ content }) => listAt(content));
  const results = (body: JsonObject): JsonObject[] => messages(body).filter(({ role }) => role === 'tool');
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
    maxOutputTokens: (body) => body['max_tokens'],
    temperature: (body) => body['temperature'],
    topP: (body) => body['top_p'],
    reasoning: (body) => body['reasoning_effort'],
    stop: (body) => body['stop'],
    seed: (body) => body['random_seed'],
    toolChoice: ({ tool_choice: choice }) => {
      if (choice === 'any') return 'required';
      return typeof choice === 'string' ? choice : objectAt(objectAt(choice)['function'])['name'];
    },
    schema: (body) => objectAt(objectAt(body['response_format'])['json_schema'])['schema'],
    toolResults: (body) =>
      results(body).map(({ tool_call_id: id, content }) => ({
        id: stringAt(id),
        text: contentText(content),
      })),
    resultNames: (body) => results(body).map(({ name }) => name),
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
      chunksIn(body)
        .map(({ image_url: image }) => mediaOf(typeof image === 'string' ? image : objectAt(image)['url']))
        .find((image) => image !== undefined),
    document: (body) =>
      chunksIn(body)
        .map(({ document_url: url }) => dataOf(url))
        .find((data) => data !== undefined),
    signatures: (body) =>
      chunksIn(body)
        .map(({ signature }) => stringAt(signature))
        .filter((signature) => signature !== ''),
  };
}
