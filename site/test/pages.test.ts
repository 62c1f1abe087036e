import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../tooling/workspace.ts';
import { deadLinks, fileAt } from '../built.ts';
import { declarationText, docText } from '../declaration.ts';
import { leftOver, namesOf } from '../named.ts';
import { leftOverNames, referencePages } from '../reference.ts';
import { importsOf, withImports } from '../imports.ts';
import { llmsFull, llmsTxt, twinOf } from '../llms.ts';
import { addressOf, pathOf, relink, slug, summaryOf, titleOf, type Page } from '../page.ts';
import { sidebarOf, sidebarsOf, tablesOf } from '../sidebar.ts';

const page = (path: string, text: string): Page => ({
  path,
  source: undefined,
  title: titleOf(text),
  summary: summaryOf(text),
  text,
});

describe('a page', () => {
  test.each([
    ['docs/README.md', 'start.md', 'start'],
    ['site/home.md', 'index.md', ''],
    ['docs/guides/tools.md', 'guides/tools.md', 'guides/tools'],
    ['docs/decisions/README.md', 'decisions/index.md', 'decisions/'],
    ['integrations/openai/README.md', 'packages/openai.md', 'packages/openai'],
  ])('%s has its place and its address', (file, path, address) => {
    expect(pathOf(file)).toBe(path);
    expect(addressOf(path)).toBe(address);
  });

  test('what is not of the documentation has none', () => {
    expect(pathOf('bench/README.md')).toBeUndefined();
    expect(pathOf('packages/core/src/index.ts')).toBeUndefined();
  });

  test('is summed up by its first sentence, without marks', () => {
    const text =
      '# Tools\n\n<!-- file: a.ts -->\n\n```ts\nx();\n```\n\nA model with [`tools`](a.md) is a **loop**. More.\n';
    expect(summaryOf(text)).toBe('A model with tools is a loop.');
  });

  test('is not summed up by what stands in brackets', () => {
    expect(summaryOf('# A\n\nYou need Node (a browser: none), and npm. More.\n')).toBe(
      'You need Node (a browser: none), and npm.',
    );
  });

  test('has the anchors of GitHub', () => {
    expect(slug("Servers that speak OpenAI's wire")).toBe('servers-that-speak-openais-wire');
    expect(slug('`streamTools` and UI')).toBe('streamtools-and-ui');
  });
});

describe('a part of a program', () => {
  const file = `import type { LLM } from '@mortise/core';
import { runTools, tool, type Tool } from '@mortise/toolkit';
import * as z from 'zod';
import { mine } from './mine.ts';
export async function f(llm: LLM) {
  const tools = [mine, tool({ parameters: z.object({}) })];
  return llm.runTools(tools);
}`;

  test('says where its names come from: packages, and what it uses', () => {
    const part = 'const tools = [mine, tool({ parameters: z.object({}) })];\nllm.runTools(tools);\n';
    expect(importsOf(file, part)).toEqual([
      "import { tool } from '@mortise/toolkit';",
      "import * as z from 'zod';",
    ]);
    const text = `<!-- file: a.ts#tools -->\n\n\`\`\`ts\n${part}\`\`\`\n`;
    expect(withImports(text, () => file)).toContain("```ts\nimport { tool } from '@mortise/toolkit';\n");
  });

  test('has no import twice', () => {
    expect(importsOf(file, "import { tool } from '@mortise/toolkit';\ntool(z.x);")).toEqual([
      "import * as z from 'zod';",
    ]);
  });
});

describe('links', () => {
  const targets = {
    pages: new Set(['docs/README.md', 'docs/guides/tools.md', 'packages/rag/README.md']),
    repository: 'https://example.org/mortise',
    isFolder: (path: string) => !path.includes('.'),
  };
  const relinked = (text: string): string => relink('docs/guides/chat.md', text, targets);

  test.each([
    ['to a page', '[tools](tools.md#approvals)', '[tools](./tools.md#approvals)'],
    ['to the start', '[start](../README.md)', '[start](../start.md)'],
    ['to a folder of a package', '[rag](../../packages/rag)', '[rag](../packages/rag.md)'],
    ['to a file', '[it](../../bench/a.ts)', '[it](https://example.org/mortise/blob/main/bench/a.ts)'],
    ['to a folder', '[`x`](../../bench)', '[`x`](https://example.org/mortise/tree/main/bench)'],
    ['to a picture', '![chat](../images/chat.webp)', '![chat](../images/chat.webp)'],
    ['within the page', '[below](#below)', '[below](#below)'],
    ['to elsewhere', '[zod](https://zod.dev)', '[zod](https://zod.dev)'],
  ])('%s', (_, before, after) => {
    expect(relinked(before)).toBe(after);
  });

  test('in program text are none', () => {
    const text = 'Write `[a](tools.md)`:\n\n```md\n[a](tools.md)\n```\n';
    expect(relinked(text)).toBe(text);
  });
});

