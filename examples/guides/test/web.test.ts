import {
  createResponseStream,
  createTextNode,
  MortiseError,
  toolCallBlock,
  type QueryEngine,
  type ResponseStreamEvent,
} from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';
import { ScriptedLLM } from '@mortise/core/testing';
import { tool, type RunToolsEvent } from '@mortise/toolkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, titles, told } from '../browser.ts';
import { agentEndpoint, askEndpoint, chatEndpoint, refusingEndpoint, type Handler } from '../web-server.ts';

const request = (body: string): Request => new Request('http://localhost/', { method: 'POST', body });

/** What a page's `fetch` would give, with the handler for a server. */
function serving(handler: Handler): void {
  vi.stubGlobal('fetch', (_path: string, init: RequestInit) =>
    handler(new Request('http://localhost/', init)),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a chat', () => {
  const messages = [{ role: 'user' as const, content: 'hi' }];

  it('goes from the endpoint to the page', async () => {
    const llm = new ScriptedLLM({ replies: ['Hello, you.'] });
    serving(chatEndpoint(llm));
    const shown: string[] = [];
    await ask(messages, (text) => void shown.push(text), new AbortController().signal);
    expect(shown).toEqual(['Hell', 'o, y', 'ou.']);
    expect(llm.requests[0]?.messages).toEqual(messages);
  });

  it.each([
    [
      new MortiseError('rate-limit', 'x', { retryable: false }),
      'Too many questions at once. Try again in a minute.',
    ],
    [new MortiseError('quota', 'x'), 'No answer: quota.'],
  ])('says what failed: %s', async (error, text) => {
    serving(chatEndpoint(new ScriptedLLM({ replies: [error] })));
    const failed = await ask(messages, () => undefined, new AbortController().signal).catch(told);
    expect(failed).toBe(text);
  });

  it('says that it was cut, or stopped', async () => {
    serving(async () => new Response('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } }));
    const cut = await ask(messages, () => undefined, new AbortController().signal).catch(told);
    expect(cut).toBe('The connection was lost. The answer is not whole.');
    expect(told(new DOMException('x', 'AbortError'))).toBe('Stopped.');
  });

  it('is a 400 for what is no JSON, and for what is no conversation', async () => {
    const llm = new ScriptedLLM({ replies: ['Hello.'] });
    for (const body of ['{', '[]', '[{"role":"nobody","content":"x"}]'])
      expect((await refusingEndpoint(llm)(request(body))).status).toBe(400);
    expect((await refusingEndpoint(llm)(request(JSON.stringify(messages)))).status).toBe(200);
  });

  it('is refused when what comes is no conversation', async () => {
    const handler = chatEndpoint(new ScriptedLLM({ replies: [] }));
    await expect(handler(request('{"role":1}'))).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

it('an answer from documents shows the titles of its sources, not their texts', async () => {
  const node = createTextNode({ id: 'n1', text: 'secret', metadata: { title: 'Joints', path: '/srv' } });
  const sources = [{ node, score: 1 }];
  const response = { text: 'A.', sources, citations: [], outcome: 'answered', warnings: [], metadata: {} };
  const events: ResponseStreamEvent[] = [
    { type: 'sources', sources },
    { type: 'text-delta', delta: 'A.' },
    { type: 'finish', response },
  ];
  const engine: QueryEngine = {
    query: () => Promise.reject(new Error('not used')),
    streamQuery: () =>
      createResponseStream({
        name: 'query',
        async *events() {
          yield* events;
        },
      }),
  };
  const handler = askEndpoint(engine);
  expect(await titles(await handler(request('Why?')))).toEqual(['Joints']);
  expect(await (await handler(request('Why?'))).text()).not.toMatch(/secret|srv/);
});

it('a loop of tools goes to the page event by event', async () => {
  const now = tool({ name: 'now', description: 'x', parameters: { type: 'object' }, execute: () => 'noon' });
  const llm = new ScriptedLLM({ replies: [[toolCallBlock('c', 'now', '{}')], 'It is noon.'] });
  const response = await agentEndpoint(llm, [now])(request('[{"role":"user","content":"When?"}]'));
  const types = new Set<string>();
  for await (const event of fromSSE<RunToolsEvent>(response)) types.add(event.type);
  expect([...types]).toEqual([...['step-start', 'stream', 'response', 'tool-start', 'tool-end', 'step-end']]);
});
