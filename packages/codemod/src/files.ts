import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { errorText, MortiseError } from '@mortise/core';
import type { CodeFile } from './engine/transform.ts';

const ENDS = /(?<!\.d)\.(?:[mc]?ts|tsx|[mc]?js|jsx)$/;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'coverage']);

/** The programs below a folder, or the one file, in the order of their paths. Throws `not-found` and `configuration`. */
export function readCode(path: string): CodeFile[] {
  const base = resolve(path);
  let isFolder;
  try {
    isFolder = statSync(base).isDirectory();
  } catch (cause) {
    throw new MortiseError('not-found', `There is no ${path}. Name a folder or a file that exists.`, {
      cause,
    });
  }
  const places = isFolder ? walk(base) : [base];
  const files = places.filter((place) => ENDS.test(place) && !/\.d\.[mc]?ts$/.test(place));
  if (files.length === 0)
    throw new MortiseError(
      'configuration',
      `There is no TypeScript or JavaScript in ${path}. Name the folder of the sources, such as src.`,
    );
  return files.map((place) => ({ path: shown(place), text: readFileSync(place, 'utf8') }));
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = join(folder, entry.name);
      // Links are not followed: what they lead to would be changed under another path.
      if (entry.isSymbolicLink()) return [];
      if (entry.isDirectory())
        return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : walk(place);
      return entry.isFile() ? [place] : [];
    });
}

/** Relative to the working directory where that is shorter, with `/`. */
function shown(place: string): string {
  const path = relative(process.cwd(), place);
  return (path.startsWith('..') ? place : path).split(sep).join('/');
}

/** Writes a file whole or not at all: beside it first, then in its place, with its permissions. */
export function writeCode(path: string, text: string): void {
  const place = lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  const beside = `${place}.mortise-${process.pid}`;
  try {
    writeFileSync(beside, text, { mode: statSync(place).mode });
    renameSync(beside, place);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new MortiseError(
      'permission',
      `${path} could not be written: ${errorText(cause)}. The files before it are changed; run again once it can be written.`,
      { cause },
    );
  }
}

/** Why git could not bring back what would be written over: undefined where it can. */
export function uncommitted(path: string): string | undefined {
  const base = resolve(path);
  const folder = statSync(base).isDirectory() ? base : dirname(base);
  let status;
  try {
    status = execFileSync('git', ['status', '--porcelain', '--', base], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return `${path} is in no git repository, so that nothing could be taken back. Commit it to one, look first with --dry-run, or say --force.`;
  }
  return status.trim() === ''
    ? undefined
    : `git has changes in ${path} that are not committed. Commit or stash them, so that you see what the codemod did, or say --force.`;
}
