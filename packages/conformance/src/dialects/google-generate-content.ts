import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '@mortise/core';
import { contentText, listAt, objectAt, plain, stringAt } from './answer.ts';
import type {
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

/** The members of a request, as https://ai.google.dev/api/generate-content and Vertex AI name them. */
const MEMBERS =
  'cachedContent contents generationConfig labels model modelArmorConfig safetySettings serviceTier store systemInstruction toolConfig tools'.split(
    ' ',
  );

const FINISH = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
} as const;

/** Google's errors. https://google.aip.dev/193 and https://ai.google.dev/gemini-api/docs/troubleshooting */
export const googleFailure: DialectBase['failure'] = ({ status, kind, message }) => ({
  body: { error: errorOf(status, kind, message) },
  headers: {},
  ...(kind === 'context-length' ? { status: 400 } : {}),
});

/** `generateContent` and `streamGenerateContent?alt=sse`: https://ai.google.dev/api/generate-content */
export const googleGenerateContent: LLMDialect = {
  name: 'google-generate-content',
  without: {
    'argument-pieces': 'A stream of Gemini gives the arguments of a call as one object.',
    'argument-text': 'Gemini gives the arguments of a call as an object, not as text.',
    'cache-write': 'Gemini does not count what was written to a cache.',
    'call-index': 'Calls of Gemini have no index: each is a part by itself.',
    'citations-back': 'Grounding stands beside the content of a reply, and does not go back.',
    created: 'A reply of the Gemini API does not say when it was made.',
    'document-citations': 'Gemini cites what it searched, not the documents of a message.',
    interleaved: 'Parts of Gemini come one after another.',
    redacted: 'Gemini signs its thinking, and hides none of it in a reply.',
    'request-id': 'No header of an error reply names the request.',
    'several-texts': 'A stream of Gemini does not say where one text ends and the next begins.',
    'unplaced-citations': 'Grounding belongs to the whole text.',
  },
  endsWithBytes: true,
  failedWord: 'MALFORMED_FUNCTION_CALL',
  streams: ({ path }) => path.includes(':streamGenerateContent'),
  body: (answer) =>
    eventOf(answer, answer.parts.map(partOf), {
      candidate: { finishReason: FINISH[answer.finish], ...groundingOf(answer) },
      usage: answer.usage,
    }),
  frames,
  blocked: (answer) => {
    const body = {
      promptFeedback: {
        blockReason: 'PROHIBITED_CONTENT',
        safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'HIGH', blocked: true }],
      },
      ...(answer.usage === undefined ? {} : { usageMetadata: usageOf(answer.usage) }),
      modelVersion: answer.model,
      responseId: answer.id,
    };
    return { body, frames: [plain(body, true)] };
  },
  errorFrame: (message, kind) =>
    plain({
      error: errorOf(kind === undefined ? 500 : kind === 'context-length' ? 400 : 429, kind, message),
    }),
  finishWord: (finish) => FINISH[finish],
  failure: googleFailure,
  request: requestReader(),
};

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function errorOf(status: number, kind: Failure['kind'], message: string): JsonObject {
  const code = kind === 'context-length' ? 400 : status;
  const name = STATUSES[code] ?? (code >= 500 ? 'INTERNAL' : 'FAILED_PRECONDITION');
  const sentence = kind === undefined ? message : (SENTENCES[kind] ?? message);
  const details = kind === 'quota' ? { details: [USED_UP] } : {};
  return { code, message: sentence, status: name, ...details };
}

/** The words that tell these from their neighbours of the same status. */
const SENTENCES: Readonly<Record<string, string>> = {
  quota: 'You exceeded your current quota, please check your plan and billing details.',
  'context-length': 'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
};

/** One sentence stands for all limits; which one it is, the id of the quota says. */
const USED_UP: JsonObject = {
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '250' }],
};

interface Beside {
  readonly candidate?: JsonObject;
  readonly usage?: AnswerUsage | undefined;
}

