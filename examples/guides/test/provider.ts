import type { LLMDialect } from '@mortise/conformance';

/** A `fetch` that answers with a text in a provider's words, without a network. `textFor` is given the body of the request. */
export function answering(dialect: LLMDialect, textFor: (asked: string) => string): typeof fetch {
  return async (url, init) => {
    const sent = new Request(url, init);
    const text = await sent.text();
    const request = {
      method: 'POST',
      path: new URL(sent.url).pathname,
      headers: {},
      body: JSON.parse(text) as unknown,
      text,
      closedEarly: Promise.resolve(false),
    };
    const pieces = textFor(text).match(/[^]{1,12}/g) ?? [];
    const answer = {
      id: 'reply_1',
      model: 'some-model',
      parts: [{ type: 'text', pieces }],
      finish: 'stop',
      usage: { inputTokens: 14, outputTokens: 17 },
    } as const;
    if (!dialect.streams(request)) return Response.json(dialect.body(answer));
    const frames = dialect
      .frames(answer)
      .map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
    return new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } });
  };
}
