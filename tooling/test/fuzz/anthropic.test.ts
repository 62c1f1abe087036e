import { AnthropicLLM } from '@mortise/anthropic';
import { fuzz } from './fuzz.ts';
import { llmTargets } from './models.ts';

const usage = { input_tokens: 3, output_tokens: 2 };

fuzz('integrations/anthropic', [
  ...llmTargets(
    'AnthropicLLM',
    (options: ConstructorParameters<typeof AnthropicLLM>[0]) => new AnthropicLLM(options),
    () => ({}),
    () => ({
      id: 'r',
      type: 'message',
      role: 'assistant',
      model: 'm-1',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'yes', citations: [] },
        { type: 'tool_use', id: 'c', name: 'find', input: { q: 1 } },
      ],
      stop_reason: 'end_turn',
      usage,
    }),
    () => [
      { type: 'message_start', message: { id: 'r', model: 'm-1', role: 'assistant', content: [], usage } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'yes' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c', name: 'find', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ],
  ),
]);
