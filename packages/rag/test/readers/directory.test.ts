import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { ReadFailure, ReadOptions } from '@mortise/core/reader';
import { DirectoryReader, FilesReader, type DirectoryReaderOptions } from '@mortise/rag';
import { collect, temporaryFolder } from '../temporary.ts';

const read = (options: DirectoryReaderOptions, call?: ReadOptions) =>
  collect(new DirectoryReader(options).read(call));

describe('DirectoryReader', () => {
  it('reads text and Markdown below a folder, in order, without hidden files, dependencies and other kinds', async () => {
    const directory = await temporaryFolder({
      'b.md': 'B',
      'a/z.txt': 'Z',
      'a/deep/er.markdown': 'ER',
      'image.png': 'no',
      '.hidden.md': 'no',
      '.git/notes.md': 'no',
      'node_modules/dep/README.md': 'no',
      'a/node_modules/dep/README.md': 'no',
    });
    const documents = await read({ directory });
    expect(documents.map(({ id, text }) => [id, text])).toEqual([
      ['a/deep/er.markdown', 'ER'],
      ['a/z.txt', 'Z'],
      ['b.md', 'B'],
    ]);
  });

  it('reads hidden files and dependencies when asked to, and what the globs say', async () => {
    const directory = await temporaryFolder({
      '.h.md': '',
      'node_modules/d/R.md': '',
      'a.md': '',
      'x/a.md': '',
      'b.rst': '',
    });
    const paths = async (options: Partial<DirectoryReaderOptions>) =>
      (await read({ directory, ...options })).map(({ id }) => id);
    expect(await paths({ hidden: true })).toEqual(['.h.md', 'a.md', 'x/a.md']);
    expect(await paths({ dependencies: true })).toEqual(['a.md', 'node_modules/d/R.md', 'x/a.md']);
    expect(await paths({ include: ['**/*.rst'] })).toEqual(['b.rst']);
    expect(await paths({ exclude: ['x/**'] })).toEqual(['a.md']);
  });

  it('reads inside a dependency when that is the folder', async () => {
    const directory = await temporaryFolder({
      'node_modules/d/README.md': 'in',
      'node_modules/d/node_modules/e/R.md': 'no',
    });
    expect(await read({ directory: join(directory, 'node_modules/d') })).toMatchObject([
      { id: 'README.md', text: 'in' },
    ]);
  });

  it('reads a single file', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' });
    expect(await read({ directory: join(directory, 'a.md') })).toMatchObject([{ id: 'a.md', text: 'A' }]);
  });

  it('rejects with not-found for a folder that does not exist, and yields nothing for an empty one', async () => {
    const directory = await temporaryFolder();
    expect(await read({ directory })).toEqual([]);
    await expect(read({ directory: join(directory, 'gone') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gone'),
    });
  });

  it('D-01: is lazy: nothing is opened before the first read, and one document at a time', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' });
    const seen: string[] = [];
    const documents = new DirectoryReader({ directory }).read({ onProgress: ({ item }) => seen.push(item) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([]);
    for await (const document of documents) {
      expect(document.id).toBe('a.md');
      break;
    }
    // Its document was taken, and nothing says that it was finished with.
    expect(seen).toEqual([]);
  });

  it('D-01: what cannot be read is reported and does not stop the rest', async () => {
    const root = await temporaryFolder({
      'a.md': 'A',
      'bad.md': Uint8Array.of(0x47, 0xff, 0xfe, 0x80),
      'nul.txt': 'a\0b',
      'z.md': 'Z',
    });
    await symlink(join(root, 'nowhere'), join(root, 'link.md'));
    const failures: ReadFailure[] = [];
    const progress: unknown[] = [];
    const files = ['a.md', 'bad.md', 'gone.md', 'link.md', 'nul.txt', '.', 'z.md'];
    const reader = new FilesReader({ root, files });
    const documents = await collect(
      reader.read({ onError: (failure) => failures.push(failure), onProgress: (at) => progress.push(at) }),
    );
    expect(documents.map(({ text }) => text)).toEqual(['A', 'Z']);
    expect(failures.map(({ item, error }) => [item, (error as { code?: string }).code])).toEqual([
      ['bad.md', 'parse'],
      ['gone.md', 'not-found'],
      ['link.md', 'not-found'],
      ['nul.txt', 'parse'],
      ['.', 'invalid-request'],
    ]);
    expect(failures.every(({ item, error }) => error.message.startsWith(`${item} cannot be read: `))).toBe(
      true,
    );
    expect(progress.at(-1)).toEqual({
      done: 7,
      failed: 5,
      total: 7,
      item: 'z.md',
      version: expect.stringMatching(/^1-\d+-\d+-[0-9a-f]{16}$/),
      outcome: 'read',
    });
  });

  it('D-01: follows links only when asked to, and a circle of them not for ever', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'sub/b.md': 'B' });
    await symlink(directory, join(directory, 'sub/round'));
    await symlink(join(directory, 'self.md'), join(directory, 'self.md'));
    const seen = new Set((await read({ directory })).map(({ id }) => id));
    expect(seen).toEqual(new Set(['a.md', 'sub/b.md']));
    const followed = await read({ directory, followLinks: true });
    expect(new Set(followed.map(({ text }) => text))).toEqual(new Set(['A', 'B']));
  });

  it.skipIf(process.getuid?.() === 0)('D-01: a folder that cannot be listed is reported too', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'locked/b.md': 'B' });
    await chmod(join(directory, 'locked'), 0);
    onTestFinished(() => chmod(join(directory, 'locked'), 0o700));
    const failures: ReadFailure[] = [];
    const documents = await read({ directory }, { onError: (failure) => failures.push(failure) });
    expect(documents.map(({ id }) => id)).toEqual(['a.md']);
    expect(failures).toMatchObject([{ item: 'locked', error: { code: 'permission' } }]);
  });

  it('D-02: knows path, kind and title, and the front matter', async () => {
    const text = [
      '---',
      'title: "Getting started: fast"',
      "author: 'O''Hara'",
      'draft: false',
      'order: 3',
      'version: 1.10',
      'phone: 007',
      'tags: [one, "two, three"]',
      'keywords:',
      '  - a',
      '  - "b"',
      'nested:',
      '  deep: yes',
      'url: https://example.com/x # a comment',
      'empty:',
      '---',
      '',
      '# Heading',
      'Text.',
    ].join('\r\n');
    const directory = await temporaryFolder({ 'guide/start.md': text });
    const [document] = await read({ directory, metadata: { lang: 'en' } });
    expect(document?.metadata).toEqual({
      title: 'Getting started: fast',
      author: "O'Hara",
      draft: false,
      order: 3,
      version: '1.10',
      phone: '007',
      tags: ['one', 'two, three'],
      keywords: ['a', 'b'],
      nested: 'deep: yes',
      url: 'https://example.com/x',
      empty: null,
      lang: 'en',
      path: 'guide/start.md',
      bodyStart: text.indexOf('\r\n# Heading'),
      mediaType: 'text/markdown',
    });
    expect(document?.text).toBe('\r\n# Heading\r\nText.');
    expect(text.slice(document?.metadata['bodyStart'] as number)).toBe(document?.text);
    expect(document?.excludedEmbedMetadataKeys).not.toContain('title');
    expect(document?.excludedEmbedMetadataKeys).toContain('order');
  });

  it.each([
    ['# A [link](x) and `code`\n', 'A link and code'],
    ['```sh\n# no title\n```\n\nTitle\n=====\n', 'Title'],
    ['<h1 align="center">Zod <img src="x"></h1>\n', 'Zod'],
    ['## Only a second level\n', undefined],
    ['--- no front matter\n', undefined],
  ])('finds the title of %j', async (text, title) => {
    const directory = await temporaryFolder({ 'a.md': text });
    const [document] = await read({ directory });
    expect(document?.metadata['title']).toBe(title);
    expect(document?.text).toBe(text);
  });

  it('takes a text file as it is, and UTF-16 where a byte order mark says so', async () => {
    const utf16 = Buffer.from('\ufeffGrüße', 'utf16le');
    const directory = await temporaryFolder({
      'a.txt': '---\nno: front matter\n---\n# none',
      'b.txt': utf16,
    });
    const documents = await read({ directory });
    expect(documents.map(({ text }) => text)).toEqual(['---\nno: front matter\n---\n# none', 'Grüße']);
    expect(documents[0]?.metadata).toEqual({ path: 'a.txt', mediaType: 'text/plain' });
  });

  it('C-01: stops at an abort with exactly the reason; C-02 an aborted signal reads nothing', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' });
    const controller = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { id } of new DirectoryReader({ directory }).read({ signal: controller.signal })) {
        seen.push(id);
        controller.abort('enough');
      }
    })();
    await expect(reading).rejects.toBe('enough');
    expect(seen).toEqual(['a.md']);
    await expect(read({ directory: 'gone' }, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
  });

  it('V-01: one span around a reading, whether it ends, is left or fails', async () => {
    const directory = await temporaryFolder({ 'a.md': 'A', 'b.md': 'B' });
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => events.push(event));
    await read({ directory });
    for await (const _document of new DirectoryReader({ directory }).read()) break;
    stop();
    expect(events.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
      'ingest.read start',
      'ingest.read end',
      'ingest.read start',
      'ingest.read error',
    ]);
    expect(events[1]?.attributes).toEqual({ documents: 2, failed: 0 });
  });
});
