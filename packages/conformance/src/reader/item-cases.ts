import type { Reader, ReadFailure, ReadProgress } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { Suite } from '../frame/case.ts';
import type { ReaderItem, ReaderSubject } from './subject.ts';
import { ITEMS, opened, WITH_BROKEN } from './lab.ts';

/** The second and the last hold more than one document. */
const SEVERAL: readonly ReaderItem[] = ITEMS.map((item, at) =>
  at % 2 === 0 ? item : { ...item, more: ['Rain came in from the west.', 'By night it was over.'] },
);

/** What came of each item: the documents, the failures and, at last, the progress. */
interface ItemReading {
  readonly documents: Document[];
  readonly failures: ReadFailure[];
  readonly progress: ReadProgress;
}

/** Everything that came until an item was done is of that item. */
async function readItems(reader: Reader): Promise<ItemReading[]> {
  const readings: ItemReading[] = [];
  let documents: Document[] = [];
  let failures: ReadFailure[] = [];
  const options = {
    onError: (failure: ReadFailure) => void failures.push(failure),
    onProgress: (progress: ReadProgress) => {
      readings.push({ documents, failures, progress });
      [documents, failures] = [[], []];
    },
  };
  for await (const document of reader.read(options)) documents.push(document);
  return readings;
}

/** Which item a document is of, and which one could not be read: an index goes by it (I-04). */
export const itemCases: Suite<ReaderSubject> = [
  {
    id: 'read.item',
    rule: 'I-04',
    title: 'names in each document the item that it was read from, as progress does',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      const readings = await readItems(reader);
      context.check.equal(readings.length, ITEMS.length, 'how many items were done');
      for (const { documents, progress } of readings)
        context.check.equal(
          documents.map(({ item }) => item),
          [progress.item],
          'the item of the documents of one item',
        );
    },
  },
  {
    id: 'read.item-failed',
    rule: 'I-04',
    title: 'names the item in a failure as progress and its documents do',
    requires: ['failure'],
    async run(context) {
      const whole = await opened(context);
      const names = (await readItems(whole.reader)).map(({ documents }) => documents[0]?.item);
      const { reader } = await opened(context, WITH_BROKEN);
      const readings = await readItems(reader);
      context.check.equal(
        readings.map(({ progress }) => progress.item),
        names,
        'progress names the items as the documents did while all could be read',
      );
      for (const { failures, progress } of readings) {
        const isBroken = progress.outcome === 'failed' || progress.outcome === 'partial';
        context.check.equal(isBroken, failures.length > 0, 'an item is failed when there is a failure of it');
        for (const { item } of failures) context.check.equal(item, progress.item, 'the item of the failure');
      }
    },
  },
  {
    id: 'read.several',
    rule: 'I-04',
    title: 'gives several documents of one item one after another, each with an id of its own and the item',
    requires: ['several'],
    async run(context) {
      const { reader } = await opened(context, SEVERAL);
      const readings = await readItems(reader);
      context.check.equal(
        readings.map(({ documents }) => documents.length),
        SEVERAL.map(({ more = [] }) => 1 + more.length),
        'how many documents each item gave',
      );
      const ids = readings.flatMap(({ documents }) => documents.map(({ id }) => id));
      context.check.equal(new Set(ids).size, ids.length, 'how many ids there are');
      for (const { documents, progress } of readings)
        for (const { item } of documents) context.check.equal(item, progress.item, 'the item of a document');
      const again = await readItems(reader);
      context.check.equal(
        again.flatMap(({ documents }) => documents.map(({ id }) => id)),
        ids,
        'the ids of the next run',
      );
    },
  },
  {
    id: 'read.several-failed',
    rule: 'I-04',
    title: 'names the item, and not a document of it, where an item of several documents cannot be read',
    requires: ['several', 'failure'],
    async run(context) {
      const whole = await opened(context, SEVERAL);
      const names = (await readItems(whole.reader)).map(({ documents }) => documents[0]?.item);
      const { reader } = await opened(
        context,
        SEVERAL.map((item, at) => (at === 1 ? { ...item, broken: true } : item)),
      );
      const failures = (await readItems(reader)).flatMap((reading) => reading.failures);
      context.check.ok(failures.length > 0, 'there is a failure');
      for (const { item } of failures) context.check.equal(item, names[1], 'the item of the failure');
    },
  },
];
