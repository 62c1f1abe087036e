import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { search } from '../packages/postgres.ts';
import { openDatabase, openEverywhere } from '../postgres.ts';
import { providers } from './provider.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it('everything in one database: what was ingested is found by words and vectors, and what was left out is not', async () => {
  const client = await PGlite.create({ extensions: { vector } });
  const { pipeline, ask, documents, vectors } = openDatabase(
    client,
    new HashEmbedding({ dimensions: 64 }),
    64,
  );
  const pages = [
    ['roof.md', 'Slates are laid from the eaves up.'],
    ['wall.md', 'Lime lets a wall dry.'],
  ].map(([path = '', text = '']) => createDocument({ id: path, text, metadata: { path } }));
  await pipeline.run(pages);
  const [found] = await ask('How is a wall kept dry?');
  expect(found?.node.metadata['path']).toBe('wall.md');
  const filter = { key: 'path', op: '==', value: 'roof.md' } as const;
  expect((await ask('How is a wall kept dry?', { filter })).map(({ node }) => node.metadata['path'])).toEqual(
    ['roof.md'],
  );
  await vectors.delete({ sourceIds: ['wall.md'] });
  await documents.deleteSource('wall.md');
  expect((await ask('wall')).map(({ node }) => node.metadata['path'])).toEqual(['roof.md']);
  await client.close();
});

it('an index in a folder of its own is there after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-guides-'));
  const pages = ['Slates are laid from the eaves up.', 'Lime lets a wall dry.'].map((text, at) =>
    createDocument({ id: `page-${at}`, text }),
  );
  for (const added of [pages, []]) {
    const { client, index } = await openEverywhere(folder, new HashEmbedding({ dimensions: 64 }), 64);
    if (added.length > 0) await index.update(added);
    const [found] = await index.retriever({ topK: 1 }).retrieve('How is a wall kept dry?');
    expect([index.size, found?.node.text]).toEqual([2, 'Lime lets a wall dry.']);
    await client.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

it('the program at the head of the README finds what was written', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'test');
  vi.stubGlobal(
    'fetch',
    providers(() => ''),
  );
  const client = await PGlite.create({ extensions: { vector } });
  expect(await search(client)).toBe('Cut the pins first.');
  await client.close();
});
