import { CAPABILITIES, integrationFiles } from 'create-mortise';
import { expect, test } from 'vitest';
import { pairsOf, pairwise, scaffoldCombinations } from '../scaffold/combinations.ts';
import { mutantsOf } from '../scaffold/mutants.ts';

test('every capability is generated alone, and every two choices meet that can', () => {
  const alone = scaffoldCombinations('standalone').filter(({ capabilities }) => capabilities.length === 1);
  for (const capability of CAPABILITIES)
    expect(alone.map(({ capabilities }) => capabilities[0])).toContain(capability);
  const met = new Set(pairwise().flatMap(pairsOf));
  for (const [at, a] of CAPABILITIES.entries()) {
    for (const b of CAPABILITIES.slice(at + 1))
      for (const values of [
        `${a}=true ${b}=true`,
        `${a}=true ${b}=false`,
        `${a}=false ${b}=true`,
        `${a}=false ${b}=false`,
      ])
        expect(met).toContain(values);
    for (const connection of ['own', 'sdk', 'openai'])
      expect(met).toContain(`${a}=true connection=${connection}`);
  }
});

test('names are different, and some have a hyphen', () => {
  const names = scaffoldCombinations('workspace').map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.some((name) => name.includes('-'))).toBe(true);
});

test('each marked piece is changed once, and nothing else', () => {
  const source =
    "const a = 'x';\n// REPLACE: the word.\nconst b = 'done';\n\n// REPLACE: the switch.\nconst c = { on: true };\n\nconst d = 'y';\n";
  const mutants = mutantsOf(
    new Map([
      ['src/a.ts', source],
      ['test/a.test.ts', '// REPLACE: this too'],
    ]),
  );
  expect(mutants.map((files) => [files.get('MUTANT'), files.get('src/a.ts')])).toEqual([
    ['src/a.ts: the word.', source.replace('done', 'done~')],
    ['src/a.ts: the switch.', source.replace('true', 'false')],
  ]);
  expect(mutants[0]?.get('test/a.test.ts')).toBe('// REPLACE: this too');
});

test('a piece inside a body ends with it', () => {
  const source =
    'function f() {\n  // REPLACE: the search.\n  return [...rows]\n    .slice(0, k);\n}\nf();\n';
  const [mutant] = mutantsOf(new Map([['src/a.ts', source]]));
  expect(mutant?.get('src/a.ts')).toBe('function f() {\n  // REPLACE: the search.\n}\nf();\n');
});

test('every mark in the sources of every template can be changed', () => {
  for (const options of scaffoldCombinations('standalone')) {
    const files = integrationFiles(options);
    const marks = [...files]
      .filter(([path]) => path.startsWith('src/'))
      .flatMap(([, text]) => text.match(/\/\/ REPLACE: /g) ?? []);
    expect(mutantsOf(files)).toHaveLength(marks.length);
  }
});
