import { REPEATED, slowReadings } from '@mortise/conformance';
import { flatten, readRecording, runsOf } from '@mortise/inspector';
import { expect, test } from 'vitest';

/** `pnpm test:thorough` tries them all, `pnpm test` each tenth. */
const isThorough = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;
const START = '{"phase":"start","name":"step","spanId":"';

test('C-13: a recording is read in proportion to its length, whatever comes again and again', async () => {
  const given = {
    heads: ['', '[', START, '{"format":"mortise-runs"'],
    repeated: [
      ...REPEATED.filter((_, at) => isThorough || at % 10 === 0),
      `${START}m1","parentId":"m1","time":1,"attributes":{}}\n`,
      `{"phase":"point","name":"retry","spanId":"m1","time":2,"attributes":{}}\n`,
    ],
    tails: ['', '\n'],
  };
  const read = (text: string): number =>
    runsOf(readRecording(text).lines).reduce((sum, { root }) => sum + flatten(root).length, 0);
  expect(await slowReadings(read, given)).toEqual([]);
}, 600_000);
