import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traced } from '@mortise/core/events';
import {
  compareRuns,
  flatten,
  readRecording,
  recordingOf,
  recordRuns,
  runsOf,
  stepsOf,
  totalsOf,
  type RecordOptions,
} from '@mortise/inspector';
import { call, fuzz } from './fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-fuzz-'));

const lines = (): unknown[] => [
  { format: 'mortise-runs', version: 1, session: 's', startedAt: 1, content: true },
  { phase: 'start', name: 'query', spanId: 'a', time: 1, attributes: { topK: 5 }, content: { query: 'q' } },
  { phase: 'start', name: 'llm.chat', spanId: 'b', parentId: 'a', time: 2, attributes: { model: 'm' } },
  { phase: 'point', name: 'first-token', spanId: 'b', time: 3, attributes: { firstTokenMs: 1 } },
  {
    phase: 'end',
    name: 'llm.chat',
    spanId: 'b',
    time: 4,
    durationMs: 2,
    attributes: { usage: { inputTokens: 1 } },
  },
  {
    phase: 'error',
    name: 'query',
    spanId: 'a',
    time: 5,
    durationMs: 4,
    error: { message: 'm', code: 'server' },
  },
];

/** As a file holds it; what JSON has no text for is left out. */
function textOf(given: unknown[]): string {
  return given
    .map((line) => {
      try {
        return JSON.stringify(line) ?? '';
      } catch {
        return '';
      }
    })
    .join('\n');
}

/** Whatever the case makes of the folder's name, it is no folder of this repository. */
function inFolder(given: RecordOptions): RecordOptions {
  try {
    return typeof (given?.folder ?? '') === 'string' ? { ...given, folder } : given;
  } catch {
    return given;
  }
}

fuzz('packages/inspector', [
  call(
    'readRecording',
    () => [lines()] as [unknown[]],
    (given) => {
      if (!Array.isArray(given)) return;
      const runs = runsOf(readRecording(textOf(given)).lines);
      for (const run of runs) {
        flatten(run.root, new Set());
        totalsOf(run.root);
        stepsOf(run.root);
        recordingOf(run);
        compareRuns(run.root, runs[0]!.root);
      }
    },
  ),
  call(
    'recordRuns',
    () =>
      [{ folder, content: true, maxFileBytes: 10_000, maxFiles: 2, onError: () => undefined }] as [
        RecordOptions,
      ],
    async (given) => {
      const recorder = recordRuns(inFolder(given));
      await traced('work', () => 1);
      await recorder.stop();
    },
  ),
]);
