import type { ChatStreamEvent } from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startProvider, type Provider } from './provider.ts';
import { untilSilent } from './until-silent.ts';

/** Opens a server whose endpoint asks `provider`, until the test is over; its origin. */
export type Open = (provider: Provider) => Promise<string>;

/** What an endpoint of the guides does in a framework of others. */
export function serves(framework: string, open: Open): void {
  async function asking(provider: Provider, signal?: AbortSignal): Promise<Response> {
    onTestFinished(() => provider.stop());
    return fetch(`${await open(provider)}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"role":"user","content":"hi"}]',
      ...(signal === undefined ? {} : { signal }),
    });
  }

  describe(framework, () => {
    test('an answer comes whole', async () => {
      const provider = await startProvider(['Hell', 'o, y', 'ou.'], 5);
      const response = await asking(provider);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      const texts: string[] = [];
      for await (const event of fromSSE<ChatStreamEvent>(response))
        if (event.type === 'text-delta') texts.push(event.delta as string);
      expect(texts).toEqual(['Hell', 'o, y', 'ou.']);
    });

    test('it is streamed, and a client that leaves closes the connection of the provider', async () => {
      const provider = await startProvider('word ', 5);
      const controller = new AbortController();
      const response = await asking(provider, controller.signal);
      const events = fromSSE<ChatStreamEvent>(response);
      await events.next();
      await events.next();
      expect(provider.closed).toEqual([]);
      const leaving = performance.now();
      controller.abort();
      await vi.waitFor(() => expect(provider.closed).toHaveLength(1), { timeout: 10_000 });
      if (process.env['MORTISE_MEASURE'] !== undefined)
        console.log(`closed after ${(provider.closed[0]! - leaving).toFixed(1)} ms`);
      // What had arrived before is still read.
      const reading = (async () => {
        while (!(await events.next()).done);
      })();
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('a client that does not read holds the provider back', async () => {
      const provider = await startProvider('word '.repeat(2_000), 0);
      const before = process.memoryUsage().rss;
      const response = await asking(provider);
      const reader = response.body!.getReader();
      await reader.read();
      await untilSilent(() => provider.written);
      if (process.env['MORTISE_MEASURE'] !== undefined) {
        const grown = (process.memoryUsage().rss - before) / 2 ** 20;
        console.log(
          `${(provider.written / 2 ** 20).toFixed(1)} MB written, ${grown.toFixed(1)} MB of memory`,
        );
      }
      // Buffers of sockets, on both hops.
      expect(provider.written).toBeLessThan(64 * 2 ** 20);
      await reader.cancel();
      await vi.waitFor(() => expect(provider.closed).toHaveLength(1), { timeout: 10_000 });
    });
  });
}