/** A whole reply, or one event of a stream: they have one form. */
function eventOf({ id, model }: WireAnswer, parts: JsonObject[], { candidate, usage }: Beside): JsonObject {
  return {
    candidates: [{ content: { parts, role: 'model' }, ...candidate, index: 0 }],
    ...(usage === undefined ? {} : { usageMetadata: usageOf(usage) }),
    modelVersion: model,
    responseId: id,
  };
}

/** Thoughts are counted beside the answer, and what tools read beside the prompt. */
function usageOf(usage: AnswerUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, toolTokens } = usage;
  return {
    promptTokenCount: inputTokens - (toolTokens ?? 0),
    candidatesTokenCount: outputTokens - (reasoningTokens ?? 0),
    ...(cachedInputTokens === undefined ? {} : { cachedContentTokenCount: cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { thoughtsTokenCount: reasoningTokens }),
    ...(toolTokens === undefined ? {} : { toolUsePromptTokenCount: toolTokens }),
    totalTokenCount: inputTokens + outputTokens,
  };
}

function partOf(part: AnswerPart): JsonObject {
  if (part.type === 'unknown') return { hologram: { depth: 3 } };
  const signed = part.signature === undefined ? {} : { thoughtSignature: part.signature };
  if (part.type === 'reasoning') return { text: part.pieces.join(''), thought: true, ...signed };
  if (part.type === 'text') return { text: part.pieces.join(''), ...part.members, ...signed };
  const text = part.pieces?.join('') ?? 'null';
  const args = JSON.parse(text === '' ? '{}' : text) as JsonValue;
  return { functionCall: { id: part.id, name: part.name, args }, ...part.members, ...signed };
}

/** Texts and thoughts come in pieces, a thought's signature with the last; a text that is signed, or has members, comes whole. */
function piecesOf(part: AnswerPart): JsonObject[] {
  const whole = partOf(part);
  if (part.type === 'text')
    return part.members === undefined && part.signature === undefined
      ? part.pieces.map((text) => ({ text }))
      : [whole];
  if (part.type !== 'reasoning') return [whole];
  return part.pieces.map((text, at) =>
    at === part.pieces.length - 1 ? { ...whole, text } : { text, thought: true },
  );
}

/** Places are counted in bytes of UTF-8 over the whole text. */
function groundingOf({ parts }: WireAnswer): JsonObject {
  const chunks: JsonObject[] = [];
  const supports: JsonObject[] = [];
  let before = '';
  for (const part of parts) {
    if (part.type !== 'text') continue;
    const text = part.pieces.join('');
    for (const { words, start, end, title, quote, url } of part.citations ?? []) {
      if (url === undefined) continue;
      const bytes = (units: number): number => Buffer.byteLength(before + text.slice(0, units));
      supports.push({
        segment: { startIndex: bytes(start), endIndex: bytes(end), text: words },
        groundingChunkIndices: [chunks.length],
      });
      const of = { uri: url, ...(title === undefined ? {} : { title }) };
      chunks.push(quote === undefined ? { web: of } : { retrievedContext: { ...of, text: quote } });
    }
    before += text;
  }
  return chunks.length === 0
    ? {}
    : { groundingMetadata: { groundingChunks: chunks, groundingSupports: supports } };
}

function frames(answer: WireAnswer, shape: StreamShape = {}): Frame[] {
  const { usage, finish } = answer;
  const reason = { finishReason: FINISH[finish] };
  const early = shape.earlyReason === true ? { candidate: reason } : {};
  const parts = answer.parts.flatMap(piecesOf);
  const growing = (outputTokens: number): AnswerUsage | undefined =>
    usage === undefined ? undefined : { ...usage, outputTokens, reasoningTokens: undefined };
  const content = parts.map((part, at) => {
    const counts =
      shape.usage === 'cumulative' ? growing(at + 1) : shape.usage === 'duplicate' ? usage : undefined;
    return plain(eventOf(answer, [part], { ...early, usage: counts }));
  });
  const last = eventOf(answer, [{ text: '' }], { candidate: { ...reason, ...groundingOf(answer) }, usage });
  return [
    ...content,
    ...(shape.unknownEvent === true ? [plain({ hologramUpdate: { depth: 4 } })] : []),
    plain(last, true),
  ];
}

