import { expect, it } from 'vitest';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { openIndex, SentenceSplitter } from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';
import { expectToBeLeft, turnsDuring } from '../turns.ts';

const words = ['tree', 'house', 'river', 'stone', 'cloud', 'wood', 'bridge'];
const text = Array.from({ length: 20_000 }, (_, at) => `${words[at % 7]} ${words[at % 5]} ${at}.`).join(
  '\n\n',
);

it('an index of many nodes gives the event loop its turns while it is saved, loaded and searched, and a signal too', async () => {
  const parts = { embedding: new HashEmbedding() };
  const directory = await temporaryFolder();
  const options = { directory, splitter: new SentenceSplitter({ maxTokens: 30, overlap: 0 }) };
  const index = await openIndex(parts, options);
  await index.update([
    createDocument({ id: 'large', text }),
    createDocument({ id: 'small', text: 'A word.' }),
  ]);
  expect(index.nodeCount).toBeGreaterThan(1_000);
  expect(await turnsDuring(() => index.save())).toBeGreaterThan(5);
  const open = (signal?: AbortSignal) => openIndex(parts, { ...options, signal });
  expect(await turnsDuring(() => open())).toBeGreaterThan(8);
  // The turns in which the disk is waited for tell nothing of how soon it was left: the reason alone does.
  await expectToBeLeft(open, Infinity);

  const loaded = await open();
  expect([loaded.size, loaded.nodeCount]).toEqual([2, index.nodeCount]);
  const ask = (one: typeof index) => one.retriever().retrieve('the stone of 41');
  expect(await ask(loaded)).toEqual(await ask(index));
});

it('a document of many nodes takes the place of its old version as a whole, and goes as a whole', async () => {
  const index = await openIndex(
    { embedding: new HashEmbedding() },
    { splitter: new SentenceSplitter({ maxTokens: 30, overlap: 0 }) },
  );
  const versions = (['old', 'new'] as const).map((version) =>
    createDocument({ id: 'd', text: text.replaceAll('tree', version) }),
  );
  await index.update([versions[0]!]);
  let isDone = false;
  const updated = index.update([versions[1]!]).finally(() => (isDone = true));
  const seen = new Set<string>();
  const retriever = index.retriever({ topK: 200 });
  while (!isDone) {
    const found = await retriever.retrieve('old new');
    const kinds = new Set(found.flatMap(({ node }) => node.text.match(/\b(?:old|new)\b/g) ?? []));
    expect(kinds.size).toBe(1);
    for (const kind of kinds) seen.add(kind);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await updated;
  expect(await retriever.retrieve('new')).not.toEqual([]);
  expect(seen.has('old')).toBe(true);
});
