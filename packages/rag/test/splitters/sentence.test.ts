import { describe, expect, it } from 'vitest';
import {
  createDocument,
  createIndexNode,
  createTextNode,
  nodeHash,
  type TextNode,
} from '@mortise/core/retriever';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import { SentenceSplitter } from '@mortise/rag';
import { bytes, words } from './arbitrary.ts';

const texts = (nodes: readonly TextNode[]) => nodes.map(({ text }) => text);
const split = (text: string, options: ConstructorParameters<typeof SentenceSplitter>[0]) =>
  new SentenceSplitter(options).split(createDocument({ id: 'd', text }));

describe('SentenceSplitter', () => {
  it('X-02: a chunk never begins where the one before it does, also after white space', () => {
    const text = '\r\n東京は日本の首都です。人口は多い。';
    const chunks = split(text, { tokenizer: bytes, maxTokens: 51, format: 'markdown', overlap: 33 });
    const starts = chunks.map(({ start }) => start);
    expect(starts).toEqual([...new Set(starts)]);
  });

  it('X-02: a repeated text has the offset of each of its places', () => {
    const text = 'Again and again. '.repeat(6);
    const chunks = split(text, { tokenizer: words, maxTokens: 3, overlap: 0 });
    expect(chunks.map(({ start }) => start)).toEqual([0, 17, 34, 51, 68, 85]);
    expect(new Set(texts(chunks))).toEqual(new Set(['Again and again.']));
  });

  it('X-03: time is linear in the text', () => {
    const paragraph = 'A sentence of several words. Another one, with a comma. '.repeat(4);
    const kinds: Record<string, (size: number) => string> = {
      paragraphs: (size) => `${paragraph}\n\n`.repeat(size),
      'one line': (size) => paragraph.repeat(size),
      'one word': (size) => 'x'.repeat(size * paragraph.length),
      'short lines': (size) => '- a\n'.repeat((size * paragraph.length) / 4),
      headings: (size) => '## a\n\nb\n\n'.repeat((size * paragraph.length) / 9),
    };
    for (const [kind, make] of Object.entries(kinds)) {
      // Work, not time: characters looked at by the tokenizer, for ten times the text.
      const work = (size: number) => {
        let looked = 0;
        let longest = 0;
        const counter: TokenCounter = {
          name: 'c',
          count(text) {
            looked += text.length;
            longest = Math.max(longest, text.length);
            return estimateTokenizer.count(text);
          },
        };
        split(make(size), { tokenizer: counter, maxTokens: 64, overlap: 16, format: 'markdown' });
        // Real tokenizers take more than linear time for a very long word: they must never see one.
        expect(longest, kind).toBeLessThanOrEqual(64 * 16);
        return looked / make(size).length;
      };
      const [small, large] = [work(20), work(200)];
      expect(large, kind).toBeLessThan(small * 1.2 + 1);
      expect(large, kind).toBeLessThan(16);
    }
  });

  it('keeps paragraphs whole where they fit, then sentences, then words', () => {
    const text = 'One two three.\n\nFour five. Six seven eight nine ten.\n\nEleven.';
    expect(texts(split(text, { tokenizer: words, maxTokens: 6, overlap: 0 }))).toEqual([
      'One two three.',
      'Four five.',
      'Six seven eight nine ten.\n\nEleven.',
    ]);
    expect(texts(split('a b c d e f g', { tokenizer: words, maxTokens: 3, overlap: 0 }))).toEqual([
      'a b c',
      'd e f',
      'g',
    ]);
  });

  it('does not take the line ends of wrapped prose for the ends of sentences, but those of lists', () => {
    const text = 'A sentence that\nis wrapped here. And one\nmore.\n- first item\n- second item';
    const chunks = texts(split(text, { tokenizer: words, maxTokens: 6, overlap: 0 }));
    expect(chunks).toEqual([
      'A sentence that\nis wrapped here.',
      'And one\nmore.\n- first item',
      '- second item',
    ]);
  });

  it('cuts Chinese and Japanese by their own sentences', () => {
    const text = '東京は日本の首都です。人口は多い。京都は古い。';
    expect(texts(split(text, { maxTokens: 16, overlap: 0 }))).toEqual([
      '東京は日本の首都です。人口は多い。',
      '京都は古い。',
    ]);
  });

  it('repeats the last whole sentences within a section, and never across headings', () => {
    const text =
      '# A\n\nOne is the first. Two is the second. Three is the third. Four is the fourth.\n\n# B\n\nFive is the fifth.';
    const chunks = split(text, { tokenizer: words, maxTokens: 14, overlap: 4, format: 'markdown' });
    expect(texts(chunks)).toEqual([
      '# A\n\nOne is the first. Two is the second.',
      'Two is the second. Three is the third. Four is the fourth.',
      '# B\n\nFive is the fifth.',
    ]);
  });

  it('D-02: keeps the heading path, source, neighbours and metadata', () => {
    const text =
      '# Guide\n\nIntro.\n\n## Install\n\n### Windows\n\nRun it.\n\nUnderlined\n---\n\n```sh\n# no heading\n```\n\n## Use\n\nSo.';
    const document = createDocument({
      id: 'guide.md',
      text,
      metadata: { path: 'guide.md', title: 'Guide', mediaType: 'text/markdown' },
      excludedEmbedMetadataKeys: ['mediaType'],
    });
    const chunks = new SentenceSplitter().split(document);
    expect(chunks.map(({ metadata }) => metadata['section'])).toEqual([
      undefined,
      'Install > Windows',
      'Underlined',
      'Use',
    ]);
    expect(texts(chunks)[2]).toBe('Underlined\n---\n\n```sh\n# no heading\n```');
    expect(chunks[1]).toEqual({
      type: 'text',
      id: 'guide.md#1',
      text: '## Install\n\n### Windows\n\nRun it.',
      metadata: {
        path: 'guide.md',
        title: 'Guide',
        mediaType: 'text/markdown',
        section: 'Install > Windows',
      },
      excludedEmbedMetadataKeys: ['mediaType'],
      relationships: {
        source: { id: 'guide.md', hash: nodeHash(document) },
        previous: { id: 'guide.md#0' },
        next: { id: 'guide.md#2' },
      },
      start: text.indexOf('## Install'),
      end: text.indexOf('Run it.') + 7,
    });
  });

  it('adds the place of a chunk that is split again, and keeps its source', () => {
    const chunk = createTextNode({
      id: 'c',
      text: 'One. Two.',
      start: 100,
      end: 109,
      relationships: { source: { id: 'd' } },
    });
    const parts = new SentenceSplitter({ tokenizer: words, maxTokens: 1, overlap: 0 }).split(chunk);
    expect(parts.map(({ start, end }) => [start, end])).toEqual([
      [100, 104],
      [105, 109],
    ]);
    expect(parts[0]?.relationships?.source).toEqual({ id: 'd' });
  });

  it('counts the metadata that a model sees, and refuses when they leave no room', () => {
    const document = createDocument({ id: 'd', text: 'One two three four.', metadata: { note: 'five six' } });
    const splitter = new SentenceSplitter({ tokenizer: words, maxTokens: 5, overlap: 0 });
    expect(texts(splitter.split(document))).toEqual(['One two', 'three four.']);
    const tight = new SentenceSplitter({ tokenizer: words, maxTokens: 3, overlap: 0 });
    expect(() => tight.split(document)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining('metadata of d') }),
    );
  });

  it('refuses settings that cannot work', () => {
    for (const options of [
      { maxTokens: 0 },
      { maxTokens: 1.5 },
      { maxTokens: 10, overlap: 10 },
      { overlap: -1 },
    ]) {
      expect(() => new SentenceSplitter(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
    }
    expect(() => split('👩', { tokenizer: bytes, maxTokens: 3, overlap: 0 })).toThrow(/single character/);
  });

  it('cuts inside a character only when it cannot be had whole, and never inside a code point', () => {
    const accented = 'éé'.normalize('NFD');
    expect(texts(split(`${accented}👩‍👩‍👧`, { tokenizer: bytes, maxTokens: 18, overlap: 0 }))).toEqual([
      accented,
      '👩‍👩‍👧',
    ]);
    const pieces = texts(split('👩‍👩‍👧‍👦', { tokenizer: bytes, maxTokens: 5, overlap: 0 }));
    expect(pieces.join('')).toBe('👩‍👩‍👧‍👦');
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('leaves out of the heading path what would take more than half of a chunk', () => {
    const long = `# ${'long '.repeat(30)}`;
    const settings = { tokenizer: words, maxTokens: 40, overlap: 0, format: 'markdown' } as const;
    expect(split(`${long}\n\n## Short one\n\nText.`, settings)[0]?.metadata['section']).toBe('Short one');
    expect(split(`${long}\n\nText.`, settings)[0]?.metadata).toEqual({});
  });

  it('gives an unchanged document the same chunks, and an empty one none', () => {
    const document = createDocument({ id: 'd', text: 'One. Two.' });
    expect(new SentenceSplitter().split(document)).toEqual(new SentenceSplitter().split(document));
    expect(split(' \n ', {})).toEqual([]);
  });

  it('its fingerprint changes with every setting', () => {
    const all = [{}, { maxTokens: 100 }, { overlap: 3 }, { tokenizer: words }, { format: 'text' as const }];
    expect(new Set(all.map((options) => new SentenceSplitter(options).fingerprint)).size).toBe(all.length);
  });

  it('transform() splits texts, passes other nodes on, reports progress, and stops at an abort', async () => {
    const index = createIndexNode({ text: 'One. Two.', indexId: 'x' });
    const progress: unknown[] = [];
    const nodes = [createDocument({ id: 'd', text: 'One. Two.' }), index];
    const result = await new SentenceSplitter().transform(nodes, { onProgress: (at) => progress.push(at) });
    expect(result.map(({ id }) => id)).toEqual(['d#0', index.id]);
    expect(progress).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
    await expect(new SentenceSplitter().transform(nodes, { signal: AbortSignal.abort('stop') })).rejects.toBe(
      'stop',
    );
  });
});
