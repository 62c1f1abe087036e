import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrowsOf, circles, contractProblems, roomOrder, upwardArrows, type Sources } from '../graph.ts';
import { publishedPackages, root, sourceFiles } from '../workspace.ts';

const sourcesOf = (folder: string): Sources =>
  new Map(
    sourceFiles(`${folder}/src`).map((path) => [
      path.slice(`${folder}/src/`.length),
      readFileSync(join(root, path), 'utf8'),
    ]),
  );

test.each(publishedPackages())('no files of $folder import each other in a circle', ({ folder }) => {
  expect(circles(sourcesOf(folder))).toEqual([]);
});

test.each(Object.entries(roomOrder))('the rooms of %s import only rooms before them', (folder, order) => {
  const sources = sourcesOf(folder);
  expect(arrowsOf(sources).length).toBeGreaterThan(40);
  expect(upwardArrows(sources, order)).toEqual([]);
});

test('contracts of core are types alone, made of contracts and shared types', () => {
  expect(contractProblems(sourcesOf('packages/core'))).toEqual([]);
});

describe('the check itself', () => {
  const sources = (files: Readonly<Record<string, string>>): Sources => new Map(Object.entries(files));

  test.each([
    ['an import', `import { b } from './b.ts';`],
    ['the import of a type', `import type { B } from './b.ts';`],
    ['what is exported on', `export * from './b.ts';`],
    ['an import on demand', `const b = () => import('./b.ts');`],
    ['a type by its file', `type B = import('./b.ts').B;`],
  ])('sees %s', (_, text) => {
    expect(arrowsOf(sources({ 'x/a.ts': text, 'x/b.ts': '' }))).toEqual([{ from: 'x/a.ts', to: 'x/b.ts' }]);
  });

  test('finds a circle over several files, once, and leaves those alone that only lead to it', () => {
    const found = circles(
      sources({
        'entry.ts': `import './a.ts';`,
        'a.ts': `import './b.ts';`,
        'b.ts': `import './c.ts'; import './leaf.ts';`,
        'c.ts': `import type { A } from './a.ts';`,
        'leaf.ts': '',
      }),
    );
    expect(found).toEqual([
      expect.stringMatching(/^a\.ts > b\.ts > c\.ts > a\.ts: move what both sides need/),
    ]);
  });

  test('finds an arrow against the order, a room without a place and a place without a room', () => {
    const found = upwardArrows(
      sources({
        'low/a.ts': `import { b } from '../high/b.ts';`,
        'high/b.ts': `import type { Errors } from '../errors.ts'; import './c.ts';`,
        'high/c.ts': '',
        'errors.ts': '',
        'other/d.ts': `import '../low/a.ts';`,
      }),
      ['errors.ts', 'low', 'gone', 'high'],
    );
    expect(found).toEqual([
      expect.stringContaining('other is a room without a place'),
      'gone stands in roomOrder and holds no file: take it out.',
      expect.stringContaining('low/a.ts imports high/b.ts, but low stands before high'),
    ]);
  });

  test.each([
    ['an import of code', `import type { X } from './base.ts';`, 'llm/contract.ts imports llm/base.ts'],
    ['a function', `export const x = () => 1;`, 'llm/contract.ts holds code'],
    ['an import that is not of types alone', `import { X } from './tool-contract.ts';`, 'holds code'],
  ])('finds %s in a contract', (_, text, problem) => {
    const files = { 'llm/contract.ts': text, 'llm/base.ts': '', 'llm/tool-contract.ts': '' };
    expect(contractProblems(sources(files))).toEqual([expect.stringContaining(problem)]);
  });

  test('lets contracts import contracts and shared types', () => {
    const text = `import type { A } from './tool-contract.ts';\nimport type { J } from '../shared/json.ts';`;
    expect(contractProblems(sources({ 'llm/contract.ts': `${text}\nexport type { A };` }))).toEqual([]);
  });
});
