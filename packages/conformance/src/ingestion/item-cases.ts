import type { Document } from '@mortise/core/retriever';
import type { Suite } from '../frame/case.ts';
import type { IngestionSubject } from './subject.ts';
import { CountingEmbedding, long, opened, shown, taskOf } from './lab.ts';

/** A document of an item; its id says nothing of the item. */
const of = (item: string, id: string, word: string): Document => ({ ...long(id, word, 2), item });

const BOOK = [
  of('book.txt', 'urn:1', 'alpha'),
  of('book.txt', 'urn:2', 'beta'),
  of('book.txt', 'urn:3', 'gamma'),
];
const NOTE = of('notes/a.txt', 'urn:a', 'delta');

/** What could not be read is not gone: an index tells by the items of documents and failures. */
export const ingestionItemCases: Suite<IngestionSubject> = [
  {
    id: 'ingest-item-failed',
    rule: 'I-04',
    title: 'keeps every document of an item that cannot be read, whatever their ids are',
    requires: ['readers'],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await subject.ingest(taskOf(stores, [...BOOK, NOTE]));
      const before = await shown(subject, stores);
      const { failed } = await subject.ingest(taskOf(stores, [NOTE], ['book.txt']));
      check.ok(failed.length > 0, 'it is reported');
      check.equal(await shown(subject, stores), before, 'what is there');
    },
  },
  {
    id: 'ingest-item-torn',
    rule: 'I-04',
    title: 'keeps what an item held behind the place where it cannot be read any more, and takes what came',
    requires: ['readers'],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await subject.ingest(taskOf(stores, [...BOOK, NOTE]));
      const before = await shown(subject, stores);
      const changed = of('book.txt', 'urn:1', 'epsilon');
      await subject.ingest(taskOf(stores, [changed], ['book.txt']));
      const after = await shown(subject, stores);
      check.ok(after.get('urn:1')?.includes('epsilon'), 'the document that came is replaced');
      for (const id of ['urn:2', 'urn:3']) check.equal(after.get(id), before.get(id), `the document ${id}`);
      check.equal(after.has('urn:a'), false, 'a document of another item that is gone');
    },
  },
  {
    id: 'ingest-item-whole',
    rule: 'I-04',
    title: 'removes what an item does not hold any more once it can be read again',
    requires: ['readers'],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await subject.ingest(taskOf(stores, BOOK));
      await subject.ingest(taskOf(stores, BOOK.slice(0, 1), ['book.txt']));
      await subject.ingest(taskOf(stores, BOOK.slice(0, 2)));
      check.equal([...(await shown(subject, stores)).keys()].sort(), ['urn:1', 'urn:2'], 'what is there');
    },
  },
  {
    id: 'ingest-item-document',
    rule: 'I-04',
    title: 'keeps the old version of one document of an item that the model refuses, and the others follow',
    requires: ['readers'],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await subject.ingest(taskOf(stores, BOOK));
      const before = await shown(subject, stores);
      const refused = of('book.txt', 'urn:2', CountingEmbedding.poison);
      const { failed } = await subject.ingest(taskOf(stores, [BOOK[0]!, refused]));
      check.equal(failed.length, 1, 'how many are reported');
      const after = await shown(subject, stores);
      check.equal([...after.keys()].sort(), ['urn:1', 'urn:2'], 'what is there');
      check.equal(after.get('urn:2'), before.get('urn:2'), 'the one that failed');
    },
  },
];
