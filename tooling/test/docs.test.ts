import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDecisions, decisionsIndex, decisionsPage } from '../decisions.ts';
import { checkDocs, embedFiles, embedPackages } from '../docs.ts';
import { providersPage } from '../providers.ts';
import { documents, publishedPackages, root } from '../workspace.ts';

test('programs in the docs stand there as they run, and links lead somewhere', () => {
  expect(checkDocs(root, documents())).toEqual([]);
});

describe('the check itself', () => {
  test('puts a file into its block, and touches nothing else', () => {
    const text = 'before\n\n<!-- file: a.ts -->\n\n```ts\nold\n```\n\nafter\n\n```ts\nmine\n```\n';
    expect(embedFiles(text, (path) => `// ${path}\n`)).toBe(text.replace('old', '// a.ts'));
  });
});

test('a mark without a block is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  writeFileSync(join(folder, 'a.ts'), 'a();\n');
  writeFileSync(
    join(folder, 'b.md'),
    '<!-- file: a.ts -->\n\nText.\n\n<!-- file: a.ts -->\n\n```ts\na();\n```\n',
  );
  const problems = checkDocs(folder, ['b.md']);
  rmSync(folder, { recursive: true });
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('no block for a.ts')]);
});

describe('regions', () => {
  const file =
    'export function f() {\n  // #region sum\n  const a = 1;\n  if (a) {\n    g(a);\n  }\n  // #endregion\n}\n';
  const page = (target: string) => `<!-- file: ${target} -->\n\n\`\`\`ts\n\`\`\`\n`;

  test('a region is shown from its first column on', () => {
    expect(embedFiles(page('a.ts#sum'), () => file)).toContain(
      '```ts\nconst a = 1;\nif (a) {\n  g(a);\n}\n```',
    );
  });

  test('a whole file is shown without the marks of its regions', () => {
    expect(embedFiles(page('a.ts'), () => file)).not.toContain('#');
  });

  test('several regions are shown one below the other', () => {
    const text = `// #region imports\nimport b;\n// #endregion\n${file}`;
    expect(embedFiles(page('a.ts#imports+sum'), () => text)).toContain('```ts\nimport b;\n\nconst a = 1;\n');
  });

  test('a region that is not there is said', () => {
    expect(() => embedFiles(page('a.ts#other'), () => file)).toThrow('a.ts has no region other');
  });
});

test('docs/providers.md is what the integrations declare and do', async () => {
  const page = readFileSync(join(root, 'docs/providers.md'), 'utf8');
  expect(normal(await providersPage()), 'run `pnpm run docs`').toBe(normal(page));
});

/** The formatter aligns the tables. */
const normal = (text: string) => text.replaceAll(/[ -]{2,}/g, ' ').replaceAll(' ', '');

test('the README lists every package that is published', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(readme).toMatch(/<!-- packages -->[^]+<!-- \/packages -->/);
  expect(normal(embedPackages(readme, publishedPackages())), 'run `node tooling/docs.ts`').toBe(
    normal(readme),
  );
});

describe('the pages of decisions', () => {
  test('are named after their subjects, have a date, and are all listed', () => {
    expect(checkDecisions()).toEqual([]);
    const index = readFileSync(join(root, decisionsIndex), 'utf8');
    expect(normal(decisionsPage()), 'run `node tooling/docs.ts`').toBe(normal(index));
  });

  test('a number in a name or a title, and a page without a date, are said', () => {
    const folder = mkdtempSync(join(tmpdir(), 'decisions-'));
    mkdirSync(join(folder, 'docs/decisions'), { recursive: true });
    const page = (name: string, text: string) => writeFileSync(join(folder, 'docs/decisions', name), text);
    page('0001-a.md', '# A\n\n2026-11-22, accepted\n');
    page('b.md', '# 2. B\n\n2026-11-22\n');
    page('c.md', '# C\n\n## Context\n');
    page('d.md', '# D\n\n2026-11-21\n');
    const problems = checkDecisions(folder).map((problem) => problem.split(':', 1)[0]);
    const listed = [...decisionsPage(folder).matchAll(/\((\S+)\) \|/g)].map(([, file]) => file);
    rmSync(folder, { recursive: true });
    expect(problems).toEqual(['c.md', '0001-a.md', 'b.md']);
    expect(listed).toEqual(['c.md', 'd.md', '0001-a.md', 'b.md']);
  });
});
