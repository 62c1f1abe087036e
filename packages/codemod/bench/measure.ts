import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { langchain, llamaindex, transform, type FileOutcome } from '@mortise/codemod';

/**
 * Counts what the codemod does with a folder of programs, which is only read: files are copied to a temporary folder, changed
 * there, and type-checked (`strict`) against the sources of this repository. Modules of third parties that are not installed are
 * declared without types; the list says which.
 *
 * `--alone` ranks what keeps files from turning by itself: constructs that are all that is listed of a file, and pairs of them.
 *
 *     node --conditions=mortise-source packages/codemod/bench/measure.ts llamaindex FOLDER [--tsc PATH] [--keep] [--show] [--alone]
 */
const root = join(import.meta.dirname, '../../..');

interface Fault {
  readonly path: string;
  readonly message: string;
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ tsc: { type: 'string' }, keep: { type: 'boolean' } },
      ...{ show: { type: 'boolean' }, alone: { type: 'boolean' } },
    },
  });
  const [name, folder] = positionals;
  const library = [llamaindex, langchain].find((each) => each.name === name);
  if (library === undefined || folder === undefined)
    throw new TypeError(
      'Usage: measure.ts llamaindex|langchain FOLDER [--tsc PATH] [--keep] [--show] [--alone]',
    );
  const base = resolve(folder);
  const files = sourceFiles(base).map((path) => ({
    path: relative(base, path),
    text: readFileSync(path, 'utf8'),
  }));
  const outcomes = transform(library, files);
  const copy = mkdtempSync(join(tmpdir(), 'mortise-codemod-'));
  const { faults, shims } = check(outcomes, copy, values.tsc ?? join(root, 'node_modules/.bin/tsc'));
  print(outcomes, faults, shims, values.show === true);
  if (values.alone) printAlone(outcomes);
  if (values.keep) process.stdout.write(`\nkept: ${copy}\n`);
  else rmSync(copy, { recursive: true });
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function check(
  outcomes: readonly FileOutcome[],
  copy: string,
  tsc: string,
): { faults: Fault[]; shims: string[] } {
  const changed = outcomes.filter(({ state }) => state === 'changed');
  const shims = new Map<string, Set<string>>();
  for (const { path, after } of outcomes) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), after);
  }
  for (const { after } of changed) {
    for (const [, from = ''] of after.matchAll(
      /^(?:import|\} from|.*\bfrom|.*\brequire\()\s*["']([@\w][^"'\s]*)["'];?/gm,
    )) {
      if (!isKnown(from)) shims.set(from, shims.get(from) ?? new Set());
    }
    for (const [, names = '', from = ''] of after.matchAll(
      /import[^{;'"]*\{([^}]*)\} from ["']([^"']+)["']/g,
    )) {
      for (const name of names.split(','))
        shims.get(from)?.add(
          name
            .replace(/^\s*type\s/, '')
            .split(' as ')[0]
            ?.trim() ?? '',
        );
    }
  }
  writeFileSync(join(copy, 'shims.d.ts'), [...shims].map(([from, names]) => shimText(from, names)).join(''));
  writeFileSync(
    join(copy, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{
          target: 'ES2024',
          lib: ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
          module: 'esnext',
        },
        ...{
          moduleResolution: 'bundler',
          moduleDetection: 'force',
          strict: true,
          skipLibCheck: true,
          noEmit: true,
        },
        ...{ allowImportingTsExtensions: true, resolveJsonModule: true, jsx: 'preserve' },
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        customConditions: ['mortise-source'],
        paths: paths(),
      },
      files: ['shims.d.ts', ...changed.map(({ path }) => path)],
    }),
  );
  return { faults: typeErrors(tsc, copy), shims: [...shims.keys()].sort() };
}

/** A module of which everything is `any`, under the names that are imported, as values and as types. */
function shimText(from: string, names: ReadonlySet<string>): string {
  const exported = [...names]
    .filter((name) => name !== '')
    .map((name) => `  export const ${name}: any;\n  export type ${name} = any;\n`);
  return `declare module '${from}' {\n  const whole: any;\n  export default whole;\n${exported.join('')}}\n`;
}

const isKnown = (from: string): boolean =>
  from.startsWith('node:') ||
  builtinModules.includes(from) ||
  from.startsWith('@mortise/') ||
  from === 'zod' ||
  from.startsWith('zod/');