test('the terms name what the packages export', () => {
  const reports = readdirSync(join(root, 'api'), { withFileTypes: true }).filter((entry) => entry.isFile());
  const api = reports.map(({ name }) => readFileSync(join(root, 'api', name), 'utf8')).join('\n');
  const cells = readFileSync(join(root, 'docs/terms.md'), 'utf8').matchAll(/^\|[^|]*\|[^|]*\|([^|]*)\|$/gm);
  const names = [...cells].flatMap(([, cell = '']) => cell.match(/`[\w.]+(?:\(\))?`/g) ?? []);
  const words = names
    .flatMap((name) => name.replaceAll(/[`()]/g, '').split('.'))
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !new RegExp(`\\b${word}\\b`).test(api));
  expect(words.length).toBeGreaterThan(60);
  expect(unknown).toEqual(['tooling']);
});

describe('the sidebar', () => {
  const start = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const guides = readdirSync(join(root, 'docs/guides')).map((name) => `guides/${name}`);

  test('has every guide: docs/README.md lists them all', () => {
    const listed = tablesOf(start).flatMap(({ rows }) => rows.map(({ path }) => path));
    expect(guides.filter((guide) => !listed.includes(guide))).toEqual([]);
  });

  const pages = [
    page('start.md', '# Start here\n'),
    page('guides/a.md', '# A guide\n\nOf one thing. Of more.\n'),
    page('cookbook/b.md', '# A recipe\n'),
    page('reference/core.md', '# @mortise/core\n'),
    page('reference/core/llm.md', '# @mortise/core/llm\n'),
    page('decisions/why.md', '# Why\n'),
  ];
  const readme =
    '# Start\n\n## Models\n\n| want | read |\n| --- | --- |\n| chat, stream | [A](guides/a.md#top) |\n| code | [x](../examples/x) |\n';
  const groups = sidebarOf(readme, pages);

  test('says what a reader wants, and takes in what lies in the cookbook', () => {
    expect(groups.map(({ text }) => text)).toEqual(['Start', 'Models', 'Cookbook', 'Reference']);
    expect(groups[1]?.items).toEqual([{ text: 'Chat, stream', link: '/guides/a#top' }]);
    expect(groups[2]?.items).toEqual([{ text: 'A recipe', link: '/cookbook/b' }]);
  });

  test('has the reference beside its own pages alone', () => {
    const sidebars = sidebarsOf(groups);
    expect(sidebars['/reference/']?.map(({ text }) => text)).toEqual(['Start', 'Reference']);
    expect(JSON.stringify(sidebars['/'])).not.toContain('/reference/core/llm');
  });

  test('gives agents the same list: a link to the Markdown and a sentence each', () => {
    const list = llmsTxt('https://example.org/', pages, groups);
    expect(list).toMatch(/^# Mortise\n\n> \S/);
    expect(list).toContain(
      '## Models\n\n- [A guide](https://example.org/guides/a.md): Chat, stream. Of one thing.\n',
    );
    expect(list).toContain('## Optional\n\n- [Why](https://example.org/decisions/why.md)');
  });

  test('leads agents to what begins, and leaves the rules and the decisions for the end', () => {
    const more = [
      ...pages,
      page('programs.md', '# A program for each contract\n'),
      page('terms.md', '# Terms\n'),
      page('cookbook/index.md', '# Cookbook\n'),
      page('decisions/index.md', '# Decisions\n'),
      page('spec/llm.md', '# Rules of models\n'),
      page('contributing.md', '# Contributing\n'),
    ];
    const list = llmsTxt('/', more, sidebarOf(readme, more));
    const [, first = '', ...others] = list.split(/^## /m);
    expect([...first.matchAll(/\]\((\S+)\)/g)].map(([, link]) => link)).toEqual([
      '/programs.md',
      '/start.md',
      '/cookbook/index.md',
      '/terms.md',
    ]);
    expect(others[0]).toMatch(/^Models\n/);
    const last = others.at(-1) ?? '';
    expect(last).toMatch(/^Optional\n/);
    for (const link of ['decisions/index.md', 'decisions/why.md', 'spec/llm.md'])
      expect(last).toContain(`(/${link})`);
    expect(list.match(/\/spec\/llm\.md/g)).toHaveLength(1);
  });

  test('orders the text of all guides', () => {
    const full = llmsFull(pages, groups);
    expect(full).toMatch(/start\.md[^]*guides\/a\.md[^]*cookbook\/b\.md/);
    expect(full).not.toContain('reference');
  });
});

describe('a declaration', () => {
  const file = ts.createSourceFile(
    'a.d.ts',
    `/** Reads {@link Thing}, if it is <small>. */
declare function read(thing: Thing): void;
interface Thing$1 {
    /** Milliseconds. Default: 5. */
    wait?: number;
    #private;
}`,
    ts.ScriptTarget.ESNext,
    true,
  );
  const [read, thing] = file.statements as unknown as ts.Declaration[];

  test('keeps the comments of its members, under the name that it is exported by', () => {
    expect(declarationText(thing!, 'Thing')).toBe(
      'interface Thing {\n  /** Milliseconds. Default: 5. */\n  wait?: number;\n}',
    );
  });

  test('has its own comment as prose', () => {
    expect(docText(read!)).toBe('Reads `Thing`, if it is &lt;small>.');
    expect(declarationText(read!, 'read')).toBe('function read(thing: Thing): void;');
  });
});

describe('the reference of a small package', () => {
  const declarations = `
/** Bounds that nobody imports. */
interface Bounds extends Base { until?: Date }
interface Base { limit?: number }
interface Options$1 { bounds?: Bounds }
/** Nothing that is shown names it. */
interface Unseen { x: number }
declare class Engine$1 { ask(question: string): Options$1 }
/** Its type alone. */
type Engine = Engine$1;
/** Reads \`**\\/*.md\`. */
declare function read<T extends Base>(options: Options$1, engine: Engine$1): T;
export { type Engine, read };
`;
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/index.d.ts'), declarations);
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  const sample = {
    folder: relative(root, folder),
    manifest: { name: '@mortise/sample', version: '1.0.0', exports },
  };
  const pages = referencePages([sample]);
  const text = pages.find(({ path }) => path === 'reference/sample.md')?.text ?? '';
  const leftOvers = leftOverNames([sample], pages);
  rmSync(folder, { recursive: true });

  test('shows what its signatures name and it does not export, all the way, and links there', () => {
    const [exported = '', named = ''] = text.split('## Types that are named here\n');
    expect(exported).toContain('read<T extends Base>(options: Options, engine: Engine): T;');
    expect(exported).toContain('[`Options`](#options)');
    expect(named).toMatch(/^\nThey are not exported\./);
    expect([...named.matchAll(/^### (.+)$/gm)].map(([, name]) => name)).toEqual([
      'Base',
      'Bounds',
      'Options',
    ]);
    expect(named).toContain('[`Bounds`](#bounds)');
    expect(leftOvers).toEqual([]);
  });

  test('shows a class whose type alone is exported, once', () => {
    expect(text.match(/^### Engine/gm)).toHaveLength(1);
    expect(text).toContain('Its type alone.');
    expect(text).toContain('class Engine { ask(question: string): Options }');
    expect(text).not.toContain('$1');
  });

  test('shows globs as they are written in programs', () => {
    expect(text).toContain('Reads `**/*.md`.');
  });

  test('has a name left over where it is neither shown nor linked', () => {
    const ours = namesOf([declarations, "import { Other$1, type Far as F } from '@mortise/core';"]);
    expect(
      leftOver('### f\n\n```ts\nfunction f<T>(a: Bounds, b: Date, c: T, d: Other): F;\n```\n', ours),
    ).toEqual(['f names Bounds', 'f names Other', 'f names F']);
    expect(
      leftOver('### f\n\n```ts\nfunction f(a: Bounds): void;\n```\n\nUses: [`Bounds`](#bounds)\n', ours),
    ).toEqual([]);
  });
});

test('Markdown for agents has no marks of VitePress', () => {
  expect(twinOf(page('a.md', '# A\n\n### prompt {#prompt-type}\n'))).toBe('# A\n\n### prompt\n');
});

describe('a built site', () => {
  function built(files: Readonly<Record<string, string>>): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'site-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const problems = deadLinks(folder, '/docs/');
    rmSync(folder, { recursive: true });
    return problems;
  }
  const to = (href: string): string => `<h1 id="here">x</h1><a class="y" href="${href}">z</a>`;

  test('finds links to nowhere, and anchors that are not there', () => {
    expect(built({ 'a/index.html': to('./b#there'), 'a/b.html': to('../c') })).toEqual([
      expect.stringContaining('a/b.html links to ../c'),
      expect.stringContaining('has no such anchor'),
    ]);
  });

  test('says nothing of good ones', () => {
    const files = { 'a/index.html': to('./b#here'), 'a/b.html': to('/docs/a/'), 'a/b.md': '' };
    expect(built({ ...files, 'index.html': to('a/b.md'), 'c.html': to('https://example.org/x#y') })).toEqual(
      [],
    );
  });

  test('gives addresses without .html', () => {
    const files = new Set(['index.html', 'a.html', 'a.md']);
    expect(
      ['/docs/', '/docs/a', '/docs/a.md', '/docs/b', '/'].map((path) => fileAt(path, '/docs/', files)),
    ).toEqual(['index.html', 'a.html', 'a.md', undefined, undefined]);
  });
});
