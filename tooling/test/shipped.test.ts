import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../api/declarations.ts';
import { reportProblems, valueProblems } from '../shipped.ts';

/** A package of one entry, with these declarations and this code. */
function built(types: string, code: string) {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-shipped-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'part.d.ts'),
    'export declare class Engine {}\nexport interface Options { a: 1 }',
  );
  const paths = { types: join(folder, 'index.d.ts'), code: join(folder, 'index.js') };
  writeFileSync(paths.types, types);
  writeFileSync(paths.code, code);
  return [{ subpath: '.', ...paths }];
}

test.each([
  [
    'a class of which only the type is exported',
    "export * from './part.js';",
    'export {};',
    ["declares 'Engine'"],
  ],
  [
    'a function that is no longer there',
    'export declare function a(): void;',
    'export {};',
    ["declares 'a'"],
  ],
  ['a value that is not declared', 'export {};', 'export const b = 1;', ["gives 'b'"]],
  ['what is as it says', "export * from './part.js';", 'export class Engine {}', []],
  ['the type of a class', "export { type Engine } from './part.js';", 'export {};', []],
])('sees %s', async (_name, types, code, problems) => {
  const found = await valueProblems('x', built(types, code));
  expect(found).toEqual(problems.map((problem) => expect.stringContaining(`x ${problem}`)));
});

test('sees where shipped declarations differ from the report', () => {
  const api = (text: string): Api => ({
    name: 'x',
    version: '1.0.0',
    entries: new Map([['.', 'index.d.ts']]),
    files: new Map([['index.d.ts', text]]),
  });
  const report = api('export interface A { a: number } export declare const b: string;');
  expect(reportProblems(report, report, [], 'tooling')).toEqual([]);
  const other = api('export interface A { a: string } export declare const b: string;');
  const more = api('export interface A { a: number } export declare const b: string; export type C = 1;');
  const less = api('export interface A { a: number }');
  expect(reportProblems(report, other, [], 'tooling').join()).toContain('A, shipped');
  expect(reportProblems(report, more, [], 'tooling').join()).toContain('C, reported: is no longer exported');
  expect(reportProblems(report, less, [], 'tooling').join()).toContain('b, shipped: is no longer exported');
});
