import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { LLM } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { openEngine } from '../src/answer.ts';
import { standIn } from '../src/stand-in.ts';

/** An engine over two files, its index in a folder of the test. */
async function engineOver(t: TestContext, llm: LLM) {
  const folder = await mkdtemp(join(tmpdir(), 'app-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'oak.md'), '# Oak\n\nOak dries for eight years. It is heavy.\n');
  await writeFile(join(folder, 'pine.md'), '# Pine\n\nPine dries for two years.\n');
  const options = { llm, embedding: new HashEmbedding(), documents: folder };
  return openEngine({ ...options, directory: join(folder, '.data') });
}

test('answers from the documents, with a citation that holds', async (t) => {
  const llm = new ScriptedLLM({ replies: ['It "dries for eight years" [1].'] });
  const engine = await engineOver(t, llm);
  const { text, sources, citations } = await engine.query('How long does oak dry?');
  assert.equal(text, 'It "dries for eight years" [1].');
  assert.equal(sources[0]?.node.metadata['path'], 'oak.md');
  assert.equal(citations[0]?.problem, undefined);
  assert.equal(citations[0]?.quote, 'dries for eight years');
});

test('a citation of words that stand nowhere is said', async (t) => {
  const engine = await engineOver(t, new ScriptedLLM({ replies: ['It "dries for nine years" [1].'] }));
  const { citations } = await engine.query('How long does oak dry?');
  assert.equal(citations[0]?.problem, 'misquote');
});

test('picks a sentence where there is no model', async (t) => {
  const engine = await engineOver(t, standIn());
  const { text, citations } = await engine.query('How many years does pine dry?');
  assert.match(text, /^Pine dries for two years\. \[\d\]$/);
  assert.equal(citations[0]?.problem, undefined);
});
