import { readFileSync } from 'node:fs';
import { embeddingCacheConformance, embeddingCacheSuite, runCase } from '@mortise/conformance';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';
import { describe, expect, it } from 'vitest';
import { cacheMutants } from './mutants/embedding-caching.ts';

embeddingCacheConformance(
  { describe, it },
  { name: 'withEmbeddingCache', cached: (model, store) => withEmbeddingCache(model, store) },
);

describe.concurrent('a broken cache of embeddings is caught', () => {
  it.each(cacheMutants)('$fault: $caughtBy', async ({ caughtBy, cached }) => {
    const testCase = embeddingCacheSuite.find(({ id }) => id === caughtBy);
    if (testCase === undefined) throw new Error(`There is no case ${caughtBy}.`);
    // A mutant that only crashes would prove nothing.
    await expect(runCase(testCase, { cached })).rejects.toMatchObject({
      name: expect.stringMatching(/^(Assertion|Mortise)Error$/),
    });
  });
});

it('every case of the embedding-cache suite is needed by a mutant, and named once', () => {
  const needed = new Set(cacheMutants.map(({ caughtBy }) => caughtBy));
  const ids = embeddingCacheSuite.map(({ id }) => id);
  expect(ids.filter((id) => !needed.has(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(cacheMutants.map(({ fault }) => fault)).size).toBe(cacheMutants.length);
});

it('docs/decisions/a-mutant-for-every-case.md names the mutant of every case of the cache', () => {
  const page = readFileSync(
    new URL('../../../docs/decisions/a-mutant-for-every-case.md', import.meta.url),
    'utf8',
  );
  for (const { id } of embeddingCacheSuite) {
    const line = page.split('\n').find((each) => each.includes(`\`${id}\`:`)) ?? '';
    for (const { fault } of cacheMutants.filter(({ caughtBy }) => caughtBy === id))
      expect(line).toContain(fault);
    expect(line).not.toBe('');
  }
});