function paths(): Record<string, string[]> {
  const found: Record<string, string[]> = {
    zod: [join(root, 'node_modules/zod')],
    'zod/*': [join(root, 'node_modules/zod/*')],
  };
  for (const group of ['packages', 'integrations']) {
    for (const name of readdirSync(join(root, group))) {
      const manifest = JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8')) as {
        name: string;
        exports: Record<string, string | { 'mortise-source'?: string }>;
      };
      for (const [subpath, target] of Object.entries(manifest.exports)) {
        const source = typeof target === 'string' ? undefined : target['mortise-source'];
        if (source !== undefined)
          found[`${manifest.name}${subpath.slice(1)}`] = [join(root, group, name, source)];
      }
    }
  }
  return found;
}

function typeErrors(tsc: string, copy: string): Fault[] {
  try {
    execFileSync(tsc, ['-p', copy, '--pretty', 'false'], { cwd: copy, encoding: 'utf8' });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined) throw error;
    return [...stdout.matchAll(/^([^\s(][^(\n]*)\((\d+),\d+\): error (.*)$/gm)]
      .map(([, path = '', line, message]) => ({ path, message: `${line}: ${message}` }))
      .filter(({ path }) => !path.startsWith('..'));
  }
}

function print(
  outcomes: readonly FileOutcome[],
  faults: readonly Fault[],
  shims: readonly string[],
  isShown: boolean,
): void {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const wrong = new Set(faults.map(({ path }) => path));
  const of = (state: FileOutcome['state']): FileOutcome[] => outcomes.filter((each) => each.state === state);
  const ours = outcomes.length - of('untouched').length;
  const turned = of('changed').filter(({ path }) => !wrong.has(path));
  const share = (part: number, whole: number): string =>
    `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  say(`files                          ${outcomes.length}`);
  say(`importing the old library      ${ours}`);
  say(
    `changed wholly, and they check ${turned.length}  ${share(turned.length, ours)} of those that import it, ${share(turned.length, outcomes.length)} of all`,
  );
  say(`changed wholly, with errors    ${of('changed').length - turned.length}`);
  say(`left, with a list              ${of('left').length}`);
  say(`without types                  ${shims.join(', ')}`);
  say(`\n${'construct'.padEnd(40)}   met turned listed held back`);
  for (const [construct, { met, turned: done, listed, held }] of byConstruct(outcomes))
    say(
      `${construct.padEnd(40)} ${[met, done, listed, held].map((each) => String(each).padStart(5)).join(' ')}`,
    );
  say('\nreasons');
  for (const [reason, count] of reasons(outcomes)) say(`${String(count).padStart(5)} ${reason}`);
  for (const { path, message } of faults) say(`fault ${path}:${message}`);
  if (!isShown) return;
  for (const { path, listed } of of('left')) {
    say(`\n${path}`);
    for (const { line, message, construct } of listed) say(`  ${line} [${construct}] ${message}`);
  }
}

function byConstruct(outcomes: readonly FileOutcome[]) {
  const counts = new Map<string, { met: number; turned: number; listed: number; held: number }>();
  for (const { state, met, listed } of outcomes) {
    for (const [construct, count] of Object.entries(met)) {
      const of = counts.get(construct) ?? { met: 0, turned: 0, listed: 0, held: 0 };
      counts.set(construct, of);
      const named = Math.min(count, listed.filter((each) => each.construct === construct).length);
      of.met += count;
      of.turned += state === 'changed' ? count : 0;
      of.listed += state === 'changed' ? 0 : named;
      of.held += state === 'changed' ? 0 : count - named;
    }
  }
  return [...counts].sort(([, a], [, b]) => b.met - a.met);
}

/** Constructs, and pairs of them, by the number of files of which nothing else is listed. */
function printAlone(outcomes: readonly FileOutcome[]): void {
  const files = new Map<string, string[]>();
  for (const { state, listed, path } of outcomes) {
    const constructs = [...new Set(listed.map(({ construct }) => construct))].sort();
    if (state !== 'left' || constructs.length > 2) continue;
    const key = constructs.join(' and ');
    files.set(key, [...(files.get(key) ?? []), path]);
  }
  process.stdout.write('\nalone\n');
  for (const [key, paths] of [...files].sort(([, a], [, b]) => b.length - a.length))
    process.stdout.write(`${String(paths.length).padStart(5)} ${key}: ${paths.join(', ')}\n`);
}

/** In how many files each reason stands first. */
function reasons(outcomes: readonly FileOutcome[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { state, listed } of outcomes) {
    if (state !== 'left') continue;
    for (const reason of new Set(listed.map(({ construct, message }) => `[${construct}] ${message}`)))
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

main();
