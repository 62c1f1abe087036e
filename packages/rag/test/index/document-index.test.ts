import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isMortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { subscribe } from '@mortise/core/events';
import type { Reader } from '@mortise/core/reader';
import { createDocument, type Document, type NodeWithScore } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { DirectoryReader, openIndex, SentenceSplitter, type UpdateProgress } from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';

/** Remembers what it was asked to embed. */
class Watched extends HashEmbedding {
  readonly embedded: string[] = [];
  override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
    this.embedded.push(...args[0]);
    return super.doEmbed(...args);
  }
}

const document = (id: string, text: string, metadata = {}) => createDocument({ id, text, metadata });
/** Without the version that an index adds to the ids of nodes. */
const ids = (results: readonly NodeWithScore[]) => results.map(({ node }) => node.id.replace(/@\w+$/, ''));
const animals = [
  document('cat', 'The cat sleeps on the mat.'),
  document('whale', 'A whale sings below the waves.'),
  document('moon', 'The moon pulls the sea.'),
];

const eight = Array.from({ length: 8 }, (_, n) => document(`d${n}`, `Text number ${n}.`));

async function opened(
  directory: string,
  embedding: EmbeddingModel = new Watched(),
  splitter?: SentenceSplitter,
) {
  const warnings: Warning[] = [];
  const index = await openIndex(
    { embedding },
    { directory, splitter, onWarning: (warning) => warnings.push(warning) },
  );
  return { index, warnings };
}

async function indexFile(directory: string): Promise<string> {
  const files = await readdir(directory);
  expect(files).toHaveLength(1);
  return join(directory, files[0] as string);
}

