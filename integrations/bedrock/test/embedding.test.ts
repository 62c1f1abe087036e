import { describe, expect, it } from 'vitest';
import { BedrockEmbedding, BedrockReranker } from '@mortise/bedrock';

function serving(reply: (body: Record<string, any>) => object, headers: Record<string, string> = {}) {
  const sent: { url: string; body: Record<string, any> }[] = [];
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(init?.body as string) as Record<string, any>;
    sent.push({ url: url as string, body });
    return Response.json(reply(body), { headers });
  };
  return { sent, options: { region: 'us-east-1', apiKey: 'test', retry: false as const, fetch } };
}

describe('Titan', () => {
  const reply = (body: Record<string, any>) => ({
    embedding: [body['inputText'] === 'a' ? 1 : 2, 0],
    embeddingsByType: { float: [1, 0] },
    inputTextTokenCount: 3,
  });

  it('M-01: takes one text a request, with dimensions and normalize, and makes no difference of kinds', async () => {
    const { sent, options } = serving(reply);
    const model = 'amazon.titan-embed-text-v2:0';
    const embedding = new BedrockEmbedding({ model, dimensions: 2, normalize: false, ...options });
    const { embeddings, usage } = await embedding.embedTexts(['a', 'b']);
    await embedding.embedQuery('q');
    expect(sent.map(({ body }) => body)).toEqual(
      ['a', 'b', 'q'].map((inputText) => ({ inputText, dimensions: 2, normalize: false })),
    );
    expect(sent[0]!.url).toBe(
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke',
    );
    expect(embeddings.map(([first]) => first)).toEqual([1, 2]);
    expect(usage).toEqual({ inputTokens: 6 });
  });
});

describe('Cohere', () => {
  const float = (body: Record<string, any>) => (body['texts'] as string[]).map((_text, at) => [at, 1]);

  it('M-01: takes texts by their kind, and refuses what is too long', async () => {
    const { sent, options } = serving((body) => ({ embeddings: { float: float(body) } }), {
      'x-amzn-bedrock-input-token-count': '9',
    });
    const embedding = new BedrockEmbedding({ model: 'us.cohere.embed-v4:0', dimensions: 2, ...options });
    const { usage } = await embedding.embedTexts(['a', 'b']);
    await embedding.embedQuery('q', { providerOptions: { bedrock: { truncate: 'END' } } });
    const of = (texts: string[], input_type: string, truncate = 'NONE') => ({
      texts,
      input_type,
      truncate,
      embedding_types: ['float'],
      output_dimension: 2,
    });
    expect(sent.map(({ body }) => body)).toEqual([
      of(['a', 'b'], 'search_document'),
      of(['q'], 'search_query', 'END'),
    ]);
    expect(usage).toEqual({ inputTokens: 9 });
  });

  it('M-02: may give its rows without a type, and 96 texts go in a request', async () => {
    const { sent, options } = serving((body) => ({ embeddings: float(body) }));
    const embedding = new BedrockEmbedding({ model: 'arn:of:mine', family: 'cohere', ...options });
    const { embeddings, usage } = await embedding.embedTexts(
      Array.from({ length: 100 }, (_each, at) => `t${at}`),
    );
    expect(embeddings).toHaveLength(100);
    expect(sent.map(({ body }) => body['texts'].length)).toEqual([96, 4]);
    expect(usage).toEqual({});
  });
});

it('C-10: a model that does not say whose request it takes is refused when it is made', () => {
  expect(() => new BedrockEmbedding({ model: 'arn:of:mine' })).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringContaining('family') }),
  );
});

describe('rerankers', () => {
  it.each([
    ['cohere.rerank-v3-5:0', { api_version: 2 }],
    ['amazon.rerank-v1:0', {}],
  ])('K-01: %s', async (model, version) => {
    const { sent, options } = serving(() => ({
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
    }));
    const { results } = await new BedrockReranker({ model, ...options }).rerank('q', ['a', 'b'], { topN: 2 });
    expect(results).toEqual([
      { index: 1, score: 0.9 },
      { index: 0, score: 0.1 },
    ]);
    expect(sent[0]!.body).toEqual({ query: 'q', documents: ['a', 'b'], top_n: 2, ...version });
    expect(sent[0]!.url).toContain(`/model/${encodeURIComponent(model)}/invoke`);
  });
});
