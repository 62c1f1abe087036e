import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceResults } from './case.ts';

/** The environment variable that names the folder which results are written to. */
export const resultsVariable = 'MORTISE_CONFORMANCE';

/** Writes `<contract>.<name>.json` into the folder that `MORTISE_CONFORMANCE` names, if it names one. */
export function saveResults(results: ConformanceResults, folder = namedFolder()): void {
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  const file = `${results.contract}.${results.name.replaceAll(/[^a-zA-Z0-9_-]+/g, '-')}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(results, undefined, 2)}\n`);
}

/** A bundle of the suites runs in browsers too, where there is no `process`. */
function namedFolder(): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[resultsVariable];
}
