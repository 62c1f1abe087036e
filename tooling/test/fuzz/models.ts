import type { ChatOptions } from '@mortise/core';
import { call, type Target } from './fuzz.ts';
import { chatOptions, image, isAsyncIterable } from './parts.ts';

/** A reply of a server, as its `fetch` gives it: what has no JSON is sent as a text that is none. */
function response(body: unknown): Response {
  let text = 'no JSON';
  try {
    text = JSON.stringify(body) ?? text;
  } catch {
    // It stays what it is.
  }
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

function events(list: unknown): Response {
  const frames = Array.isArray(list) ? list : [list];
  const lines = frames.map((frame) => {
    try {
      const { type } = frame as { type?: unknown };
      return `event: ${typeof type === 'string' ? type : 'message'}\ndata: ${JSON.stringify(frame)}\n\n`;
    } catch {
      return 'data: {"no\n\n';
    }
  });
  return new Response(lines.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

export const connection = () => ({
  model: 'm-1',
  name: 'server',
  apiKey: 'key-of-the-fuzz',
  baseURL: 'http://localhost:9/v1',
  headers: { 'x-a': 'b' },
  retry: { maxAttempts: 1, baseDelayMs: 1 },
  timeoutMs: 300,
  deadlineMs: 400,
});

type Options = Record<string, unknown>;

/** An LLM of an integration: its constructor, what it is asked, and what its server says. */
export function llmTargets<O>(
  name: string,
  make: (options: O) => {
    chat(input: never, options: ChatOptions): Promise<unknown>;
    streamChat(input: never, options: ChatOptions): { final(): Promise<unknown> };
  },
  own: () => object,
  said: () => unknown,
  streamed: () => unknown[],
): Target[] {
  // A case must not see what another one did.
  const reply = () => structuredClone(said());
  const stream = () => structuredClone(streamed());
  const input = () => [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: [{ type: 'text', text: 'What?' }, image()] },
    { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'find', arguments: { q: 'x' } }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', content: 'found' }] },
  ];
  const options = (): ChatOptions => ({
    ...chatOptions(),
    reasoning: undefined,
    stop: undefined,
    seed: undefined,
  });
  const args = (): [Options, unknown, ChatOptions] => [{ ...connection(), ...own() }, input(), options()];
  const withFetch = (given: Options, fetch: () => Promise<Response>): O => {
    // What is spoilt as a whole stays as it is.
    return (isPlain(given) && !('fetch' in given) ? { ...given, fetch } : given) as O;
  };
  return [
    call(`${name}.chat`, args, (given, messages, asked) =>
      make(withFetch(given, async () => response(reply()))).chat(messages as never, asked),
    ),
    call(`${name}.streamChat`, args, (given, messages, asked) =>
      make(withFetch(given, async () => events(stream()))).streamChat(messages as never, asked),
    ),
    call(
      `${name}, a reply`,
      () => [reply()] as [unknown],
      (body) =>
        make(withFetch({ ...connection(), ...own() }, async () => response(body))).chat('q' as never, {}),
    ),
    call(
      `${name}, a stream`,
      () => [stream()] as [unknown],
      (frames) =>
        make(withFetch({ ...connection(), ...own() }, async () => events(frames))).streamChat(
          'q' as never,
          {},
        ),
    ),
    call(
      `${name}, its fetch`,
      () => [async () => response(reply())] as [() => Promise<Response>],
      (fetch) => make({ ...connection(), ...own(), fetch } as O).chat('q' as never, {}),
    ),
  ];
}

function isPlain(value: unknown): value is Options {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.getPrototypeOf({ ...value }) === Object.getPrototypeOf(value) &&
      !isAsyncIterable(value)
    );
  } catch {
    return false;
  }
}

/** A model whose server answers once, in JSON. */
export function jsonTargets<O>(
  name: string,
  run: (options: O, ...rest: never[]) => unknown,
  rest: () => unknown[],
  own: () => object,
  said: () => unknown,
): Target[] {
  const reply = () => structuredClone(said());
  const whole = (body: unknown) => ({ ...connection(), ...own(), fetch: async () => response(body) });
  return [
    call(
      name,
      () => [whole(reply()), ...rest()] as [O, ...never[]],
      (options, ...given) => run(options, ...given),
    ),
    call(
      `${name}, a reply`,
      () => [reply()] as [unknown],
      (body) => run(whole(body) as O, ...(rest() as never[])),
    ),
  ];
}
