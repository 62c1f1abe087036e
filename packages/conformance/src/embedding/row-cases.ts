import type { EmbeddingRow } from '../dialects/contract.ts';
import {
  connect,
  dimensionsOf,
  embeddingProbe,
  fewTexts,
  SERVER,
  respondWith,
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
    async run(context) {
      const { call } = await embeddingProbe.connect(
        context,
        respondWith(context.subject, { rows: (rows) => rows.toReversed() }),
      );
      embeddingProbe.checkReply(context, await call('embedTexts'), 'embedTexts');
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
  {
    id: 'rows.ragged',
    rule: 'M-03',
    title: 'gives malformed-response for rows of different lengths',
    requires: SERVER,
    async run(context) {
      // Of a model that takes one text a request they come in two replies.
      const texts = context.subject.declares.maxBatchSize === 1 ? ['one', 'two'] : fewTexts(context.subject);
      let replies = 0;
      const rows: Change = (right) =>
        right.length === 1 && replies++ === 0 ? right : changeLast(right, (vector) => vector.slice(1));
      const { model } = await connect(context, respondWith(context.subject, { rows }));
      const call = model.embedTexts(texts, BOUNDED);
      await context.check.error(call, 'malformed-response', 'embedTexts');
    },
  },
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
    async run(context) {
      const { acceptsDimensions, dimensions: declared } = context.subject.declares;
      const dimensions = acceptsDimensions === false ? declared : dimensionsOf(context.subject) / 2;
      const wrong = respondWith(context.subject, { dimensions: (dimensions ?? 0) + 1 });
      const { model } = await connect(context, wrong);
      const call = model.embedTexts(fewTexts(context.subject), { ...BOUNDED, dimensions });
      await context.check.error(call, 'malformed-response', 'embedTexts');
    },
  },
  {
    id: 'rows.float',
    rule: 'W-02',
    title: 'reads plain numbers, whatever it asked for',
    requires: ['wire:float', ...SERVER],
    async run(context) {
      const { call } = await embeddingProbe.connect(
        context,
        respondWith(context.subject, { encoding: 'float' }),
      );
      embeddingProbe.checkReply(context, await call('embedTexts'), 'embedTexts');
    },
  },
];

function broken(
  id: string,
  what: string,
  rows: Change,
  requires: readonly string[] = SERVER,
  methods: readonly string[] = ['embedTexts'],
): EmbeddingCase {
  return {
    id: `rows.${id}`,
    rule: 'M-03',
    title: `gives malformed-response for ${what}`,
    requires,
    run: async (context) => {
      await Promise.all(
        methods.map(async (method) => {
          const { call } = await embeddingProbe.connect(context, respondWith(context.subject, { rows }));
          await context.check.error(call(method, BOUNDED), 'malformed-response', method);
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