function requestReader(): RequestReader {
  const turns = (body: JsonObject): JsonObject[] => listAt(body['contents']);
  const parts = (body: JsonObject): JsonObject[] => turns(body).flatMap(({ parts: own }) => listAt(own));
  const having = (body: JsonObject, name: string): JsonObject[] =>
    parts(body)
      .filter((part) => part[name] !== undefined)
      .map((part) => objectAt(part[name]));
  const config = (body: JsonObject): JsonObject => objectAt(body['generationConfig']);
  const declared = (body: JsonObject): JsonObject[] =>
    listAt(body['tools']).flatMap(({ functionDeclarations }) => listAt(functionDeclarations));
  const media = (body: JsonObject, kind: RegExp): SentImage | undefined =>
    having(body, 'inlineData')
      .map(({ mimeType, data }) => ({ mediaType: stringAt(mimeType), data: stringAt(data) }))
      .find(({ mediaType }) => kind.test(mediaType));
  return {
    members: MEMBERS,
    model: (_body, { path }) => decodeURIComponent(/\/models\/([^:?]+)/.exec(path)?.[1] ?? ''),
    messages: (body) => [
      ...(body['systemInstruction'] === undefined
        ? []
        : [{ role: 'system', text: contentText(objectAt(body['systemInstruction'])['parts']) }]),
      ...turns(body).map(({ role, parts: own }) => ({
        role: role === 'model' ? 'assistant' : stringAt(role),
        text: contentText(listAt(own).filter(({ thought }) => thought !== true)),
      })),
    ],
    tools: (body) =>
      declared(body).map(({ name, parametersJsonSchema: parameters }) => ({
        name: stringAt(name),
        parameters,
      })),
    toolDescriptions: (body) => declared(body).map(({ description }) => description),
    maxOutputTokens: (body) => config(body)['maxOutputTokens'],
    temperature: (body) => config(body)['temperature'],
    topP: (body) => config(body)['topP'],
    reasoning: (body) => config(body)['thinkingConfig'],
    summary: (body) => objectAt(config(body)['thinkingConfig'])['includeThoughts'] === true || undefined,
    stop: (body) => config(body)['stopSequences'],
    seed: (body) => config(body)['seed'],
    toolChoice: (body) => {
      const { mode, allowedFunctionNames } = objectAt(objectAt(body['toolConfig'])['functionCallingConfig']);
      if (mode === 'ANY') {
        const names = Array.isArray(allowedFunctionNames) ? allowedFunctionNames : [];
        return names.length === 1 ? names[0] : 'required';
      }
      return mode === 'NONE' ? 'none' : mode === 'AUTO' ? 'auto' : undefined;
    },
    schema: (body) => config(body)['responseJsonSchema'],
    toolResults: (body) =>
      having(body, 'functionResponse').map(({ id, response }) => {
        const { output, error } = objectAt(response);
        return { id: stringAt(id), text: stringAt(output ?? error) };
      }),
    failedResults: (body) =>
      having(body, 'functionResponse')
        .filter(({ response }) => objectAt(response)['error'] !== undefined)
        .map(({ id }) => stringAt(id)),
    resultNames: (body) => having(body, 'functionResponse').map(({ name }) => name),
    toolCalls: (body) =>
      having(body, 'functionCall').map(({ id, name, args }) => ({
        id: stringAt(id),
        name: stringAt(name),
        arguments: JSON.stringify(args),
      })),
    image: (body) => media(body, /^image\//),
    document: (body) => media(body, /^application\/pdf/)?.data,
    signatures: (body) =>
      parts(body).flatMap(({ thoughtSignature }) =>
        typeof thoughtSignature === 'string' ? [thoughtSignature] : [],
      ),
  };
}
