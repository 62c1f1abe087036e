import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '@mortise/core';
import { contentText, listAt, objectAt, streamParts, stringAt, textOf } from './answer.ts';
import { awsFrame } from './aws-frames.ts';
import type {
  AnswerCitation,
  AnswerPart,
  AnswerUsage,
  DialectBase,
  Failure,
  Frame,
  LLMDialect,
  RequestReader,
  SentImage,
  StreamShape,
  WireAnswer,
} from './contract.ts';

/** The members of a request, as `@aws-sdk/client-bedrock-runtime` 3.1164 types them; the model is in the path. */
const MEMBERS =
  'additionalModelRequestFields additionalModelResponseFieldPaths guardrailConfig inferenceConfig messages outputConfig performanceConfig promptVariables requestMetadata serviceTier system toolConfig'.split(
    ' ',
  );

const FINISH = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'guardrail_intervened',
} as const;

/** Errors by their names, which stand in a header. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const bedrockFailure: DialectBase['failure'] = ({ status, kind, message }) => ({
  body: { message: sentenceOf(kind, message) },
  headers: { 'x-amzn-errortype': `${nameOf(status, kind)}:http://internal.amazon.com/coral/`, ...REQUEST },
  ...(kind === 'context-length' || kind === 'quota' ? { status: 400 } : {}),
});

const REQUEST = { 'x-amzn-requestid': 'req_conformance' };

const NAMES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
};

function nameOf(status: number, kind: Failure['kind']): string {
  if (kind === 'quota') return 'ServiceQuotaExceededException';
  if (kind === 'context-length') return 'ValidationException';
  return NAMES[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException');
}

/** A prompt that is too long is told from other requests that are none by its sentence alone. */
function sentenceOf(kind: Failure['kind'], message: string): string {
  return kind === 'context-length' ? 'Input is too long for requested model.' : message;
}

/** `Converse` and `ConverseStream`, whose frames are binary. */
export const bedrockConverse: LLMDialect = {
  name: 'bedrock-converse',
  without: {
    'argument-text': 'A whole reply of Converse gives the arguments of a call as an object, not as text.',
    'blocked-prompt': 'A prompt that a guardrail stopped is said by the reason of the end.',
    created: 'A reply of Converse does not say when it was made.',
    'early-reason': 'The reason stands in an event of its own, behind the content.',
    'event-stream': 'Frames of Converse are binary.',
    lines: 'Frames of Converse are binary.',
    'members-of-blocks': 'A block of Converse has one member, and a text is no object.',
    model: 'A reply of Converse does not name the model.',
    'part-signature': 'Converse signs reasoning, and no texts and calls.',
    'reasoning-tokens': 'Converse counts reasoning with the reply.',
    'reply-id': 'A reply of Converse has no id.',
    'result-name': 'A result of Converse names its call, and not the tool.',
    'tool-tokens': 'Converse counts what tools read with the prompt.',
    'unplaced-citations': 'A citation of Converse stands at its block.',
    'usage-repeated': 'Converse counts once, in its last event.',
  },
  streams: ({ path }) => path.includes('/converse-stream'),
  body: (answer) => ({
    output: { message: { role: 'assistant', content: answer.parts.map(blockOf) } },
    stopReason: FINISH[answer.finish],
    ...(answer.usage === undefined ? {} : { usage: usageOf(answer.usage) }),
    metrics: { latencyMs: 12 },
  }),
  frames,
  errorFrame: (message, kind) => {
    const name = { rate: 'throttlingException', quota: 'serviceQuotaExceededException' };
    const event =
      kind === undefined
        ? 'internalServerException'
        : kind === 'context-length'
          ? 'validationException'
          : name[kind];
    return awsFrame(event, { message: sentenceOf(kind, message) });
  },
  finishWord: (finish) => FINISH[finish],
  failedWord: 'malformed_model_output',
  requestId: 'x-amzn-requestid',
  failure: bedrockFailure,
  request: requestReader(),
};

/** What was read from a cache, or written to it, is counted beside `inputTokens`. */
function usageOf(usage: AnswerUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = usage;
  return {
    inputTokens: inputTokens - (cachedInputTokens ?? 0) - (cacheWriteTokens ?? 0),
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cacheReadInputTokens: cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteInputTokens: cacheWriteTokens }),
  };
}

