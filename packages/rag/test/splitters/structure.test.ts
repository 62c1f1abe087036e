import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDocument, nodeText, type TextNode } from '@mortise/core/retriever';
import {
  HierarchicalSplitter,
  leafNodes,
  MarkdownSplitter,
  SentenceSplitter,
  TokenSplitter,
} from '@mortise/rag';
import { anySettings, words } from './arbitrary.ts';

const rows = Array.from({ length: 40 }, (_, at) => `| row ${at} | some words of it |`);
const table = ['| Name | What it says |', '|------|:-------------|', ...rows].join('\n');
const before = 'An introduction, which is prose.\n\n';
const after = '\n\nAnd prose again, after the table.';
const text = `# T\n\n${before}${table}${after}`;

const headers = (chunks: readonly TextNode[]) => chunks.map(({ metadata }) => metadata['tableHeader']);

describe('tables', () => {
  const settings = { tokenizer: words, maxTokens: 40, overlap: 0 };
  const splitters = {
    SentenceSplitter: new SentenceSplitter({ ...settings, format: 'markdown' }),
    MarkdownSplitter: new MarkdownSplitter(settings),
    HierarchicalSplitter: new HierarchicalSplitter({ tokenizer: words, sizes: [90, 40], format: 'markdown' }),
    TokenSplitter: new TokenSplitter(settings),
  };

  it.each(Object.entries(splitters))(
    'X-01, X-02: %s gives each chunk that begins within a table its header, counted, and none to others',
    (_name, splitter) => {
      const chunks = leafNodes(splitter.split(createDocument({ id: 'd', text })));
      expect(chunks.length).toBeGreaterThan(8);
      const [first, last] = [text.indexOf(table), text.indexOf(after)];
      for (const chunk of chunks) {
        const { start = 0, end = 0 } = chunk;
        expect(text.slice(start, end)).toBe(chunk.text);
        expect(words.count(nodeText(chunk, 'embed'))).toBeLessThanOrEqual(40);
        const isWithin = start > first && start < last;
        expect(chunk.metadata['tableHeader'], chunk.text).toBe(
          isWithin ? '| Name | What it says |' : undefined,
        );
        if (isWithin) expect(nodeText(chunk, 'llm')).toContain('| Name | What it says |');
      }
    },
  );

  it('cuts between rows, also of a table without outer bars', () => {
    const plain = `a | b\n--- | ---\n${Array.from({ length: 30 }, (_, at) => `${at} | some words here`).join('\n')}`;
    const chunks = splitters.SentenceSplitter.split(createDocument({ id: 'd', text: plain }));
    for (const chunk of chunks.slice(1)) expect(chunk.text).toMatch(/^\d+ \| some/);
    expect(headers(chunks)).toEqual([undefined, ...Array<string>(chunks.length - 1).fill('a | b')]);
  });

  it('X-01: leaves out a header that would take more than half of a chunk', () => {
    const wide = `| ${'column '.repeat(30)}|\n|---|\n${'| word word word |\n'.repeat(30)}`;
    const chunks = splitters.SentenceSplitter.split(createDocument({ id: 'd', text: wide }));
    expect(chunks.length).toBeGreaterThan(3);
    expect(new Set(headers(chunks))).toEqual(new Set([undefined]));
  });

  it('takes no table for one in code, or where the cells do not agree', () => {
    for (const no of [`\`\`\`\n${table}\n\`\`\``, table.replace('|------|:-------------|', '|------|')]) {
      const chunks = splitters.SentenceSplitter.split(createDocument({ id: 'd', text: no }));
      expect(new Set(headers(chunks))).toEqual(new Set([undefined]));
    }
  });

  it('D-02: cuts CSV between rows, with its header', () => {
    const csv = (mediaType: string, source: string) =>
      new SentenceSplitter(settings).split(
        createDocument({ id: 'd', text: source, metadata: { mediaType } }),
      );
    const lines = Array.from({ length: 30 }, (_, at) => `${at};"some words,\n\nin two lines"`);
    const source = ['id;note', ...lines].join('\n');
    const chunks = csv('text/csv', source);
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks.slice(1)) expect(chunk.text).toMatch(/^\d+;"some[^]*lines"$/);
    expect(headers(chunks)).toEqual([undefined, ...Array<string>(chunks.length - 1).fill('id;note')]);
    expect(headers(csv('text/csv; header=absent', source)).every((header) => header === undefined)).toBe(
      true,
    );
    expect(headers(csv('text/csv', `sep=;\n${source}`)).at(-1)).toBe('id;note');
  });

  it('X-01, X-02: no chunk is above its limit, and offsets are exact, whatever the tables', () => {
    const cell = fc.constantFrom('a', 'some words', '', 'x'.repeat(50), '\\|', '"q', '`|`');
    const line = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => `| ${cells.join(' | ')} |\n`);
    const anyTable = fc
      .tuple(line, fc.integer({ min: 1, max: 4 }), fc.array(line, { maxLength: 30 }))
      .map(([head, cells, body]) => `${head}|${'--|'.repeat(cells)}\n${body.join('')}`);
    const anyText = fc.array(fc.oneof(anyTable, fc.constantFrom('\n', 'Prose.\n', '> ', '- ', '```\n')), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        anyText,
        anySettings,
        fc.constantFrom('text/csv', 'text/markdown'),
        (parts, some, mediaType) => {
          const document = createDocument({ id: 'd', text: parts.join(''), metadata: { mediaType } });
          const all = { ...some, maxTokens: some.maxTokens + 20 };
          for (const chunk of new SentenceSplitter(all).split(document)) {
            expect(document.text.slice(chunk.start, chunk.end)).toBe(chunk.text);
            expect(all.tokenizer.count(nodeText(chunk, 'embed'))).toBeLessThanOrEqual(all.maxTokens);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('fences', () => {
  const texts = (source: string, maxTokens: number) =>
    new MarkdownSplitter({ tokenizer: words, maxTokens })
      .split(createDocument({ id: 'd', text: source }))
      .map((chunk) => chunk.text);

  it('a fence on the line of a list stays whole where it fits, and ends with the list', () => {
    const code = '- ```bash\n  # install\n\n  npm i\n  ```';
    const source = `${'Some words. '.repeat(6)}\n\n${code}\n\n${'More words. '.repeat(6)}`;
    for (const maxTokens of [8, 10, 14])
      expect(texts(source, maxTokens)).toContainEqual(expect.stringContaining(code));
  });

  it('a code span of three ticks on a line opens nothing', () => {
    const source = `\`\`\`npm install\`\`\`\n\n${'One two.\n\n'.repeat(10)}`;
    expect(texts(source, 6).length).toBeGreaterThan(3);
    expect(texts(source, 6)[1]).toBe('One two.\n\nOne two.\n\nOne two.');
  });
});

describe('long texts', () => {
  it('X-02: a text is cut the same way piece by piece, whatever is longer than a piece', () => {
    const sentence = 'A sentence of seven words is here. ';
    for (const long of [
      `${sentence.repeat(20)}\n\n`.repeat(250),
      sentence.repeat(5_000),
      'word '.repeat(40_000),
      'x'.repeat(200_000),
      `\`\`\`\n${`${sentence}\n`.repeat(5_000)}\`\`\`\n`,
      `| a |\n|---|\n${`| ${sentence}|\n`.repeat(5_000)}`,
      '\u0301'.repeat(100_000),
      '👩‍👩‍👧‍👦'.repeat(20_000),
    ]) {
      const chunks = new SentenceSplitter({ maxTokens: 200, overlap: 20 }).split(
        createDocument({ id: 'd', text: long }),
      );
      let covered = 0;
      for (const { start = -1, end = -1, text: piece } of chunks) {
        expect(piece).toBe(long.slice(start, end));
        expect(piece.isWellFormed()).toBe(true);
        expect(long.slice(covered, Math.max(covered, start)).trim()).toBe('');
        covered = Math.max(covered, end);
      }
      expect(long.slice(covered).trim()).toBe('');
    }
  });

  it('sentences stay whole behind the first piece', () => {
    const long = 'A sentence of seven words is here. '.repeat(8_000);
    const chunks = new SentenceSplitter({ maxTokens: 100, overlap: 0 }).split(
      createDocument({ id: 'd', text: long }),
    );
    const odd = chunks.filter(({ text: piece }) => !/^A sentence.*here\.$/.test(piece));
    expect(odd).toEqual([]);
  });
});
