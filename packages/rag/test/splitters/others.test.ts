import { describe, expect, it } from 'vitest';
import { createDocument, type TextNode } from '@mortise/core/retriever';
import {
  HierarchicalSplitter,
  leafNodes,
  MarkdownSplitter,
  SentenceSplitter,
  TokenSplitter,
} from '@mortise/rag';
import { words } from './arbitrary.ts';

const document = (text: string, more = {}) => createDocument({ id: 'd', text, ...more });
const texts = (chunks: readonly TextNode[]) => chunks.map(({ text }) => text);

describe('TokenSplitter', () => {
  it('fills its chunks wherever sentences and paragraphs end, and repeats whole words', () => {
    const text = 'One two three.\n\nFour five. Six seven eight\n\n# Nine ten';
    expect(
      texts(new TokenSplitter({ tokenizer: words, maxTokens: 5, overlap: 1 }).split(document(text))),
    ).toEqual(['One two three.\n\nFour five.', 'five. Six seven eight\n\n#', '# Nine ten']);
  });

  it('makes as few chunks as there can be', () => {
    const chunks = new TokenSplitter({ tokenizer: words, maxTokens: 50, overlap: 0 }).split(
      document('Some sentences. They are short. '.repeat(100)),
    );
    expect(chunks).toHaveLength(Math.ceil((5 * 100) / 50));
  });
});

describe('MarkdownSplitter', () => {
  const code = '```js\nconst a = 1;\n\nfor (const b of c) {\n\n  run(a, b);\n}\n```';

  it('makes a chunk of each section, with the path of its headings', () => {
    const text = '# A\n\nOne.\n\n## B\n\nTwo.\n\n### C\n\nThree.\n\n## D\n\nFour.';
    const split = (level?: number) =>
      new MarkdownSplitter({ level })
        .split(document(text))
        .map(({ text: piece, metadata }) => [piece, metadata['section']]);
    expect(split()).toEqual([
      ['# A\n\nOne.', 'A'],
      ['## B\n\nTwo.', 'A > B'],
      ['### C\n\nThree.', 'A > B > C'],
      ['## D\n\nFour.', 'A > D'],
    ]);
    expect(split(2)).toEqual([
      ['# A\n\nOne.', 'A'],
      ['## B\n\nTwo.\n\n### C\n\nThree.', 'A > B'],
      ['## D\n\nFour.', 'A > D'],
    ]);
  });

  it.each([
    ['after a heading', '## Use\n\n'],
    ['after a line, without a blank one between', 'Run this, as it was said before:\n'],
    ['after a long paragraph', `${'Some words. '.repeat(9)}\n\n`],
    ['in front of text', ''],
  ])('does not cut code that fits into a chunk: %s', (_where, before) => {
    const text = `${before}${code}\nAnd so on, with more words than fit beside the code, and some others.`;
    for (const maxTokens of [17, 18, 20, 24]) {
      const chunks = texts(new MarkdownSplitter({ tokenizer: words, maxTokens }).split(document(text)));
      expect(chunks.filter((chunk) => chunk.includes(code))).toHaveLength(1);
    }
  });

  it('cuts code that does not fit between its lines', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `run(${at}, "some words");`);
    const chunks = new MarkdownSplitter({ tokenizer: words, maxTokens: 24 }).split(
      document(`\`\`\`js\n${lines.join('\n')}\n\`\`\``),
    );
    expect(chunks.length).toBeGreaterThan(3);
    for (const { text } of chunks) expect(text).toMatch(/^(```js|run\().*(\);|```)$/s);
  });

  it('refuses a level that is none', () => {
    expect(() => new MarkdownSplitter({ level: 0 })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});

describe('HierarchicalSplitter', () => {
  const text = `# A\n\n${'One is here. Two is there. '.repeat(4)}\n\n## B\n\n${'Three is away. '.repeat(6)}`;
  const splitter = new HierarchicalSplitter({ tokenizer: words, sizes: [30, 14], format: 'markdown' });

  it('cuts each chunk out of a larger one, parents first, and joins them', () => {
    const chunks = splitter.split(document(text));
    expect(chunks.map(({ id }) => id)).toEqual([
      'd#0',
      'd#0#0',
      'd#0#1',
      'd#0#2',
      'd#1',
      'd#1#0',
      'd#1#1',
      'd#1#2',
    ]);
    const roots = chunks.filter(({ relationships }) => relationships?.parent === undefined);
    expect(roots.map(({ id }) => id)).toEqual(['d#0', 'd#1']);
    expect(leafNodes(chunks).map(({ id }) => id)).toEqual([
      'd#0#0',
      'd#0#1',
      'd#0#2',
      'd#1#0',
      'd#1#1',
      'd#1#2',
    ]);
    expect(chunks[0]?.relationships).toMatchObject({
      source: { id: 'd' },
      next: { id: 'd#1' },
      children: [{ id: 'd#0#0' }, { id: 'd#0#1' }, { id: 'd#0#2' }],
    });
    expect(chunks[3]?.relationships).toEqual({
      source: chunks[0]?.relationships?.source,
      parent: { id: 'd#0' },
      previous: { id: 'd#0#1' },
      next: { id: 'd#1#0' },
    });
  });

  it('gives leaves the whole path of headings', () => {
    expect(leafNodes(splitter.split(document(text))).map(({ metadata }) => metadata['section'])).toEqual([
      'A',
      'A',
      'A',
      'A > B',
      'A > B',
      'A > B',
    ]);
  });

  it('refuses sizes that do not get smaller', () => {
    for (const sizes of [[], [100, 100], [10, 20], [0]])
      expect(() => new HierarchicalSplitter({ sizes })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });
});

describe('HierarchicalSplitter, long headings', () => {
  it('X-01: leaves out a path of headings that would fill a smaller chunk', () => {
    const splitter = new HierarchicalSplitter({ tokenizer: words, sizes: [30, 8], format: 'markdown' });
    const chunks = splitter.split(
      document(`# One two three four five six seven eight nine\n\n${'Ten. '.repeat(9)}`),
    );
    expect(chunks[0]?.metadata).toEqual({ section: 'One two three four five six seven eight nine' });
    const leaves = leafNodes(chunks);
    expect(leaves.length).toBeGreaterThan(1);
    for (const { metadata, text } of leaves) {
      expect(metadata).toEqual({});
      expect(words.count(text)).toBeLessThanOrEqual(8);
    }
  });
});

describe('pages', () => {
  it('D-02: a chunk of a document of several pages has the page that it begins on', () => {
    const pages = ['First page. It is short.\n\n', 'Second page, which is longer than that.\n\n', 'Third.'];
    const pageStarts = [0, pages[0]!.length, pages[0]!.length + pages[1]!.length];
    const chunks = new SentenceSplitter({ tokenizer: words, maxTokens: 11, overlap: 0 }).split(
      document(pages.join(''), { metadata: { path: 'a.pdf', pageStarts } }),
    );
    expect(chunks.map(({ text, metadata }) => [text, metadata])).toEqual([
      ['First page. It is short.', { path: 'a.pdf', page: 1 }],
      ['Second page, which is longer than that.', { path: 'a.pdf', page: 2 }],
      ['Third.', { path: 'a.pdf', page: 3 }],
    ]);
  });
});
