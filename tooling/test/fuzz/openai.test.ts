import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { fuzz } from './fuzz.ts';
import { jsonTargets, llmTargets } from './models.ts';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const call = { id: 'c', type: 'function', function: { name: 'find', arguments: '{"q":1}' } };

fuzz('integrations/openai', [
  ...llmTargets(
    'OpenAILLM, chat completions',
    (options: ConstructorParameters<typeof OpenAILLM>[0]) => new OpenAILLM(options),
    () => ({ api: 'chat-completions' }),
    () => ({
      id: 'r',
      model: 'm-1',
      created: 1,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: 'yes', tool_calls: [call] },
        },
      ],
      usage,
    }),
    () => [
      { id: 'r', model: 'm-1', choices: [{ index: 0, delta: { role: 'assistant', content: 'ye' } }] },
      { id: 'r', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] } }] },
      { id: 'r', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
    ],
  ),
  ...llmTargets(
    'OpenAILLM, responses',
    (options: ConstructorParameters<typeof OpenAILLM>[0]) => new OpenAILLM(options),
    () => ({ api: 'responses' }),
    () => ({
      id: 'r',
      model: 'm-1',
      created_at: 1,
      status: 'completed',
      output: [
        {
          type: 'message',
          id: 'i',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'yes', annotations: [] }],
        },
        { type: 'function_call', id: 'j', call_id: 'c', name: 'find', arguments: '{}' },
      ],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    }),
    () => [
      { type: 'response.created', response: { id: 'r', model: 'm-1' } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: 'i', content: [] },
      },
      { type: 'response.output_text.delta', item_id: 'i', output_index: 0, content_index: 0, delta: 'yes' },
      {
        type: 'response.completed',
        response: {
          id: 'r',
          model: 'm-1',
          status: 'completed',
          output: [
            {
              type: 'message',
              id: 'i',
              role: 'assistant',
              content: [{ type: 'output_text', text: 'yes', annotations: [] }],
            },
          ],
          usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
        },
      },
    ],
  ),
  ...jsonTargets(
    'OpenAIEmbedding.embedTexts',
    (options: ConstructorParameters<typeof OpenAIEmbedding>[0], texts, asked) =>
      new OpenAIEmbedding(options).embedTexts(texts, asked),
    () => [['a', 'b'], { dimensions: 2 }],
    () => ({ dimensions: 2 }),
    () => ({
      data: [
        { index: 0, embedding: [1, 0] },
        { index: 1, embedding: [0, 1] },
      ],
      usage,
    }),
  ),
]);
