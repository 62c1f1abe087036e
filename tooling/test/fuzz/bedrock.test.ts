import { Buffer } from 'node:buffer';
import { awsFrame, awsFrames } from '@mortise/conformance';
import { BedrockEmbedding, BedrockLLM, BedrockReranker } from '@mortise/bedrock';
import { call, fuzz } from './fuzz.ts';
import { connection, jsonTargets, llmTargets } from './models.ts';

const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
const cited = {
  title: 'T',
  sourceContent: [{ text: 'q' }],
  location: { documentChar: { documentIndex: 0 } },
};
const own = () => ({
  region: 'us-east-1',
  baseURL: 'http://localhost:9',
  metadata: { capabilities: { tools: true } },
});
const make = (options: ConstructorParameters<typeof BedrockLLM>[0]): BedrockLLM => new BedrockLLM(options);
const events = (): [event: string, data: unknown][] => [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'yes' } }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { citation: cited } }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'c', name: 'find' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"q":1}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage, metrics: { latencyMs: 1 } }],
];

/** What is no event is sent as an event that is none. */
function streamOf(list: unknown): Response {
  const frames = (Array.isArray(list) ? list : [list]).map((each: unknown) => {
    try {
      const [event, data] = each as [unknown, unknown];
      return awsFrames.bytes(awsFrame(String(event).slice(0, 1_000), data ?? null));
    } catch {
      return Buffer.from('no frame');
    }
  });
  return new Response(Buffer.concat(frames), { headers: { 'content-type': awsFrames.contentType } });
}

fuzz('integrations/bedrock', [
  ...llmTargets(
    'BedrockLLM',
    make,
    own,
    () => ({
      output: {
        message: {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } },
            { citationsContent: { content: [{ text: 'yes' }], citations: [cited] } },
            { toolUse: { toolUseId: 'c', name: 'find', input: { q: 1 } } },
          ],
        },
      },
      stopReason: 'tool_use',
      usage,
    }),
    () => [],
    // Its streams are of frames.
  ).filter(({ name }) => !/stream/.test(name)),
  call(
    'BedrockLLM, frames',
    // A case must not see what another one did.
    () => [structuredClone(events())] as [unknown],
    (list) =>
      make({ ...connection(), ...own(), fetch: async () => streamOf(list) })
        .streamChat('q')
        .final(),
  ),
  ...jsonTargets(
    'BedrockEmbedding.embedTexts',
    (options: ConstructorParameters<typeof BedrockEmbedding>[0], texts, asked) =>
      new BedrockEmbedding(options).embedTexts(texts, asked),
    () => [['a', 'b'], { kind: 'query' }],
    () => ({ ...own(), family: 'cohere', metadata: { maxBatchSize: 10 }, dimensions: 2 }),
    () => ({
      embeddings: {
        float: [
          [1, 0],
          [0, 1],
        ],
      },
    }),
  ),
  ...jsonTargets(
    'BedrockReranker.rerank',
    (options: ConstructorParameters<typeof BedrockReranker>[0], query, documents, asked) =>
      new BedrockReranker(options).rerank(query, documents, asked),
    () => ['q', ['a', 'b'], { topN: 1 }],
    () => ({ ...own(), metadata: { maxDocuments: 10 } }),
    () => ({
      results: [
        { index: 1, relevance_score: 0.5 },
        { index: 0, relevance_score: 0.25 },
      ],
    }),
  ),
  call(
    'keys of AWS',
    () => [{ accessKeyId: 'AKIDTEST', secretAccessKey: 'secret-of-nobody' }] as [never],
    (credentials) => {
      const { retry } = connection();
      const fetch = async () => Response.json({ results: [{ index: 0, relevance_score: 1 }] });
      const options = { model: 'm', region: 'us-east-1', retry, credentials, fetch };
      return new BedrockReranker(options).rerank('q', ['a']);
    },
  ),
]);
