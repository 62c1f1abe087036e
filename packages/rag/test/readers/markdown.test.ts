import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@mortise/core';
import type { Document } from '@mortise/core/retriever';
import { FilesReader, markdownHeadings, MarkdownSplitter } from '@mortise/rag';
import { collect, temporaryFolder } from '../temporary.ts';

async function read(text: string): Promise<Document> {
  const root = await temporaryFolder({ 'a.md': text });
  const [document] = await collect(new FilesReader({ root, files: ['a.md'] }).read());
  if (document === undefined) return expect.fail('nothing was read');
  return document;
}

describe('front matter', () => {
  it.each<[string, string, JsonObject, string]>([
    ['entries', '---\na: 1\n---\nText', { a: 1 }, 'Text'],
    ['CRLF', '---\r\na: 1\r\n---\r\nText', { a: 1 }, 'Text'],
    ['a byte order mark', '\ufeff---\na: 1\n---\nText', { a: 1 }, 'Text'],
    ['... as its end', '---\na: 1\n...\nText', { a: 1 }, 'Text'],
    ['no entries', '---\n---\nText', {}, 'Text'],
    ['comments and blank lines', '---\n# c\na: 1\n\nb: 2 # d\n---\nText', { a: 1, b: 2 }, 'Text'],
    ['a list at the margin', '---\na:\n- x\n- "y: z"\n---\nText', { a: ['x', 'y: z'] }, 'Text'],
    ['a list over lines', '---\na: [x,\n  "y, z"\n]\n---\nText', { a: ['x', 'y, z'] }, 'Text'],
    ['block scalars', '---\na: |\n  x\n    y\nb: >-\n  x\n  y\n---\nText', { a: 'x\n  y', b: 'x y' }, 'Text'],
    ['something deeper', '---\na:\n  b:\n    - c: d\n---\nText', { a: 'b:\n    - c: d' }, 'Text'],
    [
      'keys in quotes and other scripts',
      '---\n"a b": 1\n标题: x\n---\nText',
      { 'a b': 1, 标题: 'x' },
      'Text',
    ],
    [
      'numbers that would change',
      '---\na: 12345678901234567890\n---\nText',
      { a: '12345678901234567890' },
      'Text',
    ],
  ])('is taken: %s', async (_what, source, metadata, text) => {
    const document = await read(source);
    const { path: _path, mediaType: _type, bodyStart, ...own } = document.metadata;
    expect(own).toEqual(metadata);
    expect(document.text).toBe(text);
    expect(source.replace('\ufeff', '').slice(bodyStart as number)).toBe(text);
  });

  it.each([
    [
      'text between thematic breaks',
      '---\n\nSome intro text that is not yaml.\n\nNote: a sentence.\n\n---\n\nrest',
    ],
    ['one sentence with a colon', '---\n\nNote: a sentence.\n\n---\n\nrest'],
    ['a line that is no entry', '---\na: 1\nand so on\n---\nrest'],
    ['a heading', '---\n# Heading\n---\nrest'],
    ['a key that is a sentence', '---\nSee the notes, please, and mind: this.\n---\nrest'],
    ['no end', '---\na: 1\nb: 2\n'],
    ['two thematic breaks', '---\n\n---\nrest'],
    ['another beginning', ' ---\na: 1\n---\nrest'],
    ['a longer line', '----\na: 1\n----\nrest'],
    ['TOML', '+++\na = 1\n+++\nrest'],
    ['a table', '---\na | b\n---\nrest'],
  ])('is not taken off a text that is none: %s', async (_what, source) => {
    const document = await read(source);
    expect(document.text).toBe(source);
    expect(document.metadata).not.toHaveProperty('bodyStart');
  });
});

