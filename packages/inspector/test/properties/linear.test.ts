import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPEATED, slowReadings } from '@mortise/conformance';
import { emitPoint } from '@mortise/core/events';
import { recordRuns } from '@mortise/inspector';
import { expect, test } from 'vitest';

test('C-13: takes time in proportion to the text, whatever comes again and again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-redaction-'));
  const recorder = recordRuns({ folder, onError: () => undefined });
  try {
    const given = {
      // A text is cut at 65,536 characters, and sixteen times the shortest is tried.
      length: 4_000,
      heads: ['', '//', '//a:', '?key=', '?'],
      repeated: [
        ...REPEATED,
        ...[
          '//',
          '//a',
          '//a:',
          '//a@',
          'a:',
          'a@',
          String.raw`\/`,
          '?',
          '&',
          '?key',
          '?key=',
          '&amp;',
          String.raw`\u0026`,
        ],
        ...['?a-', '-key', 'key=', 'token', '?=', '#', '.'],
      ],
    };
    const record = (text: string): void => emitPoint('warning', { type: 'other', text });
    expect(await slowReadings(record, given)).toEqual([]);
  } finally {
    await recorder.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
