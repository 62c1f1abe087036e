import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importProblems } from '../imports.ts';
import { publishedPackages, root, sourceFiles, type Package } from '../workspace.ts';

test.each(publishedPackages())('$folder imports only what it may', (pkg) => {
  const files = [...sourceFiles(`${pkg.folder}/src`), ...sourceFiles(`${pkg.folder}/test`)];
  expect(files.flatMap((file) => importProblems(pkg, file, readFileSync(join(root, file), 'utf8')))).toEqual(
    [],
  );
});

describe('the check itself', () => {
  const manifest = (name: string) => ({ name, version: '1.0.0', dependencies: { openai: '^7.0.0' } });
  const openai: Package = { folder: 'integrations/openai', manifest: manifest('@mortise/openai') };
  const core: Package = { folder: 'packages/core', manifest: { name: '@mortise/core', version: '1.0.0' } };

  test.each([
    ['core importing a package', core, `import { z } from 'zod';`, 'core imports nothing'],
    ['core importing a built-in', core, `import type { X } from 'node:fs';`, 'core imports nothing'],
    ['an integration importing another', openai, `export * from '@mortise/cohere';`, 'only @mortise/core'],
    ['an undeclared package', openai, `const x = () => import('left-pad');`, 'left-pad is not a dependency'],
    [
      'an undeclared package in a type',
      openai,
      `type X = import('left-pad').X;`,
      'left-pad is not a dependency',
    ],
    ['a built-in without its prefix', openai, `import 'fs';`, 'write "node:fs"'],
    ['a relative import without .ts', openai, `import './llm.js';`, '.ts extension'],
    [
      'a relative import out of the package',
      openai,
      `import '../../cohere/src/x.ts';`,
      'leaves integrations/openai/src',
    ],
    ['top-level await', openai, `const x = await fetch('');`, 'no top-level await'],
    ['a top-level for await', openai, `for await (const x of y) {}`, 'no top-level await'],
    ['instanceof MortiseError', openai, `f = (e) => e instanceof MortiseError;`, 'isMortiseError'],
  ])('finds %s', (_, pkg, text, fix) => {
    const problems = importProblems(pkg, `${pkg.folder}/src/index.ts`, `\n${text}`);
    expect(problems).toEqual([expect.stringContaining(fix)]);
    expect(problems[0]).toMatch(new RegExp(`^${pkg.folder}/src/index.ts:2: `));
  });

  test.each([
    ['what is declared', `import OpenAI from 'openai/index.js';`],
    ['built-ins', `import { readFile } from 'node:fs/promises';`],
    ['its own files', `import './llm.ts';`],
    ['await inside a function', `export async function f() { await g(); for await (const x of y) {} }`],
  ])('lets %s pass', (_, text) => {
    expect(importProblems(openai, 'integrations/openai/src/index.ts', text)).toEqual([]);
  });

  test("lets a vendor build on OpenAI's wire functions, and nobody else who does not declare them", () => {
    const vendor = { ...manifest('@mortise/acme'), dependencies: { '@mortise/openai': 'workspace:^' } };
    const text = `import { chatUsage } from '@mortise/openai';`;
    const problems = (of: Package['manifest']) =>
      importProblems({ folder: 'integrations/acme', manifest: of }, 'integrations/acme/src/llm.ts', text);
    expect(problems(vendor)).toEqual([]);
    expect(problems(manifest('@mortise/acme'))).toEqual([expect.stringContaining('only @mortise/core')]);
  });

  test('lets a program for the command line put packages together, and not the library beside it', () => {
    const mcp = { ...manifest('@mortise/mcp'), optionalDependencies: { '@mortise/rag': 'workspace:^' } };
    const problems = (file: string, of: Package['manifest'] = mcp) =>
      importProblems(
        { folder: 'integrations/mcp', manifest: of },
        `integrations/mcp/src/${file}`,
        `import { openIndex } from '@mortise/rag';`,
      );
    expect([...problems('cli.ts'), ...problems('cli/folder.ts')]).toEqual([]);
    expect(problems('index.ts')).toEqual([expect.stringContaining('only @mortise/core')]);
    expect(problems('cli.ts', manifest('@mortise/mcp'))).toEqual([
      expect.stringContaining('only @mortise/core'),
    ]);
  });

  test('finds a test that reaches into src', () => {
    const problems = importProblems(
      openai,
      'integrations/openai/test/llm.test.ts',
      `import '../src/llm.ts';`,
    );
    expect(problems).toEqual([expect.stringContaining('import the package by its name')]);
  });
});
