import { recordingOf } from '../src/export.ts';
import type { Run } from '../src/runs.ts';

/** Gives runs to the browser to be saved, as a recording. */
export function save(runs: readonly Run[], name: string): void {
  const lines = runs.flatMap((run) => recordingOf(run));
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

/** A name for a file, from the time of the newest. */
export function fileName(runs: readonly Run[]): string {
  const newest = runs.reduce((latest, { root }) => Math.max(latest, root.startedAt), 0);
  const stamp = new Date(newest).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${runs.length === 1 ? 'run' : 'runs'}-${stamp}.jsonl`;
}
