import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { publishedPackages, wiringOf } from '../../workspace.ts';
import { CASES } from './cases.ts';

/** Published packages without hostile calls, and why. */
const WITHOUT = {
  'packages/conformance': 'it is run over packages under test, and reports what their authors give it wrong',
  'packages/create-mortise': 'it is a program: its input is a command line',
  'packages/create-mortise-app': 'it is a program: its input is a command line',
  'packages/codemod': 'it is a program: its input is a command line, and files, which its own properties try',
};

/**
 * A new integration, which wires its suites in a test, has the hostile calls of the kit alone.
 * Each run asserts that it made as many as stand here, so that their sum is what was made.
 */
it('hostile calls are 10,000 altogether, and each published package has its own test', () => {
  const all = Object.values(CASES).reduce((sum: number, cases) => sum + cases, 0);
  expect(all).toBeGreaterThanOrEqual(10_000);
  const folders = publishedPackages().map(({ folder }) => folder);
  expect(folders).toEqual(expect.arrayContaining(Object.keys(CASES)));
  const ofTheHouse = folders.filter(
    (folder) => folder.startsWith('packages/') || wiringOf(folder) !== undefined,
  );
  expect([...Object.keys(CASES), ...Object.keys(WITHOUT)]).toEqual(expect.arrayContaining(ofTheHouse));
  const tests = readdirSync(import.meta.dirname);
  const own = Object.keys(CASES).map((folder) => `${folder.split('/')[1]}.test.ts`);
  expect(tests).toEqual(expect.arrayContaining(own));
});