describe('DocumentIndex', () => {
  it('finds by words and by vector, with raw evidence for every result', async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    await index.update(animals);
    const results = await index.retriever().retrieve('Where does the whale sing?');
    expect(results).toHaveLength(3);
    expect(results[0]).toMatchObject({
      node: { id: expect.stringMatching(/^whale#0@\w{12}$/), text: 'A whale sings below the waves.' },
      score: expect.closeTo(1, 5),
    });
    expect(results[0]?.evidence).toEqual({
      bm25: expect.any(Number),
      coverage: 1,
      similarity: expect.any(Number),
    });
    for (const { evidence } of results)
      expect(Object.keys(evidence ?? {}).toSorted()).toEqual(['bm25', 'coverage', 'similarity']);
  });

  it('the best of an unanswerable question scores as high, and its evidence tells', async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    await index.update(animals);
    const [best] = await index.retriever().retrieve('Which quantum computers have a cat?');
    expect(best?.score).toBeGreaterThan(0.9);
    expect(best?.evidence?.coverage).toBeLessThan(0.5);
  });

  it('topK, filters and weights reach both halves', async () => {
    const embedding = new Watched();
    const index = await openIndex({ embedding });
    await index.update([
      document('a', 'moon cat', { lang: 'en' }),
      document('b', 'moon cat tree', { lang: 'de' }),
      document('c', 'stone', { lang: 'de' }),
    ]);
    const filters = { key: 'lang', op: '==', value: 'de' } as const;
    expect(ids(await index.retriever().retrieve('moon cat', { filters }))).toEqual(['b#0', 'c#0']);
    expect(ids(await index.retriever({ topK: 1 }).retrieve('moon cat'))).toHaveLength(1);
    embedding.embedded.length = 0;
    expect(ids(await index.retriever({ weights: { bm25: 1, vector: 0 } }).retrieve('tree'))).toEqual(['b#0']);
    expect(embedding.embedded).toEqual([]);
  });

  it('an empty index finds nothing, and asks no model', async () => {
    const embedding = new Watched();
    const index = await openIndex({ embedding });
    expect(await index.retriever().retrieve('anything')).toEqual([]);
    expect(embedding.embedded).toEqual([]);
  });

  it('reports what it did, with progress over documents and then nodes', async () => {
    const directory = await temporaryFolder({
      'a.md': '# A\n\nOne.\n\n# B\n\nTwo.',
      'b.md': 'Three.',
      'bad.md': Uint8Array.of(0xff, 0x80),
    });
    const index = await openIndex({ embedding: new HashEmbedding() });
    const progress: UpdateProgress[] = [];
    const report = await index.update(new DirectoryReader({ directory }), {
      onProgress: (at) => progress.push(at),
    });
    expect(report).toMatchObject({
      added: 2,
      updated: 0,
      unchanged: 0,
      removed: 0,
      embedded: 3,
      failed: [{ item: 'bad.md' }],
    });
    expect(progress.filter(({ phase }) => phase === 'read').at(-1)).toEqual({
      phase: 'read',
      done: 3,
      total: 3,
      item: 'bad.md',
      failed: 1,
    });
    expect(
      progress.filter(({ phase }) => phase === 'embed').map(({ done, total, item }) => [done, total, item]),
    ).toEqual([
      [1, 3, 'a.md'],
      [2, 3, 'a.md'],
      [3, 3, 'b.md'],
    ]);
    expect([index.size, index.nodeCount]).toEqual([2, 3]);
  });

  it('embeds what is new or changed and nothing else, and forgets what is gone', async () => {
    const embedding = new Watched();
    const index = await openIndex({ embedding });
    await index.update(animals);
    embedding.embedded.length = 0;
    const next = [
      animals[0] as Document,
      document('whale', 'A whale dives.'),
      document('sun', 'The sun burns.'),
    ];
    expect(await index.update(next)).toMatchObject({
      added: 1,
      updated: 1,
      unchanged: 1,
      removed: 1,
      embedded: 2,
    });
    expect(embedding.embedded).toEqual(['A whale dives.', 'The sun burns.']);
    const found = await index.retriever().retrieve('whale moon sings');
    expect(found.map(({ node }) => node.text).toSorted()).toEqual([
      'A whale dives.',
      'The cat sleeps on the mat.',
      'The sun burns.',
    ]);
    expect(await index.update([], { removeMissing: false })).toMatchObject({ removed: 0 });
    expect(index.size).toBe(3);
  });

  it('a document that becomes shorter leaves no chunk behind', async () => {
    const index = await openIndex(
      { embedding: new HashEmbedding() },
      { splitter: new SentenceSplitter({ maxTokens: 8, overlap: 0 }) },
    );
    await index.update([
      document('d', 'One sentence of words. Another sentence of words. A third one of words.'),
    ]);
    expect(index.nodeCount).toBeGreaterThan(1);
    await index.update([document('d', 'Only this.')]);
    expect(index.nodeCount).toBe(1);
    expect(ids(await index.retriever().retrieve('sentence'))).toEqual(['d#0']);
  });

  it('I-02: equal content under two identities stays two documents; one identity twice is a conflict that is reported', async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    const report = await index.update([
      document('a', 'Same.'),
      document('b', 'Same.'),
      document('a', 'Other.'),
    ]);
    expect(ids(await index.retriever().retrieve('same')).toSorted()).toEqual(['a#0', 'b#0']);
    expect(report.failed).toMatchObject([{ item: 'a', error: { code: 'conflict' } }]);
  });

  it('I-03: a document that fails is set aside, its earlier version stays, and the next update tries again', async () => {
    const directory = await temporaryFolder({ 'a.md': 'First version.', 'b.md': 'Other.' });
    const reader = new DirectoryReader({ directory });
    const embedding = new HashEmbedding();
    const index = await openIndex({ embedding });
    await index.update(reader);
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff, 0x80));
    const failures: string[] = [];
    expect(await index.update(reader, { onError: ({ item }) => failures.push(item) })).toMatchObject({
      removed: 0,
      unchanged: 1,
    });
    expect(failures).toEqual(['a.md']);
    expect(ids(await index.retriever({ topK: 1 }).retrieve('first version'))).toEqual(['a.md#0']);
    await writeFile(join(directory, 'a.md'), 'Second version.');
    expect(await index.update(reader)).toMatchObject({ updated: 1, failed: [] });

    const splitter = new SentenceSplitter({ maxTokens: 20, overlap: 0 });
    const strict = await openIndex({ embedding }, { splitter });
    const note = 'word '.repeat(40);
    const report = await strict.update([document('long', 'Text.', { note }), document('fine', 'Text.')]);
    expect(report).toMatchObject({
      failed: [{ item: 'long', error: { code: 'invalid-request' } }],
      embedded: 1,
    });
  });

  it('I-03: what is below a folder that cannot be listed stays', async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    const file = (item: string, text: string) => ({ ...document(item, text), item });
    const of = (...documents: Document[]): Reader => ({
      async *read(options) {
        if (documents.length < 3)
          options?.onError?.({ item: 'locked', error: new Error('access is denied') });
        yield* documents;
      },
    });
    await index.update(of(file('locked/a', 'One.'), file('locked2/b', 'Two.'), file('c', 'Three.')));
    const reader = of(file('c', 'Three.'));
    expect(await index.update(reader)).toMatchObject({ unchanged: 1, removed: 1 });
    expect(ids(await index.retriever().retrieve('one'))).toContain('locked/a#0');
  });

  it('I-01: a search meanwhile sees one version of every document, whole', async () => {
    const splitter = new SentenceSplitter({ maxTokens: 8, overlap: 0 });
    const index = await openIndex({ embedding: new HashEmbedding({ maxBatchSize: 1 }) }, { splitter });
    const sentences = (word: string) =>
      `One ${word} of words. Another ${word} of words. A third ${word} of words.`;
    const version = (word: string) => eight.map(({ id }) => document(id, sentences(word)));
    await index.update(version('old'));
    const [all, searched] = [index.nodeCount, [] as string[][]];
    const retriever = index.retriever({ topK: 1000 });
    const search = async () => {
      for (let mixed = true; mixed;) {
        const found = await retriever.retrieve('words');
        searched.push(found.map(({ node }) => `${node.id.split('#')[0]} ${/old|new/.exec(node.text)?.[0]}`));
        mixed = !found.every(({ node }) => node.text.includes('new'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([index.update(version('new')), search()]);
    for (const found of searched) {
      expect(found).toHaveLength(all);
      expect(new Set(found).size).toBe(eight.length);
    }
  });

  it('embeds as many batches at once as it is told', async () => {
    let [running, most] = [0, 0];
    class Counting extends HashEmbedding {
      override async doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return super.doEmbed(...args);
      }
    }
    const embedding = new Counting({ maxBatchSize: 1 });
    for (const concurrency of [1, 3]) {
      most = 0;
      await (await openIndex({ embedding }, { concurrency })).update(eight);
      expect(most).toBe(concurrency);
    }
  });

  it('a second update at the same time is refused', async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    const first = index.update(animals);
    await expect(index.update(animals)).rejects.toMatchObject({ code: 'conflict' });
    expect(await first).toMatchObject({ added: 3 });
  });
});

