import type { Warning } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { GoogleLLM, type GoogleLLMOptions, type GoogleProviderOptions } from '@mortise/google';

export const REPLY = {
  candidates: [{ content: { parts: [{ text: 'Hello' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 },
  modelVersion: 'gemini-test-001',
  responseId: 'r1',
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
  options: ChatOptions<GoogleProviderOptions> = {},
  settings: Partial<GoogleLLMOptions> = {},
): Promise<Sent> {
  let request: Omit<Sent, 'warnings'> | undefined;
  const llm = new GoogleLLM({
    model: 'gemini-test',
    apiKey: 'google-test',
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
