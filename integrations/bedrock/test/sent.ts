import type { Warning } from '@mortise/core';
import type { ChatInput, ChatOptions } from '@mortise/core/llm';
import { BedrockLLM, type BedrockLLMOptions, type BedrockProviderOptions } from '@mortise/bedrock';
import { awsFrame, awsFrames } from '@mortise/conformance';

export const REPLY = {
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
  metrics: { latencyMs: 7 },
};

export interface Sent {
  readonly body: Record<string, any>;
  readonly warnings: Warning[];
  readonly url: string;
  readonly headers: Headers;
}

/** The body that a call sends, and the warnings that come back. Nothing leaves the process. */
export async function sent(
  input: ChatInput,
  options: ChatOptions<BedrockProviderOptions> = {},
  settings: Partial<BedrockLLMOptions> = {},
): Promise<Sent> {
  let request: Omit<Sent, 'warnings'> | undefined;
  const llm = new BedrockLLM({
    model: 'us.anthropic.claude-test-v1:0',
    region: 'eu-west-1',
    ...(settings.credentials === undefined ? { apiKey: 'bedrock-test' } : {}),
    retry: false,
    fetch: async (url, init) => {
      const body = JSON.parse(init?.body as string) as Record<string, any>;
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

export type Event = readonly [name: string, data: object];

export function bytesOf(events: readonly Event[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(events.map(([name, data]) => awsFrames.bytes(awsFrame(name, data)))));
}

/** A streamed reply, in one piece or in pieces of so many bytes. */
export function streamed(bytes: Uint8Array<ArrayBuffer>, chunk = bytes.length): Response {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += chunk) controller.enqueue(bytes.slice(at, at + chunk));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': awsFrames.contentType } });
}

/** A model whose server answers so, and the bodies that it was sent. */
export function answering(response: () => Response, settings: Partial<BedrockLLMOptions> = {}) {
  const bodies: Record<string, any>[] = [];
  const llm = new BedrockLLM({
    model: 'us.anthropic.claude-test-v1:0',
    region: 'eu-west-1',
    apiKey: 'bedrock-test',
    retry: false,
    name: 'one',
    fetch: async (_url, init) => {
      bodies.push(JSON.parse(init?.body as string) as Record<string, any>);
      return response();
    },
    ...settings,
  });
  return { llm, bodies };
}

/** The events of a reply with this content, each block as its deltas. */
export function eventsOf(
  deltas: readonly (readonly [index: number, delta: object])[],
  stopReason = 'end_turn',
): Event[] {
  return [
    ['messageStart', { role: 'assistant' }],
    ...deltas.map(([contentBlockIndex, delta]): Event =>
      'start' in delta
        ? ['contentBlockStart', { contentBlockIndex, ...delta }]
        : ['contentBlockDelta', { contentBlockIndex, delta, p: 'abc' }],
    ),
    ['messageStop', { stopReason }],
    ['metadata', { usage: REPLY.usage, metrics: { latencyMs: 7 }, p: 'ab' }],
  ];
}
