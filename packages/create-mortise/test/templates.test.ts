import type * as fs from 'node:fs';
import { readFileSync } from 'node:fs';
import type { ScaffoldOptions } from 'create-mortise';
import { afterAll, expect, it, vi } from 'vitest';

afterAll(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

/** The files of an integration when the templates lack some text. */
async function filesWithout(anchor: string | RegExp, options: Partial<ScaffoldOptions>) {
  vi.resetModules();
  vi.doMock('node:fs', async (original) => ({
    ...(await original<typeof fs>()),
    readFileSync: (path: URL, encoding: 'utf8') => readFileSync(path, encoding).replaceAll(anchor, '…'),
  }));
  const { integrationFiles } = await import('create-mortise');
  return integrationFiles({
    name: 'nova',
    packageName: 'mortise-nova',
    capabilities: ['llm'],
    openAICompatible: false,
    target: 'standalone',
    ...options,
  });
}

const sdk = { sdk: { name: 'nova-sdk', range: '^1.0.0' } };
const compatible: Partial<ScaffoldOptions> = { openAICompatible: true };

it.each<[string, string | RegExp, Partial<ScaffoldOptions>]>([
  ['the licence', 'Mortise contributors', {}],
  ['the import of a client', '  guardedFetch,\n', sdk],
  ['the place before the client', '/** Sends requests, and throws', sdk],
  ['the request of a client', 'await this.#fetch(', sdk],
  ['the name of an SDK', 'acme-sdk', sdk],
  ['the address of a client', "'https://api.acme.example'", compatible],
  ['the import of a test', 'import { rerankerConformance', { ...compatible, capabilities: ['reranker'] }],
  ['the failure of a test', /failure: .*/g, { ...compatible, capabilities: ['reranker'] }],
])('a template without %s that is replaced in it is an error', async (_what, anchor, options) => {
  await expect(filesWithout(anchor, options)).rejects.toThrow('A template does not hold');
});

it('the templates hold all that is replaced in them', async () => {
  for (const options of [{}, sdk, compatible, { ...compatible, capabilities: ['reranker'] as const }])
    expect((await filesWithout('no such text', options)).size).toBeGreaterThan(5);
});
