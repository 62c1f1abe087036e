import { describe, expect, it } from 'vitest';
import { GoogleEmbedding, type GoogleEmbeddingOptions } from '@mortise/google';

interface Sent {
  readonly url: string;
  readonly body: Record<string, any>;
}

function embeddingOf(
  reply: (body: Record<string, any>) => object,
  options: Partial<GoogleEmbeddingOptions> = {},
) {
  const sent: Sent[] = [];
  const fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(init?.body as string) as Record<string, any>;
    sent.push({ url: input as string, body });
    return Response.json(reply(body));
  };
  const embedding = new GoogleEmbedding({
    model: 'gemini-embedding-001',
    fetch,
    retry: false,
    ...(options.project === undefined ? { apiKey: 'test' } : { headers: { authorization: 'Bearer t' } }),
    ...options,
  });
  return { embedding, sent };
}

const batch = (body: Record<string, any>) => ({
  embeddings: (body['requests'] as object[]).map((_each, at) => ({ values: [at, 1] })),
});

describe('the Gemini API', () => {
  it('M-02: sends documents and queries by their task', async () => {
    const { embedding, sent } = embeddingOf(batch, { dimensions: 2 });
    await embedding.embedTexts(['a', 'b']);
    await embedding.embedQuery('q');
    const of = (text: string, taskType: string) => ({
      model: 'models/gemini-embedding-001',
      content: { parts: [{ text }] },
      taskType,
      outputDimensionality: 2,
    });
    expect(sent.map(({ body }) => body)).toEqual([
      { requests: [of('a', 'RETRIEVAL_DOCUMENT'), of('b', 'RETRIEVAL_DOCUMENT')] },
      { requests: [of('q', 'RETRIEVAL_QUERY')] },
    ]);
    expect(sent[0]!.url).toBe(
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents',
    );
  });

  it('M-03: sends at most 100 texts a request', async () => {
    const { embedding, sent } = embeddingOf(batch);
    const { embeddings } = await embedding.embedTexts(
      Array.from({ length: 150 }, (_each, at) => `text ${at}`),
    );
    expect(embeddings).toHaveLength(150);
    expect(sent.map(({ body }) => body['requests'].length)).toEqual([100, 50]);
  });

  it('C-07: takes another task, or none', async () => {
    const { embedding, sent } = embeddingOf(batch);
    await embedding.embedTexts(['a'], { providerOptions: { google: { taskType: 'CLUSTERING' } } });
    await embedding.embedTexts(['a'], { providerOptions: { google: { taskType: null } } });
    expect(sent.map(({ body }) => body['requests'][0].taskType)).toEqual(['CLUSTERING', undefined]);
  });
});

describe('Vertex AI', () => {
  it('M-02: predicts, refuses what is too long, and tells what was cut all the same', async () => {
    const reply = (body: Record<string, any>) => ({
      predictions: (body['instances'] as object[]).map((_each, at) => ({
        embeddings: { values: [at, 1], statistics: { token_count: 3, truncated: at === 1 } },
      })),
    });
    const { embedding, sent } = embeddingOf(reply, { model: 'text-embedding-005', project: 'p' });
    const result = await embedding.embedTexts(['a', 'b']);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.url).toMatch(/\/projects\/p\/locations\/global\/.*text-embedding-005:predict$/);
    expect(sent[0]!.body).toEqual({
      instances: [
        { content: 'a', task_type: 'RETRIEVAL_DOCUMENT' },
        { content: 'b', task_type: 'RETRIEVAL_DOCUMENT' },
      ],
      parameters: { autoTruncate: false },
    });
    expect(result.usage.inputTokens).toBe(6);
    expect(result.warnings).toHaveLength(1);
  });

  it('M-03: sends one text a request to models of the Gemini family', async () => {
    const reply = () => ({ embedding: { values: [1, 2] }, usageMetadata: { promptTokenCount: 4 } });
    const { embedding, sent } = embeddingOf(reply, { model: 'gemini-embedding-2', project: 'p' });
    const { usage } = await embedding.embedTexts(['a', 'b']);
    expect(sent.map(({ body }) => body)).toEqual(
      ['a', 'b'].map((text) => ({
        content: { parts: [{ text }] },
        taskType: 'RETRIEVAL_DOCUMENT',
        autoTruncate: false,
      })),
    );
    expect(sent[0]!.url).toMatch(/gemini-embedding-2:embedContent$/);
    expect(usage.inputTokens).toBe(8);
  });
});
