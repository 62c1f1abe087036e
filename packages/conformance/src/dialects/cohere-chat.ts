import { Buffer } from 'node:buffer';
import type { JsonObject } from '@mortise/core';
import {
  contentText,
  mediaOf,
  listAt,
  objectAt,
  partsOf,
  streamParts,
  stringAt,
  textOf,
  typed,
} from './answer.ts';
import type {
  AnswerCitation,
  AnswerPart,
  AnswerUsage,
  Frame,
  LLMDialect,
  RequestReader,
  StreamShape,
  WireAnswer,
} from './contract.ts';
import { cohereFailure } from './cohere.ts';

/** The parameters of Chat v2, as `cohere-ai` 8.1 types them. */
const MEMBERS =
  'citation_options documents frequency_penalty k logprobs max_tokens messages model p presence_penalty priority response_format safety_mode seed stop_sequences stream strict_tools temperature thinking tool_choice tools'.split(
    ' ',
  );

const FINISH = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'ERROR_TOXIC',
} as const;

/** https://docs.cohere.com/reference/chat and https://docs.cohere.com/reference/chat-stream */
export const cohereChat: LLMDialect = {
  name: 'cohere-chat',
  without: {
    created: 'A reply of Cohere does not say when it was made.',
    model: 'A reply of Cohere does not say which model gave it.',
    'url-citations': 'Cohere cites documents and results of tools, and no pages.',
    quote: 'A source of Cohere is a document as it was sent, and not the words that are cited.',
    redacted: 'Cohere shows what its models think, and hides none of it in a reply.',
    signature: "Cohere does not sign a model's thinking.",
    'cache-write': 'Cohere does not count what was written to the cache.',
    'reasoning-tokens': 'Cohere does not count thinking apart.',
    'error-kind': 'An error within a stream of Cohere is a sentence, without a code or a status.',
    'usage-repeated': 'Cohere tells of usage once, in its terminal event.',
  },
  streams: ({ body }) => objectAt(body)['stream'] === true,
  body: (answer) => ({
    id: answer.id,
    message: messageOf(answer),
    finish_reason: FINISH[answer.finish],
    ...(answer.usage === undefined ? {} : { usage: usageOf(answer.usage) }),
  }),
  frames,
  errorFrame: (message) =>
    typed({ type: 'message-end', delta: { finish_reason: 'ERROR', error: message, usage: null } }),
  finishWord: (finish) => FINISH[finish],
  failedWord: 'ERROR',
  requestId: 'x-request-id',
  failure: cohereFailure,
  request: requestReader(),
  // It takes texts alone.
  document: { mediaType: 'text/plain', data: Buffer.from('A report.').toString('base64') },
};

function messageOf(answer: WireAnswer): JsonObject {
  const content = answer.parts.flatMap((part) => (part.type === 'tool-call' ? [] : [contentOf(part)]));
  const calls = partsOf(answer, 'tool-call').map(({ id, name, pieces, members }) => ({
    ...members,
    id,
    type: 'function',
    function: { name, arguments: pieces?.join('') ?? null },
  }));
  const cited = answer.parts
    .filter((part) => part.type !== 'tool-call')
    .flatMap((part, at) => citationsOf(part).map((citation) => citationOf(citation, at)));
  return {
    role: 'assistant',
    content,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(cited.length === 0 ? {} : { citations: cited }),
  };
}

function citationsOf(part: AnswerPart): readonly AnswerCitation[] {
  const cited = part.type === 'text' ? (part.citations ?? []) : [];
  return cited.filter(({ document }) => document !== undefined);
}

function citationOf({ words, start, end, title, document, quote }: AnswerCitation, at: number): JsonObject {
  const id = String(document);
  return {
    start,
    end,
    text: words,
    sources: [{ type: 'document', id, document: { id, title: title ?? '', text: quote ?? '' } }],
    content_index: at,
    type: 'TEXT_CONTENT',
  };
}

function contentOf(part: Exclude<AnswerPart, { type: 'tool-call' }>): JsonObject {
  if (part.type === 'text') return { type: 'text', text: textOf(part), ...part.members };
  if (part.type === 'reasoning') return { type: 'thinking', thinking: textOf(part) };
  return { type: 'hologram', depth: 'three' };
}