describe('a saved index', () => {
  it('I-01: holds the newest content when saves meet: a larger one that began before does not take its place', async () => {
    const directory = await temporaryFolder();
    const parts = { embedding: new HashEmbedding({ dimensions: 64 }) };
    const index = await openIndex(parts, { directory });
    const many = Array.from({ length: 4000 }, (_, at) => document(`d${at}`, `The text number ${at}.`));
    await index.update(many);
    const [one] = many;
    const larger = index.save();
    await Promise.all([larger, index.update([one!])]);
    expect((await openIndex(parts, { directory })).size).toBe(1);
  });

  it('is found again by the next run, which embeds nothing and answers the same', async () => {
    const directory = await temporaryFolder();
    const { index } = await opened(directory);
    await index.update([
      ...animals,
      document('empty', ''),
      document('sup\u{1F600}', 'Grüße, 東京!', { tags: ['a', 1, null] }),
    ]);
    const embedding = new Watched();
    const again = await opened(directory, embedding);
    expect(again.warnings).toEqual([]);
    expect(again.index.size).toBe(5);
    expect(
      await again.index.update([
        ...animals,
        document('empty', ''),
        document('sup\u{1F600}', 'Grüße, 東京!', { tags: ['a', 1, null] }),
      ]),
    ).toMatchObject({ unchanged: 5, embedded: 0 });
    expect(embedding.embedded).toEqual([]);
    for (const query of ['cat', 'moon sea', 'Grüße']) {
      expect(await again.index.retriever().retrieve(query)).toEqual(await index.retriever().retrieve(query));
    }
  });

  it('is the same file whatever the order of updates', async () => {
    const [one, two] = [await temporaryFolder(), await temporaryFolder()];
    await (await opened(one)).index.update(animals);
    const { index } = await opened(two);
    await index.update([document('moon', 'Something else.'), document('gone', 'Gone.')]);
    await index.update(animals.toReversed());
    expect(await readFile(await indexFile(two))).toEqual(await readFile(await indexFile(one)));
  });

  it('another model, other dimensions or another splitter are another index, and the way back finds the first', async () => {
    const directory = await temporaryFolder();
    await (await opened(directory)).index.update(animals);
    const others = [
      new HashEmbedding({ dimensions: 64 }),
      new HashEmbedding({ model: 'other' }),
      new HashEmbedding({ provider: 'other' }),
    ];
    for (const embedding of others) expect((await opened(directory, embedding)).index.size).toBe(0);
    expect(
      (await opened(directory, new HashEmbedding(), new SentenceSplitter({ maxTokens: 99 }))).index.size,
    ).toBe(0);
    const back = await opened(directory);
    expect([back.index.size, back.warnings]).toEqual([3, []]);
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['empty', () => Buffer.alloc(0), /not an index, or cut/],
    ['cut', (bytes) => bytes.subarray(0, bytes.length / 2), /damaged/],
    ['of one flipped bit', (bytes) => (bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200), bytes), /damaged/],
    ['of another kind', () => Buffer.from('x'.repeat(500)), /not an index/],
    ['of an older format', (bytes) => (bytes.write('00', 14), bytes), /has format 00/],
  ])('that is %s is a warning, and is built again', async (_what, damage, message) => {
    const directory = await temporaryFolder();
    await (await opened(directory)).index.update(animals);
    const file = await indexFile(directory);
    await writeFile(file, damage(await readFile(file)));

    const { index, warnings } = await opened(directory);
    expect(warnings).toEqual([{ type: 'index-not-used', message: expect.stringMatching(message) }]);
    expect(index.size).toBe(0);
    expect(await index.update(animals)).toMatchObject({ added: 3 });
    expect((await opened(directory)).warnings).toEqual([]);
  });

  it('C-13: that is larger than maxBytes is neither read nor written, and the error says what it is and what helps', async () => {
    const directory = await temporaryFolder();
    const { index } = await opened(directory);
    await index.update(animals);
    const { size } = await stat(await indexFile(directory));
    const parts = { embedding: new HashEmbedding() };
    await openIndex(parts, { directory, maxBytes: size });
    const error: unknown = await openIndex(parts, { directory, maxBytes: size - 1 }).catch((e: unknown) => e);
    expect(isMortiseError(error, 'configuration')).toBe(true);
    expect(String(error)).toMatch(
      new RegExp(
        `saved index ${directory}.* has more than ${size - 1} bytes, which is maxBytes. Raise maxBytes of openIndex, .*stores`,
      ),
    );

    const warnings: Warning[] = [];
    const onWarning = (warning: Warning): void => void warnings.push(warning);
    const small = await openIndex(parts, { directory: await temporaryFolder(), maxBytes: 500, onWarning });
    await small.update(animals);
    expect(warnings).toEqual([{ type: 'index-not-saved', message: expect.stringContaining('maxBytes') }]);
    await expect(small.save()).rejects.toMatchObject({ code: 'configuration' });
    expect(await readdir(join(small.path!, '..'))).not.toContain(expect.stringContaining('.tmp'));
    for (const maxBytes of [0, -1, 1.5, Number.NaN])
      await expect(openIndex(parts, { maxBytes })).rejects.toMatchObject({ code: 'configuration' });
  });

  it.runIf(existsSync('/dev/zero'))('C-13: that has no end is read no further than maxBytes', async () => {
    const directory = await temporaryFolder();
    const { index } = await opened(directory);
    await rm(index.path!, { force: true });
    await symlink('/dev/zero', index.path!);
    const opening = openIndex({ embedding: new Watched() }, { directory, maxBytes: 100_000 });
    await expect(opening).rejects.toThrow('more than 100000 bytes');
  });

  it('that cannot be written is a warning; save() says so itself', async () => {
    const directory = await temporaryFolder({ blocked: 'a file where a folder is needed' });
    const { index, warnings } = await opened(join(directory, 'blocked'));
    expect(await index.update(animals)).toMatchObject({ added: 3 });
    expect(warnings).toMatchObject(
      [{ type: 'index-not-used' }, { type: 'index-not-saved' }].slice(-warnings.length),
    );
    await expect(index.save()).rejects.toThrow();
    expect(await index.retriever().retrieve('cat')).not.toEqual([]);
  });

  it('leaves no temporary file, and is not written when nothing changed', async () => {
    const directory = await temporaryFolder();
    const { index } = await opened(directory);
    await index.update(animals);
    await rm(await indexFile(directory));
    await index.update(animals);
    expect(await readdir(directory)).toEqual([]);
  });

  it('needs a splitter that can be told from others', async () => {
    const splitter = { transform: async () => [] };
    const asked = openIndex({ embedding: new HashEmbedding() }, { splitter, directory: 'x' });
    await expect(asked).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('fingerprint'),
    });
  });

  it('C-01: an abort rejects with exactly the reason, and what was finished is saved', async () => {
    const directory = await temporaryFolder();
    const controller = new AbortController();
    const { index } = await opened(directory, new HashEmbedding({ maxBatchSize: 1 }));
    // Four batches are under way at once: with the sixth vector, at least one document is finished.
    const updating = index.update(eight, {
      signal: controller.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'embed' && done === 6) controller.abort('ctrl-c');
      },
    });
    await expect(updating).rejects.toBe('ctrl-c');
    const embedding = new Watched({ maxBatchSize: 1 });
    const again = await opened(directory, embedding);
    expect(again.index.size).toBeGreaterThan(0);
    const { unchanged, added } = await again.index.update(eight);
    expect([unchanged + added, added < 8]).toEqual([8, true]);
    expect(embedding.embedded).toHaveLength(added);
  });

  it('I-01: is saved meanwhile, and what a kill then leaves is whole', async () => {
    const [directory, copies] = [await temporaryFolder(), await temporaryFolder()];
    // The first save is of some documents, not of none.
    let size = (): number => 0;
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += size() > 2 ? 6000 : 0));
    let path = '';
    let file: Buffer | undefined;
    class Waiting extends HashEmbedding {
      override async doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
        // The last one takes until the first ones are saved.
        if (args[0].includes('Text number 7.')) {
          await vi.waitUntil(() => existsSync(path), { timeout: 20_000 });
          file ??= readFileSync(path);
        }
        return super.doEmbed(...args);
      }
    }
    const embedding = new Waiting({ maxBatchSize: 1 });
    const index = await openIndex({ embedding }, { directory });
    size = () => index.size;
    path = index.path as string;
    await index.update(eight);
    clock.mockRestore();
    await writeFile(join(copies, basename(path)), file as Buffer);
    const left = await openIndex({ embedding }, { directory: copies });
    const kept = left.size;
    expect([kept > 0, kept < 8, left.nodeCount]).toEqual([true, true, kept]);
    expect(await left.update(eight)).toMatchObject({ unchanged: kept, added: 8 - kept });
  });

  it('what was finished before the model failed is saved too', async () => {
    const directory = await temporaryFolder();
    class Failing extends HashEmbedding {
      override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
        if (args[0].some((text) => text.includes('moon'))) return Promise.reject(new Error('quota'));
        return super.doEmbed(...args);
      }
    }
    const { index } = await opened(directory, new Failing({ maxBatchSize: 1, concurrency: 1, retry: false }));
    await expect(index.update(animals)).rejects.toThrow('quota');
    expect((await opened(directory, new HashEmbedding({ maxBatchSize: 1 }))).index.size).toBe(2);
  });

  it('V-01: an update is one span, with what it did', async () => {
    const events: string[] = [];
    const index = await openIndex({ embedding: new HashEmbedding() });
    const stop = subscribe(({ name, phase, attributes }) => {
      if (name === 'ingest.run') events.push(`${phase} ${JSON.stringify(attributes)}`);
    });
    await index.update(animals);
    stop();
    expect(events).toEqual([
      'start {}',
      'end {"added":3,"updated":0,"unchanged":0,"duplicates":0,"removed":0,"nodes":3,"embedded":3,"cached":0,"requests":1,"tokens":17,"failed":0}',
    ]);
  });
});
