import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorStoreConformance } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { inYear } from '../stores.ts';
import { TableVectorStore } from '../table-vector-store.ts';

it('finds what the filter of the guide lets pass, and the similarity that a cut-off asks for', async () => {
  const embedding = new HashEmbedding();
  const store = new TableVectorStore(':memory:');
  const pages = [
    { id: 'slates', text: 'Slates are laid from the eaves up.', metadata: { year: 2026 } },
    { id: 'lime', text: 'Lime lets a wall dry.', metadata: { year: 2026 } },
    { id: 'draft', text: 'Slates again.', metadata: { year: 2026, draft: true } },
    { id: 'old', text: 'Slates of old.', metadata: { year: 1841 } },
  ];
  for (const page of pages)
    await store.upsert([{ node: createTextNode(page), embedding: await embedding.embedText(page.text) }]);
  const found = await inYear(store, embedding, 'Slates laid from the eaves', 2026);
  expect(found.map(({ node }) => node.id)).toEqual(['slates', 'lime']);
  expect(found.map(({ evidence }) => evidence?.['similarity'])).toEqual(found.map(({ score }) => score));
});

function emptyStore() {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  const path = join(folder, 'vectors.sqlite');
  return {
    store: new TableVectorStore(path),
    reopen: () => new TableVectorStore(path),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const filters = FILTER_OPERATORS.map((operator) => `filter:${operator}` as const);

// #region suite
vectorStoreConformance(
  { describe, it },
  {
    name: 'the vector store of the guide',
    open: emptyStore, // and another instance on the same file: `reopen`
    declares: ['dense', 'exact', 'persistence', 'filters', ...filters],
    reasons: {
      mmr: 'It ranks by nearness alone.',
      text: 'It searches by vector alone.',
      sparse: 'It keeps no sparse vectors.',
      hybrid: 'It has no other mode to fuse.',
    },
  },
);
// #endregion