describe('markdownHeadings', () => {
  const titles = (text: string) => markdownHeadings(text).map(({ level, title }) => `${level} ${title}`);

  it.each<[string, string, string[]]>([
    ['a fence on the line of a list', '- ```bash\n  # comment\n  ```\n\n# H', ['1 H']],
    ['a fence of a list that the list ends', '- ```bash\n  # comment\n\n# H', ['1 H']],
    ['a fence in a block quote', '> ```\n> # comment\n> ```\n\n# H', ['1 H']],
    ['a fence in a block quote that the quote ends', '> ```\n> # comment\n\n# H', ['1 H']],
    ['a fence that is indented', '   ~~~\n   # comment\n  ~~~\n# H', ['1 H']],
    ['a fence with a longer end', '```\n# comment\n`````\n# H', ['1 H']],
    ['a fence with a shorter line in it', '````\n```\n# comment\n````\n# H', ['1 H']],
    ['tildes with ticks in them', '~~~ a`b\n# comment\n```\n~~~\n# H', ['1 H']],
    ['a code span of three ticks', '```npm install```\n\n# H\n\n```\n# comment\n```', ['1 H']],
    ['a fence that never ends', '# H\n\n```\n# comment\n## comment', ['1 H']],
    ['underlined headings', 'A\n=\n\nB\nmore\n---\n\n- c\n---', ['1 A', '2 B more']],
    ['lines of tables and thematic breaks', '| a |\n|---|\n\n***\n\n---', []],
    ['closing marks', '# A #\n## B ##   \n### C#\n#### #\n#no', ['1 A', '2 B', '3 C#', '4 ']],
    ['comments and code in HTML', '<!--\n# a\n-->\n<pre>\n# b\n</pre>\n<div>\n# c\n\n# H\n</div>', ['1 H']],
    ['HTML headings', '<h1 align="center">\n  A <b>b</b>\n</h1>\n\n<h2>C</h2>', ['1 A b', '2 C']],
    ['lists and quotes', '- # A\n\n> ## B\n\n1. x\n\n   ### C', ['1 A', '2 B', '3 C']],
    ['code that is indented', '    # a\n\n\t# b\n\n   # H', ['1 H']],
    ['references', '[a]: /b\n---\n\n[a]: /b "c"\nH\n---', ['2 H']],
    ['CR LF', '# A\r\n\r\nB\r\n===\r\n', ['1 A', '1 B']],
  ])('sees %s', (_what, text, wanted) => {
    expect(titles(text)).toEqual(wanted);
  });

  it('D-02: says where each begins', () => {
    const text = 'Intro.\n\nA title\nof two lines\n===\n\n> ## B\n';
    expect(markdownHeadings(text)).toEqual([
      { level: 1, title: 'A title of two lines', start: text.indexOf('A title') },
      { level: 2, title: 'B', start: text.indexOf('> ## B') },
    ]);
  });
});

describe('MarkdownSplitter', () => {
  const split = (text: string) =>
    new MarkdownSplitter().split({ type: 'document', id: 'd', text, metadata: {} });

  it('D-02: a heading in a list or a quote holds to its end, and not beyond', () => {
    const text =
      '## A\n\nOne.\n\n> # Note\n>\n> Two.\n\nThree.\n\n- #### X\n\n  Four.\n\nFive.\n\n### B\n\nSix.';
    expect(split(text).map(({ text: piece, metadata }) => [piece, metadata['section']])).toEqual([
      ['## A\n\nOne.', 'A'],
      ['> # Note\n>\n> Two.', 'A > Note'],
      ['Three.', 'A'],
      ['- #### X\n\n  Four.', 'A > X'],
      ['Five.', 'A'],
      ['### B\n\nSix.', 'A > B'],
    ]);
  });

  it('D-02: the lines of an underlined heading are of its section', () => {
    expect(
      split('# A\n\nB\nb\n---\n\nText.').map(({ text, metadata }) => [text, metadata['section']]),
    ).toEqual([['# A\n\nB\nb\n---\n\nText.', 'A > B b']]);
  });
});
