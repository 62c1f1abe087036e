import type { Warning } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { MistralLLM, type MistralLLMOptions, type MistralProviderOptions } from '@mortise/mistral';

/** A whole reply with this message. */
export function replyOf(message: object, more: object = {}): object {
  return {
    id: 'r1',
    object: 'chat.completion',
    created: 1_769_088_720,
    model: 'mistral-test-2512',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    ...more,
  };
}

export const REPLY = replyOf({ content: 'Hello' });

/** The same message in a stream, one delta after another. */
export function streamOf(deltas: readonly object[], reason = 'stop'): string {
  const base = {
    id: 'r1',
    object: 'chat.completion.chunk',
    created: 1_769_088_720,
    model: 'mistral-test-2512',
  };
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
  const chunks = [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: { content: '' }, finish_reason: reason }], usage },
  ];
  return [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('');
}

/** A model that is answered with this body: an object, or the text of a stream. */
export function answered(body: object | string, options: Partial<MistralLLMOptions> = {}): MistralLLM {
  const fetch = async (): Promise<Response> =>
    typeof body === 'string'
      ? new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      : Response.json(body);
  return new MistralLLM({ model: 'mistral-test', apiKey: 'mistral-test', retry: false, fetch, ...options });
}

export interface Sent {
  readonly body: Record<string, any>;
  readonly warnings: Warning[];
  readonly url: string;
  readonly headers: Headers;
}

/** The body that a call sends, and the warnings that come back. Nothing leaves the process. */
export async function sent(
  input: ChatInput,
  options: ChatOptions<MistralProviderOptions> = {},
  settings: Partial<MistralLLMOptions> = {},
): Promise<Sent> {
  let request: Omit<Sent, 'warnings'> | undefined;
  const llm = new MistralLLM({
    model: 'mistral-test',
    apiKey: 'mistral-test',
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