function blockOf(part: AnswerPart): JsonObject {
  switch (part.type) {
    case 'text':
      return part.citations === undefined
        ? { text: textOf(part) }
        : {
            citationsContent: {
              content: [{ text: textOf(part) }],
              citations: part.citations.map(citationOf),
            },
          };
    case 'reasoning':
      if (part.redacted !== undefined) return { reasoningContent: { redactedContent: part.redacted } };
      return {
        reasoningContent: {
          reasoningText: {
            text: textOf(part),
            ...(part.signature === undefined ? {} : { signature: part.signature }),
          },
        },
      };
    case 'tool-call': {
      const said = part.pieces?.join('') ?? 'null';
      const input = JSON.parse(said === '' ? '{}' : said) as JsonValue;
      return { toolUse: { toolUseId: part.id, name: part.name, input } };
    }
    case 'unknown':
      return { hologram: { depth: 3 } };
  }
}

/** Of a document of the request, or of a page. */
function citationOf({ quote, title, document, url, start, end }: AnswerCitation): JsonObject {
  const location =
    url === undefined
      ? { documentChar: { documentIndex: Number(document), start, end } }
      : { web: { url, domain: new URL(url).hostname } };
  return {
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { sourceContent: [{ text: quote }] }),
    location,
  };
}

/** Texts and reasoning are opened by their first delta. Every payload is padded, as the API pads it. */
function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { parts, finish, usage } = answer;
  const padded = (event: string, data: JsonObject, terminal?: true): Frame =>
    awsFrame(event, { ...data, p: 'abcdefgh' }, terminal);
  const delta = (contentBlockIndex: number, members: JsonObject): Frame =>
    padded('contentBlockDelta', { contentBlockIndex, delta: members });
  const content = streamParts(parts, shape, {
    open: (part, contentBlockIndex) => {
      if (part.type === 'tool-call') {
        const start = { toolUse: { toolUseId: part.id, name: part.name } };
        return [padded('contentBlockStart', { contentBlockIndex, start })];
      }
      return part.type === 'unknown'
        ? [padded('contentBlockStart', { contentBlockIndex, start: { hologram: { depth: 3 } } })]
        : [];
    },
    piece: (part, at, piece) => {
      if (part.type === 'text') return delta(at, { text: piece });
      if (part.type === 'reasoning') return delta(at, { reasoningContent: { text: piece } });
      return delta(at, { toolUse: { input: piece } });
    },
    close: (part, contentBlockIndex) => [
      ...((part.type === 'text' && part.citations) || []).map((citation) =>
        delta(contentBlockIndex, { citation: citationOf(citation) }),
      ),
      ...(part.type === 'reasoning' && part.redacted !== undefined
        ? [delta(contentBlockIndex, { reasoningContent: { redactedContent: part.redacted } })]
        : []),
      ...(part.type === 'reasoning' && part.signature !== undefined
        ? [delta(contentBlockIndex, { reasoningContent: { signature: part.signature } })]
        : []),
      padded('contentBlockStop', { contentBlockIndex }),
    ],
  });
  const counts = usage === undefined ? {} : { usage: usageOf(usage) };
  return [
    padded('messageStart', { role: 'assistant' }),
    ...content,
    ...(shape.unknownEvent === true ? [padded('hologramUpdate', { depth: 4 })] : []),
    padded('messageStop', { stopReason: FINISH[finish] }, true),
    padded('metadata', { ...counts, metrics: { latencyMs: 12 } }, true),
  ];
}