/** What is paid for differs from what was read and written; the latter is the contract's usage. */
function usageOf({ inputTokens, outputTokens, cachedInputTokens }: AnswerUsage): JsonObject {
  return {
    billed_units: { input_tokens: 1, output_tokens: 1 },
    tokens: { input_tokens: inputTokens, output_tokens: outputTokens },
    ...(cachedInputTokens === undefined ? {} : { cached_tokens: cachedInputTokens }),
  };
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { id, parts, finish, usage } = answer;
  const calls = parts.filter(({ type }) => type === 'tool-call');
  const others = parts.filter(({ type }) => type !== 'tool-call');
  // Content and tool calls are counted apart.
  const place = (part: AnswerPart): number => (part.type === 'tool-call' ? calls : others).indexOf(part);
  const event = (type: string, part: AnswerPart, message: JsonObject): Frame =>
    typed({ type, index: place(part), delta: { message } });

  const citing =
    (at: number) =>
    (citation: AnswerCitation, index: number): Frame[] => {
      const { content_index: place, ...unplaced } = citationOf(citation, at);
      const citations = shape.unplacedCitations === true ? unplaced : { ...unplaced, content_index: place };
      return [
        typed({ type: 'citation-start', index, delta: { message: { citations } } }),
        typed({ type: 'citation-end', index }),
      ];
    };

  const content = streamParts(parts, shape, {
    open: (part) => {
      if (part.type === 'tool-call') {
        const called = { name: part.name, arguments: part.pieces === null ? null : '' };
        return [
          event('tool-call-start', part, {
            tool_calls: { ...part.members, id: part.id, type: 'function', function: called },
          }),
        ];
      }
      const empty = part.type === 'unknown' ? contentOf(part) : contentOf({ ...part, pieces: [] });
      return [event('content-start', part, { content: empty })];
    },
    piece: (part, _at, piece) => {
      if (part.type === 'tool-call')
        return event('tool-call-delta', part, { tool_calls: { function: { arguments: piece } } });
      const member = part.type === 'reasoning' ? 'thinking' : 'text';
      return event('content-delta', part, { content: { [member]: piece } });
    },
    close: (part) => {
      const type = part.type === 'tool-call' ? 'tool-call-end' : 'content-end';
      return [typed({ type, index: place(part) }), ...citationsOf(part).flatMap(citing(place(part)))];
    },
  });
  const empty = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const end = { finish_reason: FINISH[finish], ...(usage === undefined ? {} : { usage: usageOf(usage) }) };
  return [
    typed({ type: 'message-start', id, delta: { message: empty } }),
    ...content,
    ...(shape.unknownEvent === true ? [typed({ type: 'hologram', depth: 4 })] : []),
    typed({ type: 'message-end', delta: end }, true),
  ];
}

function requestReader(): RequestReader {
  const messages = (body: JsonObject): JsonObject[] => listAt(body['messages']);
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
    topP: (body) => body['p'],
    reasoning: (body) => body['thinking'],
    stop: (body) => body['stop_sequences'],
    seed: (body) => body['seed'],
    // A single tool that must be called comes to the same as a named one.
    toolChoice: ({ tool_choice: choice, tools }) => {
      if (choice !== 'REQUIRED') return choice === 'NONE' ? 'none' : choice;
      const [only, ...more] = listAt(tools);
      return more.length === 0 ? objectAt(only?.['function'])['name'] : 'required';
    },
    schema: (body) => objectAt(body['response_format'])['json_schema'],
    toolResults: (body) =>
      messages(body)
        .filter(({ role }) => role === 'tool')
        .map(({ tool_call_id: id, content }) => ({ id: stringAt(id), text: contentText(content) })),
    failedResults: (body) =>
      messages(body)
        .filter(({ role, content }) => role === 'tool' && contentText(content).startsWith('{"error":'))
        .map(({ tool_call_id: id }) => stringAt(id)),
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
      messages(body)
        .flatMap(({ content }) => listAt(content))
        .map((part) => mediaOf(objectAt(part['image_url'])['url']))
        .find((image) => image !== undefined),
    documents: (body) =>
      listAt(body['documents']).map(({ id, data }) => ({
        id: stringAt(id),
        text: stringAt(objectAt(data)['text']),
      })),
    // Documents go as their text, which comes back as base64 for comparison.
    document: (body) => {
      const text = listAt(body['documents'])
        .map(({ data }) => objectAt(data)['text'])
        .find((value) => typeof value === 'string');
      return text === undefined ? undefined : Buffer.from(stringAt(text), 'utf8').toString('base64');
    },
  };
}
