import {
  anthropicMessages,
  bedrockConverse,
  bedrockRerank,
  bedrockTitanEmbeddings,
  cohereChat,
  cohereEmbed,
  cohereRerank,
  googleEmbeddings,
  googleGenerateContent,
  mistralChat,
  mistralEmbeddings,
  openAIChatCompletions,
  openAIEmbeddings,
  openAIResponses,
  voyageEmbeddings,
  voyageRerank,
  type EmbeddingDialect,
  type LLMDialect,
  type RerankDialect,
  type WireRequest,
} from '@mortise/conformance';

/** Which wire an address speaks: the first whose pattern fits. */
const CHATS: readonly (readonly [RegExp, LLMDialect])[] = [
  [/\/v1\/messages$/, anthropicMessages],
  [/\/converse(-stream)?$/, bedrockConverse],
  [/cohere\.com\/v2\/chat$/, cohereChat],
  [/:(?:streamG|g)enerateContent/, googleGenerateContent],
  [/mistral\.ai\/v1\/chat\/completions$/, mistralChat],
  [/\/chat\/completions(\?|$)/, openAIChatCompletions],
  [/\/responses(\?|$)/, openAIResponses],
];
const EMBEDDINGS: readonly (readonly [RegExp, EmbeddingDialect])[] = [
  [/titan-embed.*\/invoke$/, bedrockTitanEmbeddings],
  [/\/v2\/embed$/, cohereEmbed],
  [/:batchEmbedContents/, googleEmbeddings],
  [/mistral\.ai\/v1\/embeddings$/, mistralEmbeddings],
  [/voyageai\.com\/v1\/embeddings$/, voyageEmbeddings],
  [/\/embeddings(\?|$)/, openAIEmbeddings],
];
const RERANKERS: readonly (readonly [RegExp, RerankDialect])[] = [
  [/rerank.*\/invoke$/, bedrockRerank],
  [/\/v2\/rerank$/, cohereRerank],
  [/voyageai\.com\/v1\/rerank$/, voyageRerank],
];

/** For servers that a test starts itself. */
const toServers = globalThis.fetch;

/**
 * A `fetch` that answers as the providers would, without a network. `textFor` is given the body of a request to a chat
 * model. Embeddings are numbers that follow from the texts; a reranker puts the first documents first.
 */
export function providers(textFor: (asked: string) => string): typeof fetch {
  return async (url, init) => {
    const sent = new Request(url, init);
    if (new URL(sent.url).hostname === '127.0.0.1') return toServers(sent);
    const text = await sent.text();
    const request: WireRequest = {
      method: sent.method,
      path: new URL(sent.url).pathname,
      headers: Object.fromEntries(sent.headers),
      body: JSON.parse(text) as unknown,
      text,
      closedEarly: Promise.resolve(false),
    };
    const of = <D>(dialects: readonly (readonly [RegExp, D])[]): D | undefined =>
      dialects.find(([address]) => address.test(decodeURIComponent(sent.url)))?.[1];
    const [chat, embedding, reranker] = [of(CHATS), of(EMBEDDINGS), of(RERANKERS)];
    if (chat !== undefined) return chatReply(chat, request, textFor(text));
    if (embedding !== undefined) return embeddingReply(embedding, request);
    if (reranker !== undefined) return rerankReply(reranker, request);
    throw new TypeError(`Nobody answers at ${sent.url}.`);
  };
}

function chatReply(dialect: LLMDialect, request: WireRequest, text: string): Response {
  const answer = {
    id: 'reply_1',
    model: 'some-model',
    parts: [{ type: 'text', pieces: text.match(/[^]{1,12}/g) ?? [] }],
    finish: 'stop',
    usage: { inputTokens: 14, outputTokens: 17 },
  } as const;
  if (!dialect.streams(request)) return Response.json(dialect.body(answer));
  const frames = dialect
    .frames(answer)
    .map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
  return new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

function embeddingReply(dialect: EmbeddingDialect, request: WireRequest): Response {
  const size = dialect.dimensions?.(request) ?? 8;
  const rows = dialect.inputs(request).map((text, index) => ({
    index,
    vector: Array.from({ length: size }, (_, at) => ((text.charCodeAt(at % text.length) % 32) + 1) / 32),
  }));
  const options = { model: 'some-model', encoding: dialect.encoding(request), inputTokens: 9 } as const;
  return Response.json(dialect.body(rows, options), { headers: dialect.headers?.(options) ?? {} });
}

function rerankReply(dialect: RerankDialect, request: WireRequest): Response {
  const documents = dialect.documents(request);
  const results = documents.map((_, index) => ({ index, score: 1 / (index + 1) }));
  return Response.json(dialect.body(results.slice(0, dialect.topN(request))));
}
