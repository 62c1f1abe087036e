import type { Warning } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { OpenAILLM, type OpenAILLMOptions, type OpenAIProviderOptions } from '@mortise/openai';

export const CHAT_REPLY = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-test-2026-09-01',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

export const RESPONSE_REPLY = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-test-2026-09-01',
  output: [
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
    },
  ],
  usage: {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 4,
  },
};

export type Options = ChatOptions<OpenAIProviderOptions>;

/** The body that a call sends, and the warnings that come back. Nothing leaves the process. */
export async function sent(
  api: 'responses' | 'chat-completions',
  input: ChatInput,
  options: Options = {},
  settings: Partial<OpenAILLMOptions> = {},
): Promise<{ body: Record<string, unknown>; warnings: Warning[]; path: string }> {
  let body: Record<string, unknown> | undefined;
  let path = '';
  const llm = new OpenAILLM({
    model: 'gpt-test',
    api,
    apiKey: 'sk-test',
    retry: false,
    ...settings,
    fetch: async (url, init) => {
      path = new URL(url instanceof Request ? url.url : url).pathname;
      body = JSON.parse(init?.body as string) as Record<string, unknown>;
      return Response.json(api === 'responses' ? RESPONSE_REPLY : CHAT_REPLY);
    },
  });
  const frozen = deepFreeze(input);
  const { warnings } = await llm.chat(frozen, options);
  return { body: body!, warnings, path };
}

/** C-05: what a call is given stays as it was; a frozen input makes every write to it throw. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
