import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
