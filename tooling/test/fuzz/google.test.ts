import { GoogleEmbedding, GoogleLLM, type GoogleCall, type GoogleClient } from '@mortise/google';
import { call, fuzz } from './fuzz.ts';
import { connection, jsonTargets, llmTargets } from './models.ts';

const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 };
const found = {
  groundingChunks: [{ web: { uri: 'http://a', title: 'a' } }],
  groundingSupports: [{ segment: { startIndex: 0, endIndex: 3, text: 'yes' }, groundingChunkIndices: [0] }],
};
const ofCall = { functionCall: { id: 'c', name: 'find', args: { q: 1 } }, thoughtSignature: 'c2ln' };
const address = () => ({
  baseURL: 'http://localhost:9',
  apiVersion: 'v1beta',
  metadata: { capabilities: { tools: true } },
});

/** A client of the caller's, of which nothing but its `fetch` is used: what it does may be spoilt. */
const client = (): GoogleClient => {
  const ask = async ({ config }: GoogleCall) => config.httpOptions.fetch('http://localhost:9/x');
  return { vertexai: false, models: { generateContent: ask, generateContentStream: ask, embedContent: ask } };
};
const reply = () => ({
  candidates: [{ content: { parts: [{ text: 'yes' }] }, finishReason: 'STOP' }],
  embeddings: [{ values: [1, 0] }],
});

fuzz('integrations/google', [
  ...llmTargets(
    'GoogleLLM',
    (options: ConstructorParameters<typeof GoogleLLM>[0]) => new GoogleLLM(options),
    address,
    () => ({
      responseId: 'r',
      modelVersion: 'm-1',
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'yes' }, ofCall] },
          finishReason: 'STOP',
          groundingMetadata: found,
        },
      ],
      usageMetadata,
    }),
    () => [
      { responseId: 'r', modelVersion: 'm-1', candidates: [{ content: { parts: [{ text: 'y' }] } }] },
      { responseId: 'r', candidates: [{ content: { parts: [{ text: 'es' }, ofCall] } }] },
      {
        responseId: 'r',
        candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP', groundingMetadata: found }],
        usageMetadata,
      },
    ],
  ),
  ...jsonTargets(
    'GoogleEmbedding.embedTexts',
    (options: ConstructorParameters<typeof GoogleEmbedding>[0], texts, asked) =>
      new GoogleEmbedding(options).embedTexts(texts, asked),
    () => [['a', 'b'], { kind: 'query' }],
    () => ({ ...address(), metadata: { maxBatchSize: 10 }, dimensions: 2 }),
    () => ({ embeddings: [{ values: [1, 0] }, { values: [0, 1] }] }),
  ),
  call(
    'a client of the caller',
    () => [client()] as [GoogleClient],
    async (given) => {
      const options = {
        ...connection(),
        baseURL: undefined,
        client: given,
        fetch: async () => Response.json(reply()),
      };
      await new GoogleLLM(options).chat('q');
      await new GoogleEmbedding(options).embedText('a');
    },
  ),
  // Its headers stay as they are: without them credentials would be looked for on the network.
  call(
    'GoogleLLM over Vertex AI',
    () => ['p', 'eu', 'v1'] as [string, string, string],
    (project, location, apiVersion) => {
      const { retry } = connection();
      const own = {
        model: 'm',
        retry,
        headers: { authorization: 'a' },
        fetch: async () => Response.json(reply()),
      };
      return new GoogleLLM({ ...own, project, location, apiVersion }).chat('q');
    },
  ),
]);
