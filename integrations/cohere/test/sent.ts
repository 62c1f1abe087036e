import type { Warning } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { CohereLLM, type CohereLLMOptions, type CohereProviderOptions } from '@mortise/cohere';

export const REPLY = {
  id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
  message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
  finish_reason: 'COMPLETE',
  usage: {
    billed_units: { input_tokens: 3, output_tokens: 1 },
    tokens: { input_tokens: 69, output_tokens: 2 },
  },
};

export interface Sent {
  readonly body: Record<string, unknown>;
  readonly warnings: Warning[];
  readonly url: string;
  readonly headers: Headers;
}

/** The body that a call sends, and the warnings that come back. Nothing leaves the process. */
export async function sent(
  input: ChatInput,
  options: ChatOptions<CohereProviderOptions> = {},
  settings: Partial<CohereLLMOptions> = {},
): Promise<Sent> {
  let request: Omit<Sent, 'warnings'> | undefined;
  const llm = new CohereLLM({
    model: 'command-test',
    apiKey: 'co-test',
    retry: false,
    fetch: async (url, init) => {
      const body = JSON.parse(init?.body as string) as Record<string, unknown>;
      request = { url: url as string, body, headers: new Headers(init?.headers) };
      return Response.json(REPLY);
    },
    ...settings,
  });
  const { warnings } = await llm.chat(deepFreeze(input), options);
  if (request === undefined) throw new Error('Nothing was sent.');
  return { ...request, warnings };
}

/** C-05: what a call is given stays as it was; a frozen input makes every write to it throw. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
