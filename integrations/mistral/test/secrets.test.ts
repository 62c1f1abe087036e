import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MistralLLM } from '@mortise/mistral';

const KEY = 'key-that-nobody-may-see';
const connection = { model: 'm', baseURL: 'http://127.0.0.1:9', retry: false as const };

describe('C-09: no secret shows in what a failed call rejects with', () => {
  /** As HTTP libraries throw: with the request. */
  const throwing = (_input: unknown, init?: RequestInit): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    return Promise.reject(Object.assign(new Error('socket hang up'), { config: { headers } }));
  };

  it.each([
    ['a fetch that throws the request', { apiKey: KEY, fetch: throwing }, 'connection'],
    ['a key with a line break', { apiKey: `${KEY}\n${KEY}` }, 'configuration'],
    ['a header that the runtime refuses', { headers: { Authorization: `Bearer ${KEY}\nx` } }, undefined],
  ])('%s', async (_name, options, code) => {
    const llm = new MistralLLM({ ...connection, ...options });
    for (const call of [llm.chat('hi'), llm.streamChat('hi').final()]) {
      const error: unknown = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject(
        code === undefined ? { provider: 'mistral' } : { code, provider: 'mistral' },
      );
      const shown = [String(error), JSON.stringify(error), inspect(error, { depth: 12, showHidden: true })];
      expect(shown.join('\n')).not.toContain(KEY);
    }
  });
});