function requestReader(): RequestReader {
  const turns = (body: JsonObject): JsonObject[] => listAt(body['messages']);
  const blocks = (body: JsonObject): JsonObject[] => turns(body).flatMap(({ content }) => listAt(content));
  const having = (body: JsonObject, name: string): JsonObject[] =>
    blocks(body)
      .filter((block) => block[name] !== undefined)
      .map((block) => objectAt(block[name]));
  const config = (body: JsonObject): JsonObject => objectAt(body['inferenceConfig']);
  const entries = (body: JsonObject): JsonObject[] => listAt(objectAt(body['toolConfig'])['tools']);
  const specs = (body: JsonObject): JsonObject[] =>
    entries(body)
      .filter(({ toolSpec }) => toolSpec !== undefined)
      .map(({ toolSpec }) => objectAt(toolSpec));
  const bytesOf = (media: JsonObject | undefined): string | undefined => {
    const { bytes } = objectAt(media?.['source']);
    return typeof bytes === 'string' ? bytes : undefined;
  };
  const reasoning = (body: JsonObject): JsonObject[] => having(body, 'reasoningContent');
  return {
    members: MEMBERS,
    model: (_body, { path }) => decodeURIComponent(/\/model\/([^/?]+)/.exec(path)?.[1] ?? ''),
    messages: (body) => [
      ...(body['system'] === undefined ? [] : [{ role: 'system', text: contentText(body['system']) }]),
      ...turns(body).map(({ role, content }) => ({ role: stringAt(role), text: contentText(content) })),
    ],
    tools: (body) =>
      specs(body).map(({ name, inputSchema }) => ({
        name: stringAt(name),
        parameters: objectAt(inputSchema)['json'],
      })),
    toolDescriptions: (body) => specs(body).map(({ description }) => description),
    maxOutputTokens: (body) => config(body)['maxTokens'],
    temperature: (body) => config(body)['temperature'],
    topP: (body) => config(body)['topP'],
    reasoning: (body) =>
      objectAt(body['outputConfig'])['effort'] ?? objectAt(body['additionalModelRequestFields'])['thinking'],
    stop: (body) => config(body)['stopSequences'],
    toolChoice: (body) => {
      const { any, tool } = objectAt(objectAt(body['toolConfig'])['toolChoice']);
      return any === undefined ? objectAt(tool)['name'] : 'required';
    },
    schema: (body) => {
      const format = objectAt(objectAt(body['outputConfig'])['textFormat']);
      const { schema } = objectAt(objectAt(format['structure'])['jsonSchema']);
      return typeof schema === 'string' ? (JSON.parse(schema) as JsonValue) : undefined;
    },
    toolResults: (body) =>
      having(body, 'toolResult').map(({ toolUseId: id, content }) => ({
        id: stringAt(id),
        text: contentText(content),
      })),
    failedResults: (body) =>
      having(body, 'toolResult')
        .filter(({ status }) => status === 'error')
        .map(({ toolUseId: id }) => stringAt(id)),
    toolCalls: (body) =>
      having(body, 'toolUse').map(({ toolUseId: id, name, input }) => ({
        id: stringAt(id),
        name: stringAt(name),
        arguments: JSON.stringify(input),
      })),
    image: (body): SentImage | undefined => {
      const image = having(body, 'image')[0];
      const data = bytesOf(image);
      return data === undefined ? undefined : { mediaType: `image/${stringAt(image?.['format'])}`, data };
    },
    document: (body) => having(body, 'document').map(bytesOf)[0],
    cachePoints: (body) =>
      [entries(body), listAt(body['system']), ...turns(body).map(({ content }) => listAt(content))].flatMap(
        (list) =>
          list.flatMap((block, at) => (block['cachePoint'] === undefined ? [] : [saidBy(list[at - 1])])),
      ),
    documents: (body) =>
      having(body, 'document').map((document, id) => ({
        id,
        text: Buffer.from(bytesOf(document) ?? '', 'base64').toString('utf8'),
      })),
    signatures: (body) =>
      reasoning(body).flatMap(({ reasoningText }) => {
        const { signature } = objectAt(reasoningText);
        return typeof signature === 'string' ? [signature] : [];
      }),
    redacted: (body) =>
      reasoning(body).flatMap(({ redactedContent: data }) => (typeof data === 'string' ? [data] : [])),
  };
}

/** The text of a block, of a result, or the name of a tool. */
function saidBy(block: JsonObject | undefined): string {
  const { text, toolSpec, toolResult } = block ?? {};
  return (
    stringAt(text) || stringAt(objectAt(toolSpec)['name']) || contentText(objectAt(toolResult)['content'])
  );
}
