import { MistralEmbedding, MistralLLM, type MistralClient, type MistralHttpClient } from '@mortise/mistral';
import { call, fuzz } from './fuzz.ts';
import { connection, jsonTargets, llmTargets } from './models.ts';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, num_cached_tokens: 1 };
const thinking = {
  type: 'thinking',
  thinking: [{ type: 'text', text: 'hm' }],
  signature: 'c2ln',
  closed: true,
};
const reference = { type: 'reference', reference_ids: [0, 'a'] };
const ofCall = {
  id: 'abcdefgh1',
  type: 'function',
  index: 0,
  function: { name: 'find', arguments: '{"q":1}' },
};
const address = () => ({ baseURL: 'http://localhost:9', callIds: { characters: 'alphanumeric', length: 9 } });
const reply = (message: object) => ({
  id: 'r',
  object: 'chat.completion',
  created: 1_769_088_720,
  model: 'm-1',
  choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  usage,
});
const chunk = (delta: object, more: object = {}) => ({
  id: 'r',
  object: 'chat.completion.chunk',
  model: 'm-1',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});

/** A client of the caller's, which may be spoilt. */
const client = (): MistralClient => {
  class Client {
    readonly _options: { httpClient: MistralHttpClient };
    constructor(options: { httpClient: MistralHttpClient }) {
      this._options = options;
    }
    get chat() {
      const ask = () => this._options.httpClient.request(new Request('http://localhost:9/v1'));
      return { complete: ask, stream: ask };
    }
  }
  return new Client({
    httpClient: { request: async () => Response.json(reply({ content: 'yes', tool_calls: [ofCall] })) },
  });
};

fuzz('integrations/mistral', [
  ...llmTargets(
    'MistralLLM',
    (options: ConstructorParameters<typeof MistralLLM>[0]) => new MistralLLM(options),
    address,
    () => reply({ content: [thinking, { type: 'text', text: 'yes' }, reference], tool_calls: [ofCall] }),
    () => [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: [thinking, { type: 'text', text: 'y' }] }),
      chunk({ content: 'es' }),
      chunk({ content: [reference], tool_calls: [ofCall] }),
      { ...chunk({ content: '' }, { finish_reason: 'tool_calls' }), usage },
    ],
  ),
  ...jsonTargets(
    'MistralEmbedding.embedTexts',
    (options: ConstructorParameters<typeof MistralEmbedding>[0], texts, asked) =>
      new MistralEmbedding(options).embedTexts(texts, asked),
    () => [['a', 'b'], { providerOptions: { mistral: { output_dtype: 'float' } } }],
    () => ({ baseURL: 'http://localhost:9', metadata: { maxBatchSize: 10 }, dimensions: 2 }),
    () => ({
      data: [
        { index: 1, embedding: [1, 0] },
        { index: 0, embedding: [0, 1] },
      ],
      model: 'm',
      usage: { prompt_tokens: 2 },
    }),
  ),
  call(
    'a client of the caller',
    () => [client()] as [MistralClient],
    (given) => new MistralLLM({ ...connection(), baseURL: undefined, client: given }).chat('q'),
  ),
]);
