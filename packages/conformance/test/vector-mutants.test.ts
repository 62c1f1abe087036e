import { readFileSync } from 'node:fs';
import {
  embeddingConformance,
  embeddingSuite,
  rerankerConformance,
  rerankerSuite,
  runCase,
  type Suite,
} from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { embeddingMutants } from './mutants/embedding.ts';
import { rerankersAnswered } from './mutants/answered.ts';
import { rerankerMutants as ownMutants } from './mutants/reranker.ts';
import {
  referenceEmbed,
  ReferenceEmbedding,
  referenceRerank,
  ReferenceReranker,
} from './reference/vectors.ts';

const rerankerMutants = [...ownMutants, ...rerankersAnswered];

const nowhere = { url: 'http://127.0.0.1', settings: {} };
const embedding = { dialect: referenceEmbed, declares: new ReferenceEmbedding(nowhere).metadata };
const reranker = { dialect: referenceRerank, declares: new ReferenceReranker(nowhere).metadata };

embeddingConformance({ describe, it }, { ...embedding, create: (target) => new ReferenceEmbedding(target) });
rerankerConformance({ describe, it }, { ...reranker, create: (target) => new ReferenceReranker(target) });

describe.concurrent('a broken embedding model is caught', () => {
  it.each(embeddingMutants)('$fault: $caughtBy', ({ caughtBy, create, declares }) =>
    caught(
      embeddingSuite,
      caughtBy,
      declares === undefined ? { ...embedding, create } : { create, declares },
    ),
  );
});

describe.concurrent('a broken reranker is caught', () => {
  it.each(rerankerMutants)('$fault: $caughtBy', ({ caughtBy, create }) =>
    caught(rerankerSuite, caughtBy, { ...reranker, create }),
  );
});

it.each([
  ['embedding', embeddingSuite, embeddingMutants],
  ['reranker', rerankerSuite, rerankerMutants],
] as const)('every case of the %s suite is needed by a mutant, and named once', (_name, suite, mutants) => {
  const needed = new Set(mutants.map(({ caughtBy }) => caughtBy));
  const ids = suite.map(({ id }) => id);
  expect(ids.filter((id) => !needed.has(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(mutants.map(({ fault }) => fault)).size).toBe(mutants.length);
});

it('docs/decisions/a-mutant-for-every-case.md names the mutant of every case of the Embedding section', () => {
  const page = readFileSync(
    new URL('../../../docs/decisions/a-mutant-for-every-case.md', import.meta.url),
    'utf8',
  );
  for (const { id, rule } of embeddingSuite) {
    if (!/^(M|S)-/.test(rule)) continue;
    const line = page.split('\n').find((each) => each.includes(`\`${id}\`:`)) ?? '';
    for (const { fault } of embeddingMutants.filter(({ caughtBy }) => caughtBy === id))
      expect(line).toContain(fault.replace(` (${id})`, ''));
    expect(line).not.toBe('');
  }
});

async function caught<S>(suite: Suite<S>, id: string, subject: S): Promise<void> {
  const testCase = suite.find((each) => each.id === id);
  if (testCase === undefined) throw new Error(`There is no case ${id}.`);
  // A mutant that only crashes would prove nothing.
  await expect(runCase(testCase, subject)).rejects.toMatchObject({
    name: expect.stringMatching(/^(Assertion|Mortise)Error$/),
  });
}
