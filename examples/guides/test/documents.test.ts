import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { createDocument, type NodeWithScore } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { DirectoryReader, IngestionPipeline, SentenceSplitter } from '@mortise/rag';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  askHybrid,
  dated,
  forget,
  ingest,
  openHybrid,
  openIngestion,
  showChunks,
  showIndex,
} from '../documents.ts';

/** Remembers what it was asked for, and does not answer for texts that hold "power cut". */
class Watched extends HashEmbedding {
  asked: string[] = [];
  override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
    this.asked.push(...args[0]);
    if (args[0].some((text) => text.includes('power cut')))
      throw new MortiseError('authentication', 'No key.');
    return super.doEmbed(...args);
  }
}

let folder: string;
let pages: string;
let embedding: Watched;
let open: ReturnType<typeof openIngestion>;
let lines: string[];

const say = (line: string): void => void lines.push(line);
const write = (name: string, text: string): void => {
  mkdirSync(join(pages, name, '..'), { recursive: true });
  writeFileSync(join(pages, name), text);
};
const run = (signal?: AbortSignal) => {
  lines = [];
  embedding.asked = [];
  return ingest(open.pipeline, pages, say, signal);
};
const paths = (found: readonly NodeWithScore[]) =>
  found.map(({ node }) => node.metadata['path'] as string).toSorted();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guide-'));
  pages = join(folder, 'pages');
  embedding = new Watched();
  open = openIngestion(folder, embedding);
  write('2026/roof.md', '# Roof\n\nSlates are laid from the eaves up.\n\n## Lead\n\nLead creeps.\n');
  write('2026/wall.md', '# Wall\n\nLime lets a wall dry.\n');
  write('notes.md', '# Notes\n\nBuy thyme.\n');
});

