import type { EmbeddingRow } from '../dialects/contract.ts';
import {
  connect,
  dimensionsOf,
  embeddingProbe,
  fewTexts,
  SERVER,
  telling,
  type EmbeddingCase,
} from './lab.ts';

type Change = (rows: readonly EmbeddingRow[]) => readonly EmbeddingRow[];

const BOUNDED = { deadlineMs: 20_000 };
const INDEX = ['wire:index', ...SERVER];

/** M-02 and M-03: rows that are not where, or what, they should be. */
export const rowCases: readonly EmbeddingCase[] = [
  {
    id: 'rows.shuffled',
    rule: 'M-02',
    title: "follows the provider's index, not the order of its rows",
    requires: INDEX,
    async run(trial) {
      const { call } = await embeddingProbe.connect(
        trial,
        telling(trial.subject, { rows: (rows) => rows.toReversed() }),
      );
      embeddingProbe.checkReply(trial, await call('embedTexts'), 'embedTexts');
    },
  },
  broken('short', 'too few rows', (rows) => rows.slice(1), SERVER, [
    'embedTexts',
    'embedQuery',
    'embedStream',
  ]),
  broken('none', 'no rows', () => [], SERVER, ['embedTexts', 'embedQuery', 'embedStream']),
  broken(
    'long',
    'too many rows',
    (rows) => [...rows, { index: rows.length, vector: rows[0]?.vector ?? [] }],
    SERVER,
    ['embedTexts', 'embedQuery', 'embedStream'],
  ),
  broken('nan', 'a number that is none', (rows) => changeLast(rows, (vector) => [...vector.slice(1), null])),
  broken('empty', 'an empty row', (rows) => changeLast(rows, () => [])),
  broken('all-empty', 'nothing but empty rows', (rows) => rows.map((row) => ({ ...row, vector: [] }))),
  broken('ragged', 'rows of different lengths', (rows) => changeLast(rows, (vector) => vector.slice(1))),
  broken(
    'index-twice',
    'an index that comes twice',
    (rows) => rows.map((row) => ({ ...row, index: 0 })),
    INDEX,
  ),
  broken(
    'index-beyond',
    'an index beyond the texts',
    (rows) => [...rows.slice(0, -1), { index: rows.length, vector: rows.at(-1)?.vector ?? [] }],
    INDEX,
  ),
  {
    id: 'rows.dimension',
    rule: 'M-03',
    title: 'gives malformed-response for vectors of another length than was asked for, or declared',
    requires: ['dimensions', ...SERVER],
    async run(trial) {
      const { acceptsDimensions, dimensions: declared } = trial.subject.declares;
      const dimensions = acceptsDimensions === false ? declared : dimensionsOf(trial.subject) / 2;
      const wrong = telling(trial.subject, { dimensions: (dimensions ?? 0) + 1 });
      const { model } = await connect(trial, wrong);
      const call = model.embedTexts(fewTexts(trial.subject), { ...BOUNDED, dimensions });
      await trial.check.error(call, 'malformed-response', 'embedTexts');
    },
  },
  {
    id: 'rows.float',
    rule: 'W-02',
    title: 'reads plain numbers, whatever it asked for',
    requires: ['wire:float', ...SERVER],
    async run(trial) {
      const { call } = await embeddingProbe.connect(trial, telling(trial.subject, { encoding: 'float' }));
      embeddingProbe.checkReply(trial, await call('embedTexts'), 'embedTexts');
    },
  },
];

function broken(
  id: string,
  what: string,
  rows: Change,
  requires: readonly string[] = SERVER,
  ways: readonly string[] = ['embedTexts'],
): EmbeddingCase {
  return {
    id: `rows.${id}`,
    rule: 'M-03',
    title: `gives malformed-response for ${what}`,
    requires,
    run: async (trial) => {
      await Promise.all(
        ways.map(async (way) => {
          const { call } = await embeddingProbe.connect(trial, telling(trial.subject, { rows }));
          await trial.check.error(call(way, BOUNDED), 'malformed-response', way);
        }),
      );
    },
  };
}

function changeLast(
  rows: readonly EmbeddingRow[],
  change: (vector: EmbeddingRow['vector']) => EmbeddingRow['vector'],
): EmbeddingRow[] {
  return rows.map((row, at) => (at === rows.length - 1 ? { ...row, vector: change(row.vector) } : row));
}
