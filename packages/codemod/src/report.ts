import { unifiedDiff } from './diff.ts';
import type { FileOutcome } from './engine/rewrite-file.ts';

/** What a run did, in counts and packages. */
export interface Summary {
  readonly files: number;
  readonly changed: number;
  readonly partly: number;
  readonly left: number;
  /** Packages that the changed files need. */
  readonly install: readonly string[];
  /** Packages of the old library that no file imports any more. */
  readonly remove: readonly string[];
}

/** How many files became what, and which packages are to be installed and removed then. */
export function summarize(outcomes: readonly FileOutcome[]): Summary {
  const count = (state: FileOutcome['state']): number =>
    outcomes.filter((each) => each.state === state).length;
  const install = new Set(outcomes.flatMap(({ needs }) => needs));
  const kept = new Set(outcomes.flatMap(({ state, had }) => (state === 'changed' ? [] : had)));
  const remove = new Set(
    outcomes.flatMap(({ state, had }) => (state === 'changed' ? had : [])).filter((name) => !kept.has(name)),
  );
  if (install.size > 0) install.add('@mortise/core');
  return {
    files: outcomes.length,
    changed: count('changed'),
    partly: count('partly'),
    left: count('left'),
    install: [...install].sort(),
    remove: [...remove].sort(),
  };
}

/** The report for people: what was left and why, what behaves in another way, and what to install. */
export function reportText(outcomes: readonly FileOutcome[], dryRun: boolean): string {
  const { changed, partly, left, install, remove } = summarize(outcomes);
  const diffs = dryRun ? outcomes.map(({ path, before, after }) => unifiedDiff(path, before, after)) : [];
  const remarks = (what: 'listed' | 'notes') =>
    outcomes.flatMap((outcome) =>
      outcome[what].map(
        ({ line, construct, message }) => `  ${outcome.path}:${line}  ${construct}: ${message}`,
      ),
    );
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [title, ...lines, ''];
  const done = dryRun ? 'would change' : 'changed';
  const counts = [
    `${changed} ${changed === 1 ? 'file' : 'files'} ${done}`,
    ...(partly === 0 ? [] : [`${partly} in part`]),
    ...(left === 0 ? [] : [`${left} left as they are`]),
  ];
  return [
    ...diffs.filter((diff) => diff !== ''),
    ...section('Left to do by hand:', remarks('listed')),
    ...section('Behaves in another way now:', remarks('notes')),
    `${counts.join(', ')}.`,
    ...(install.length === 0 ? [] : [`npm install ${install.join(' ')}`]),
    ...(remove.length === 0 ? [] : [`npm uninstall ${remove.join(' ')}`]),
    '',
  ].join('\n');
}

/** The report for programs; a file that does not import the library is not in it. */
export function reportJson(outcomes: readonly FileOutcome[], dryRun: boolean): string {
  const files = outcomes
    .filter(({ state }) => state !== 'untouched')
    .map(({ path, state, listed, notes, before, after }) => ({
      ...{ path, state, listed, notes },
      ...(dryRun ? { diff: unifiedDiff(path, before, after) } : {}),
    }));
  return `${JSON.stringify({ summary: summarize(outcomes), files }, undefined, 2)}\n`;
}
