import {
  flatten,
  inspect,
  readRecording,
  recordRuns,
  runsOf,
  totalsOf,
  type Inspector,
} from '@mortise/inspector';
import { readFile } from 'node:fs/promises';

/** A page for the process that this is called in. */
export async function watch(write: (line: string) => void): Promise<Inspector> {
  // #region inspect
  const inspector = await inspect({ content: true });
  write(inspector.url); // http://127.0.0.1:40213/#Zk3V…
  // #endregion
  return inspector;
}

/** The work, and a recording of it. */
export async function recorded(folder: string, work: () => Promise<void>): Promise<void> {
  // #region record
  const recorder = recordRuns({ folder });
  await work();
  await recorder.stop();
  // #endregion
}

// #region read
/** The slowest operation of each run in a recording. */
export async function slowest(file: string): Promise<string[]> {
  const { lines } = readRecording(await readFile(file, 'utf8'));
  return runsOf(lines).map(({ root }) => {
    const inside = flatten(root).map(({ span }) => span);
    const [first = root] = inside.slice(1).toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0));
    return `${root.name}: ${first.name} ${first.durationMs?.toFixed(0)} ms, ${totalsOf(root).inputTokens} tokens in`;
  });
}
// #endregion