afterEach(async () => {
  await open.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the ingestion of the guide', () => {
  it('embeds of a changed document what changed, and nothing of one that was only written again', async () => {
    expect(await run()).toMatchObject({
      added: 3,
      updated: 0,
      unchanged: 0,
      removed: 0,
      embedded: 4,
      cached: 0,
    });
    expect(lines).toContain('read 1 of 3: 2026/roof.md');
    write(
      '2026/roof.md',
      '# Roof\n\nSlates are laid from the eaves up.\n\n## Lead\n\nLead creeps and tears.\n',
    );
    write('notes.md', '# Notes\n\nBuy thyme.\n');
    expect(await run()).toMatchObject({
      added: 0,
      updated: 1,
      unchanged: 2,
      removed: 0,
      embedded: 1,
      cached: 1,
    });
    expect(embedding.asked).toEqual([expect.stringContaining('Lead creeps and tears.')]);
    expect(lines.at(-1)).toBe('1 updated, 1 chunks embedded, 1 from the cache');
  });

  it('embeds a file again that was renamed, since models see its path', async () => {
    await run();
    renameSync(join(pages, 'notes.md'), join(pages, 'diary.md'));
    expect(await run()).toMatchObject({
      added: 1,
      updated: 0,
      unchanged: 2,
      removed: 1,
      embedded: 1,
      cached: 0,
    });
  });

  it('filters by the year that the transform puts in, which the model does not see', async () => {
    await run();
    const filters = { key: 'year', op: '==', value: 2026 } as const;
    expect(paths(await open.retriever.retrieve('thyme', { filters }))).toEqual([
      '2026/roof.md',
      '2026/roof.md',
      '2026/wall.md',
    ]);
    expect(embedding.asked.join()).not.toContain('year');
  });

  it('forgets one document, vectors and nodes, until the source brings it again', async () => {
    await run();
    await forget(open.documents, open.vectors, '2026/roof.md');
    expect(paths(await open.retriever.retrieve('slates'))).toEqual(['2026/wall.md', 'notes.md']);
    expect(await open.documents.getSource('2026/roof.md')).toBeUndefined();
    expect(await run()).toMatchObject({
      added: 1,
      updated: 0,
      unchanged: 2,
      removed: 0,
      embedded: 0,
      cached: 2,
    });
  });

  it('keeps the old version of everything when a run ends early, and the next run finishes', async () => {
    await run();
    write('2026/wall.md', '# Wall\n\nA power cut.\n');
    write('notes.md', '# Notes\n\nBuy sage.\n');
    await expect(run()).rejects.toMatchObject({ code: 'authentication' });
    const texts = (await open.retriever.retrieve('wall', { topK: 9 })).map(({ node }) => node.text).join();
    expect(texts).toContain('Lime lets a wall dry.');
    expect(texts).not.toContain('power cut');
    write('2026/wall.md', '# Wall\n\nLime lets a wall breathe.\n');
    expect(await run()).toMatchObject({ added: 0, updated: 2, unchanged: 1, failed: [] });
  });

  it('rejects with the reason of an abort, and goes on afterwards', async () => {
    const controller = new AbortController();
    const stopping = ingest(open.pipeline, pages, () => controller.abort('enough'), controller.signal);
    await expect(stopping).rejects.toBe('enough');
    const { added, unchanged } = await run();
    expect(added + unchanged).toBe(3);
    expect(new Set(paths(await open.retriever.retrieve('slates'))).size).toBe(3);
  });

  it('sets a document aside that cannot be read, and keeps its earlier version', async () => {
    await run();
    writeFileSync(join(pages, 'notes.md'), Uint8Array.of(0xff, 0x00, 0xfe));
    expect(await run()).toMatchObject({
      updated: 0,
      unchanged: 2,
      removed: 0,
      failed: [{ item: 'notes.md' }],
    });
    expect(lines.filter((line) => line.startsWith('notes.md is set aside'))).toHaveLength(1);
    expect(paths(await open.retriever.retrieve('thyme'))).toContain('notes.md');
  });

  it('cuts everything anew by another splitter, and embeds only texts that it has not', async () => {
    await run();
    const { documents, vectors, cache } = open;
    const transforms = [new SentenceSplitter({ maxTokens: 128 })];
    const other = new IngestionPipeline({ documents, vectors, embedding, cache, transforms });
    const report = await other.run(new DirectoryReader({ directory: pages }));
    expect(report).toMatchObject({ updated: 3, unchanged: 0, embedded: 0, cached: 4 });
  });

  it('refuses a model of other dimensions before anything is embedded, and keeps what is there', async () => {
    await run();
    const { documents, vectors } = open;
    const other = new HashEmbedding({ dimensions: 16 });
    const pipeline = new IngestionPipeline({ documents, vectors, embedding: other });
    const refused = pipeline.run(new DirectoryReader({ directory: pages }));
    await expect(refused).rejects.toMatchObject({ code: 'configuration' });
    expect((await open.retriever.retrieve('slates')).length).toBe(4);
  });

  it('finds nothing to do beside an empty vector store: records tell what is there', async () => {
    await run();
    await using vectors = new SqliteVecVectorStore({ path: join(folder, 'empty.sqlite') });
    const { documents } = open;
    const transforms = [dated, new SentenceSplitter({ maxTokens: 256 })];
    const beside = new IngestionPipeline({ documents, vectors, embedding, transforms });
    const report = await beside.run(new DirectoryReader({ directory: pages }));
    expect(report).toMatchObject({ added: 0, updated: 0, unchanged: 3 });
  });

  it('finds by words and by vectors together, also when it is opened again', async () => {
    const place = join(folder, 'hybrid');
    mkdirSync(place);
    for (const _opening of [1, 2]) {
      const index = await openHybrid(place, embedding);
      lines = [];
      await askHybrid(index, pages, say);
      expect(lines[0]).toMatch(/^2026\/wall\.md#0@\w{12}: [\d.]+ of the words, [\d.]+ near$/);
      expect(lines.join()).not.toContain('notes.md');
      expect(index.size).toBe(3);
    }
    rmSync(join(pages, '2026/wall.md'));
    const index = await openHybrid(place, embedding);
    await askHybrid(index, pages, say);
    expect(paths(await index.retriever().retrieve('lime wall'))).not.toContain('2026/wall.md');
  });

  it('shows what a document is cut into, and what an index holds', async () => {
    lines = [];
    const words = { name: 'words', count: (text: string) => text.split(/\s+/).length };
    showChunks(createDocument({ id: 'a', text: 'Oak is hard.', metadata: { title: 'Wood' } }), words, say);
    expect(lines).toEqual(['0 to 12: title: Wood\n\nOak is hard.']);
    await run();
    lines = [];
    await showIndex(open.documents, say);
    expect(lines.slice(0, 3)).toEqual([
      '2026/roof.md: 2 chunks',
      '2026/wall.md: 1 chunks',
      'notes.md: 1 chunks',
    ]);
    expect(lines.at(-1)).toMatch(/^notes\.md#0@[0-9a-f]{12}: # Notes/);
  });
});
