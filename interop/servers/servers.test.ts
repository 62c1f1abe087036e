import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { ChatStreamEvent, LLM } from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expressApp } from './express.ts';
import { honoApp } from './hono.ts';
import { endlessProvider, listening, stop } from './provider.ts';
import { untilSilent } from './until-silent.ts';

const frameworks: readonly [string, (llm: LLM) => Server][] = [
  ['hono', (llm) => createServer(getRequestListener(honoApp(llm).fetch))],
  ['express', (llm) => createServer(expressApp(llm))],
];

async function asking(server: Server, signal?: AbortSignal): Promise<Response> {
  onTestFinished(() => stop(server));
  return fetch(`${await listening(server)}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[{"role":"user","content":"hi"}]',
    ...(signal === undefined ? {} : { signal }),
  });
}

describe.each(frameworks)('%s', (_name, serverOf) => {
  test('an answer comes whole', async () => {
    const response = await asking(serverOf(new ScriptedLLM({ replies: ['Hello, you.'] })));
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const texts: string[] = [];
    for await (const event of fromSSE<ChatStreamEvent>(response))
      if (event.type === 'text-delta') texts.push(event.delta as string);
    expect(texts).toEqual(['Hell', 'o, y', 'ou.']);
  });

  test('a client that leaves closes the connection of the provider', async () => {
    const provider = await endlessProvider('word ', 5);
    onTestFinished(() => provider.stop());
    const controller = new AbortController();
    const response = await asking(serverOf(provider.llm), controller.signal);
    const events = fromSSE<ChatStreamEvent>(response);
    await events.next();
    await events.next();
    expect(provider.closed).toEqual([]);
    const leaving = performance.now();
    controller.abort();
    await vi.waitFor(() => expect(provider.closed).toHaveLength(1));
    if (process.env['MORTISE_MEASURE'] !== undefined)
      console.log(`closed after ${(provider.closed[0]! - leaving).toFixed(1)} ms`);
    // What had arrived before is still read.
    const reading = (async () => {
      while (!(await events.next()).done);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a client that does not read holds the provider back', async () => {
    const provider = await endlessProvider('word '.repeat(2_000), 0);
    onTestFinished(() => provider.stop());
    const before = process.memoryUsage().rss;
    const response = await asking(serverOf(provider.llm));
    const reader = response.body!.getReader();
    await reader.read();
    await untilSilent(() => provider.written);
    if (process.env['MORTISE_MEASURE'] !== undefined) {
      const grown = (process.memoryUsage().rss - before) / 2 ** 20;
      console.log(`${(provider.written / 2 ** 20).toFixed(1)} MB written, ${grown.toFixed(1)} MB of memory`);
    }
    // Buffers of sockets, on both hops.
    expect(provider.written).toBeLessThan(64 * 2 ** 20);
    await reader.cancel();
    await vi.waitFor(() => expect(provider.closed).toHaveLength(1));
  });
});
