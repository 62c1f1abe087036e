import { readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonFormat, markdownFormat, openIndex, DirectoryReader, SentenceSplitter } from '@mortise/rag';
import type { FileFormat } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { temporaryFolder } from '../temporary.ts';

/** A format that remembers which files it parsed. */
function watched(format: FileFormat, parsed: string[]): FileFormat {
  return {
    ...format,
    read(file, call) {
      parsed.push(file.path);
      return format.read(file, call);
    },
  };
}

async function setup(files: Record<string, string>, saved = false) {
  const directory = await temporaryFolder(files);
  const kept = saved ? await temporaryFolder({}) : undefined;
  const parsed: string[] = [];
  const formats = { '.md': watched(markdownFormat(), parsed), '.json': watched(jsonFormat(), parsed) };
  const open = () => openIndex({ embedding: new HashEmbedding() }, { directory: kept });
  let index = await open();
  const reader = (more: object = {}) => new DirectoryReader({ directory, formats, ...more });
  return {
    directory,
    reader,
    reopen: async () => void (index = await open()),
    index: () => index,
    async run(options: object = {}, more: object = {}) {
      parsed.length = 0;
      const { added, updated, unchanged, removed, failed } = await index.update(reader(more), options);
      return { added, updated, unchanged, removed, failed: failed.length, parsed: [...parsed] };
    },
  };
}

const none = { added: 0, updated: 0, unchanged: 0, removed: 0, failed: 0, parsed: [] as string[] };
const files = { 'a.md': '# A\n\nOne.', 'b.md': '# B\n\nTwo.', 'c.json': '["x","y","z"]' };

describe('a second run', () => {
  it('parses nothing where nothing changed, also after the index was opened again', async () => {
    const { run, reopen } = await setup(files, true);
    expect(await run()).toEqual({ ...none, added: 5, parsed: ['a.md', 'b.md', 'c.json'] });
    expect(await run()).toEqual({ ...none, unchanged: 5 });
    await reopen();
    expect(await run()).toEqual({ ...none, unchanged: 5 });
    expect(await run({ verify: true })).toEqual({ ...none, unchanged: 5 });
  });

  it('parses a file again that changed, and that one alone', async () => {
    const { directory, run } = await setup(files);
    await run();
    await writeFile(join(directory, 'c.json'), '["x","y2"]');
    expect(await run()).toEqual({ ...none, updated: 1, unchanged: 3, removed: 1, parsed: ['c.json'] });
    expect(await run()).toEqual({ ...none, unchanged: 4 });
  });

  it('opens a file of other times, and does not parse it where its bytes are the same', async () => {
    const { directory, run } = await setup(files);
    await run();
    await utimes(join(directory, 'a.md'), new Date(0), new Date(0));
    expect(await run()).toEqual({ ...none, unchanged: 5 });
    // The new times are known from now on.
    expect(await run()).toEqual({ ...none, unchanged: 5 });
  });

  it('finds a changed byte behind the same size and times', async () => {
    const { directory, run } = await setup(files);
    await run();
    const path = join(directory, 'a.md');
    const { atime, mtime } = await stat(path);
    await writeFile(path, (await readFile(path, 'utf8')).replace('One', 'Eno'));
    await utimes(path, atime, mtime);
    expect(await run({ verify: true })).toEqual({ ...none, updated: 1, unchanged: 4, parsed: ['a.md'] });
  });

  it('parses again what is read in another way, cut in another way, or was set aside', async () => {
    const { directory, run, index } = await setup(files);
    await run();
    expect(await run({}, { metadata: { lang: 'en' } })).toMatchObject({ updated: 5, unchanged: 0 });
    expect(await run({}, { id: (path: string) => `docs/${path}` })).toMatchObject({ added: 5, removed: 5 });
    await run();
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff));
    expect(await run()).toMatchObject({ failed: 1, parsed: ['a.md'] });
    expect(await run()).toMatchObject({ failed: 1, parsed: ['a.md'] });
    expect(index().size).toBe(5);
    const other = await openIndex(
      { embedding: new HashEmbedding() },
      { splitter: new SentenceSplitter({ maxTokens: 99 }) },
    );
    expect(await other.update(new DirectoryReader({ directory }))).toMatchObject({ added: 1 });
  });

  it('reads a file again that is under another name, and removes the old one', async () => {
    const { directory, run } = await setup(files);
    await run();
    await rename(join(directory, 'a.md'), join(directory, 'z.md'));
    expect(await run()).toEqual({ ...none, added: 1, unchanged: 4, removed: 1, parsed: ['z.md'] });
  });

  it('that was cut off by an abort is finished by the next, and then repeats are cheap', async () => {
    const { run, index, reader } = await setup(files);
    const controller = new AbortController();
    const embedding = new HashEmbedding();
    expect(embedding.metadata.maxBatchSize).toBeGreaterThan(0);
    await index()
      .update(reader(), {
        signal: controller.signal,
        onProgress: ({ phase }) => phase === 'embed' && controller.abort(new Error('left')),
      })
      .catch(() => undefined);
    await run();
    expect(await run()).toEqual({ ...none, unchanged: 5 });
  });
});

describe('a file', () => {
  it.each([
    ['white space', 'a.txt', ' \n\t\n'],
    ['front matter alone', 'b.md', '---\ntitle: B\n---\n'],
    ['an empty list', 'c.json', '[]'],
  ])('that has bytes and no text is a failure, never added: %s', async (_what, name, content) => {
    const { run } = await setup({ [name]: content, 'other.md': 'Fine.' });
    for (const first of [true, false]) {
      const { added, failed } = await run();
      expect({ added, failed }).toEqual({ added: first ? 1 : 0, failed: 1 });
    }
  });
});

it('reads a file again whose documents somebody wrote besides its reader, also when it is as it was then', async () => {
  const { directory, index, reader, run } = await setup(files);
  await run();
  const kept = await stat(join(directory, 'c.json'));
  await writeFile(join(directory, 'c.json'), '["x","y2","z"]');
  const documents: Document[] = [];
  for await (const document of reader({ include: ['c.json'] }).read()) documents.push(document);
  await index().update(documents.slice(1, 2), { removeMissing: false });
  await writeFile(join(directory, 'c.json'), '["x","y","z"]');
  await utimes(join(directory, 'c.json'), kept.atime, kept.mtime);
  expect(await run()).toEqual({ ...none, updated: 1, unchanged: 4, parsed: ['c.json'] });
  expect(await run()).toEqual({ ...none, unchanged: 5 });
});
