import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toolCallBlock } from '@mortise/core';
import { BaseReranker, type RankReply, type RankRequest } from '@mortise/core/reranker';
import { createDocument, createTextNode } from '@mortise/core/retriever';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import {
  BM25Retriever,
  createQueryEngine,
  FusionRetriever,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  RerankPostprocessor,
  SentenceSplitter,
  VectorRetriever,
} from '@mortise/rag';
import { runTools, tool } from '@mortise/toolkit';

/** What the scenes hold that no span may show without consent: each is in a prompt, a reply, a document, an argument or a result. */
export const PRIVATE = [
  'purple-question',
  'purple-answer',
  'purple-document',
  'purple-argument',
  'purple-result',
  'purple-system',
];
export const KEY = `key-${'0123456789'.repeat(3)}/+"=`;

/** A server that speaks OpenAI's wire over a real socket. */
export interface Provider {
  readonly baseURL: string;
  /** What the next requests get instead of an answer. */
  readonly failures: ((response: ServerResponse) => void)[];
  /** Stops after the first piece of a stream until it is called. */
  close(): Promise<void>;
}

const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 5 },
};
const PIECES = ['purple-', 'answer', ' it is.'];

export async function startProvider(): Promise<Provider> {
  const failures: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const failure = failures.shift();
    if (failure !== undefined) return failure(response);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean; input?: string[] };
    if (request.url?.endsWith('/embeddings') === true) {
      const data = (body.input ?? []).map((_, index) => ({ index, embedding: [1, index] }));
      return json(response, { model: 'embed-2', data, usage: { prompt_tokens: 7, total_tokens: 7 } });
    }
    const about = { id: 'chatcmpl-1', model: 'gpt-x-2026', created: 1 };
    if (body.stream !== true) {
      const message = { role: 'assistant', content: PIECES.join('') };
      return json(response, {
        ...about,
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: USAGE,
      });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (part: object): void =>
      void response.write(`data: ${JSON.stringify({ ...about, ...part })}\n\n`);
    for (const content of PIECES) {
      send({ choices: [{ index: 0, delta: { content } }] });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    send({ choices: [], usage: USAGE });
    response.end('data: [DONE]\n\n');
  }

  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    failures,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A refusal of a busy server, in words that repeat what it was sent. */
export function busy(status: number): (response: ServerResponse) => void {
  return (response) => {
    const headers = { 'content-type': 'application/json', 'retry-after-ms': '1' };
    const message = `busy: ${KEY} purple-question`;
    response.writeHead(status, headers).end(JSON.stringify({ error: { message, type: 'server_error' } }));
  };
}

export function openai(provider: Provider): OpenAILLM {
  const { baseURL } = provider;
  return new OpenAILLM({
    model: 'gpt-x',
    apiKey: KEY,
    baseURL,
    api: 'chat-completions',
    name: 'eu-gateway',
    retry: { baseDelayMs: 1 },
  });
}

const messages = [
  { role: 'system' as const, content: 'purple-system' },
  { role: 'user' as const, content: 'purple-question' },
];

export const scenes = {
  async chat(provider: Provider) {
    const settings = {
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 50,
      seed: 3,
      responseFormat: { type: 'text' as const },
    };
    await openai(provider).chat(messages, settings);
  },
  async stream(provider: Provider) {
    let text = '';
    for await (const delta of openai(provider).streamChat(messages).textStream) text += delta;
    if (text !== PIECES.join('')) throw new Error(text);
  },
  async completion() {
    await new ScriptedLLM({ replies: ['purple-answer'] }).complete('purple-question');
  },
  async 'tool loop with an approval'() {
    const pay = tool({
      name: 'pay',
      description: 'Pays.',
      parameters: { type: 'object', properties: { to: { type: 'string' } } },
      needsApproval: true,
      execute: () => 'purple-result',
    });
    const call = [toolCallBlock('call-1', 'pay', '{"to":"purple-argument"}')];
    const usage = { inputTokens: 10, outputTokens: 4, totalTokens: 14 };
    const options = { tools: [pay], approvalKey: 'a secret of 32 bytes, at least 16', runId: 'run-1' };
    const asked = await runTools(new ScriptedLLM({ replies: [call], usage }), 'purple-question', options);
    const approvals = asked.approvals.map(({ callId, token }) => ({ callId, token, approved: true }));
    await runTools(new ScriptedLLM({ replies: ['purple-answer'], usage }), asked.state, {
      ...options,
      approvals,
    });
  },
  async 'embedding batch with a retry'(provider: Provider) {
    provider.failures.push(busy(503));
    const { baseURL } = provider;
    const retry = { baseDelayMs: 1 };
    await new OpenAIEmbedding({ model: 'embed', apiKey: KEY, baseURL, retry }).embedTexts([
      'purple-document',
      'b',
    ]);
  },
  async 'hybrid retrieval with rerank'() {
    await retrieve('purple-question in the document');
  },
  async 'query with citations'() {
    const { retriever } = await indexed();
    const llm = new ScriptedLLM({
      replies: ['It is [1] "purple-document".'],
      usage: { inputTokens: 30, outputTokens: 9 },
    });
    const engine = createQueryEngine({ llm, retriever });
    const { citations } = await engine.query('purple-question');
    if (citations.length !== 1) throw new Error('no citation');
  },
  async ingestion() {
    const pipeline = new IngestionPipeline({
      documents: new MemoryDocumentStore(),
      vectors: new MemoryVectorStore(),
      embedding: new HashEmbedding(),
      transforms: [new SentenceSplitter()],
    });
    await pipeline.run([createDocument({ id: 'a', text: 'A purple-document.' })]);
  },
} satisfies Readonly<Record<string, (provider: Provider) => Promise<void>>>;

async function indexed() {
  const embedding = new HashEmbedding();
  const nodes = ['A purple-document of the house.', 'Another one.'].map((text, at) =>
    createTextNode({ id: `node-${at}`, text }),
  );
  const store = new MemoryVectorStore();
  const { embeddings } = await embedding.embedTexts(nodes.map(({ text }) => text));
  await store.upsert(nodes.map((node, at) => ({ node, embedding: embeddings[at]! })));
  const parts = [
    { retriever: new BM25Retriever({ nodes }) },
    { retriever: new VectorRetriever({ store, embedding }) },
  ];
  return { retriever: new FusionRetriever({ retrievers: parts }) };
}

async function retrieve(query: string): Promise<void> {
  const { retriever } = await indexed();
  const found = await retriever.retrieve(query, { topK: 2 });
  const reranker = new HouseReranker();
  await new RerankPostprocessor({ reranker }, { topN: 1 }).postprocess(query, found);
}

class HouseReranker extends BaseReranker {
  readonly metadata = { maxDocuments: 10, comparableScores: true };

  constructor() {
    super({ provider: 'voyage', model: 'rank-1' });
  }

  async doRerank({ documents }: RankRequest): Promise<RankReply> {
    return {
      results: documents.map((_, index) => ({ index, score: 1 - index / 10 })),
      usage: { inputTokens: 12 },
    };
  }
}
