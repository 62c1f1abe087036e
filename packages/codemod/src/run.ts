import { MortiseError } from '@mortise/core';
import { transform } from './engine/transform.ts';
import { readCode, uncommitted, writeCode } from './files.ts';
import type { CommandOptions } from './options.ts';
import { reportJson, reportText } from './report.ts';

/** Where a run says things. */
export interface Output {
  /** The report. */
  readonly out: (text: string) => void;
  /** How far it is. */
  readonly err: (text: string) => void;
  /** Somebody looks at `err`, so that a line may be written over. */
  readonly isTerminal: boolean;
}

/** Reads, rewrites and writes. Gives the exit code: 0, or 1 where something is listed. Throws `MortiseError`. */
export function run(options: CommandOptions, { out, err, isTerminal }: Output): number {
  const { library, path, dryRun, partial, force, json } = options;
  const files = readCode(path);
  const outcomes = transform(library, files, {
    partial,
    onProgress: ({ done, total, path: file }) => {
      if (isTerminal) err(`\r\u001B[K${done} of ${total}: ${file}${done === total ? '\r\u001B[K' : ''}`);
      else if (done % 100 === 0) err(`${done} of ${total}\n`);
    },
  });
  const changes = outcomes.filter(({ before, after }) => before !== after);
  if (!dryRun && changes.length > 0) {
    const problem = force ? undefined : uncommitted(path);
    if (problem !== undefined) throw new MortiseError('conflict', problem);
    for (const { path: file, after } of changes) writeCode(file, after);
  }
  out(json ? reportJson(outcomes, dryRun) : reportText(outcomes, dryRun));
  return outcomes.some(({ listed }) => listed.length > 0) ? 1 : 0;
}
