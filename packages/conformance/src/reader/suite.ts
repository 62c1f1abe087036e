import { isMortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import type { ReadItem } from '@mortise/core/reader';
import { nodeFromJson, nodeToJson } from '@mortise/core/retriever';
import type { Suite } from '../frame/case.ts';
import { pause } from '../frame/turns.ts';
import type { ReaderSubject } from './subject.ts';
import { itemCases } from './item-cases.ts';
import { ITEMS, namesOf, opened, readAll, WITH_BLANK, WITH_BROKEN } from './lab.ts';

const NAMES = ITEMS.map(({ name }) => name);

/** What every reader must do. */
export const readerSuite: Suite<ReaderSubject> = [
  {
    id: 'read.all',
    rule: 'D-02',
    title: 'gives a document of each item, in their order',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      context.check.equal(
        namesOf((await readAll(reader)).documents),
        NAMES,
        'which items the documents are of',
      );
    },
  },
  {
    id: 'read.origin',
    rule: 'D-02',
    title: 'says where each document comes from',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      const { documents } = await readAll(reader);
      for (const [at, { type, metadata }] of documents.entries()) {
        const { path, url } = metadata;
        const origin = path ?? url;
        context.check.equal(type, 'document', 'the type');
        context.check.ok(
          typeof origin === 'string' && origin.includes(NAMES[at] as string),
          `metadata.path or metadata.url of ${NAMES[at]} names it: ${JSON.stringify(origin)}`,
        );
      }
    },
  },
  {
    id: 'read.ids',
    rule: 'D-02',
    title: 'gives each document an id of its own, the same in every run',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      const ids = (await readAll(reader)).documents.map(({ id }) => id);
      context.check.equal(new Set(ids).size, ITEMS.length, 'how many ids there are');
      context.check.equal(
        (await readAll(reader)).documents.map(({ id }) => id),
        ids,
        'the ids of the next run',
      );
      const { reader: other } = await opened(context, ITEMS.slice(1));
      const others = (await readAll(other)).documents.map(({ id }) => id);
      context.check.equal(others, ids.slice(1), 'the ids when an item before them is gone');
    },
  },
  {
    id: 'read.nothing',
    rule: 'D-01',
    title: 'gives nothing where there is nothing to read',
    requires: [],
    async run(context) {
      const { reader } = await opened(context, []);
      context.check.equal(await readAll(reader), { documents: [], progress: [], failures: [] }, 'no items');
    },
  },
  {
    id: 'read.lazy',
    rule: 'D-01',
    title: 'opens an item when its document is asked for, and no other',
    requires: ['opened'],
    async run(context) {
      const open = await opened(context);
      const documents = open.reader.read()[Symbol.asyncIterator]();
      await pause(20);
      context.check.equal(open.opened!(), [], 'before the first next()');
      await documents.next();
      await pause(20);
      context.check.equal(open.opened!(), NAMES.slice(0, 1), 'after the first document');
      await documents.next();
      context.check.equal(open.opened!(), NAMES.slice(0, 2), 'after the second document');
      await documents.return?.();
      await pause(20);
      context.check.equal(open.opened!(), NAMES.slice(0, 2), 'after it was left');
    },
  },
  {
    id: 'read.again',
    rule: 'D-01',
    title: 'begins anew after it was left',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      for await (const document of reader.read()) {
        context.check.equal(namesOf([document]), NAMES.slice(0, 1), 'the first document');
        break;
      }
      context.check.equal(namesOf((await readAll(reader)).documents), NAMES, 'the next reading');
    },
  },
  {
    id: 'read.progress',
    rule: 'D-01',
    title: 'tells of each item once, after its document was taken',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      const order: string[] = [];
      const options = { onProgress: ({ done }: { done: number }) => void order.push(`done ${done}`) };
      for await (const _document of reader.read(options)) order.push('document');
      context.check.equal(
        order,
        ITEMS.flatMap((_item, at) => ['document', `done ${at + 1}`]),
        'documents and progress',
      );
      const { progress } = await readAll(reader);
      context.check.equal(
        new Set(progress.map(({ item }) => item)).size,
        ITEMS.length,
        'each names its item',
      );
      for (const { failed, total = ITEMS.length } of progress)
        context.check.equal([failed, total], [0, ITEMS.length], 'the failed ones, and all');
    },
  },
  {
    id: 'read.failure',
    rule: 'D-01',
    title: 'reports what cannot be read, and goes on',
    requires: ['failure'],
    async run(context) {
      const { reader } = await opened(context, WITH_BROKEN);
      const warnings: unknown[] = [];
      const stop = subscribe(({ name, attributes }) => {
        if (name === 'warning') warnings.push(attributes);
      });
      const { documents, failures, progress } = await readAll(reader).finally(stop);
      context.check.equal(namesOf(documents), ['alpha', 'delta', 'gamma'], 'the others');
      context.check.equal(failures.length, 1, 'how many failures there were');
      const [failure] = failures;
      context.check.ok(failure?.item.includes('beta'), `the failure names its item: ${failure?.item}`);
      context.check.ok(isMortiseError(failure?.error), 'its error is a MortiseError');
      context.check.equal(progress.at(-1)?.done, ITEMS.length, 'the items done');
      context.check.equal(progress.at(-1)?.failed, 1, 'the items failed');
      context.check.ok(warnings.length > 0, 'there is a `warning` event');
    },
  },
  {
    id: 'read.blank',
    rule: 'D-01',
    title: 'reports an item that is not empty and holds no text, and goes on',
    requires: ['blank'],
    async run(context) {
      const { reader } = await opened(context, WITH_BLANK);
      const { documents, failures, progress } = await readAll(reader);
      context.check.equal(namesOf(documents), ['alpha', 'delta', 'gamma'], 'the documents');
      context.check.equal(
        failures.map(({ item, error }) => [item.includes('beta'), isMortiseError(error)]),
        [[true, true]],
        'there is one failure, which names the item, and is a MortiseError',
      );
      const { outcome } = progress.find(({ item }) => item.includes('beta')) ?? {};
      context.check.ok(outcome === 'failed' || outcome === 'partial', `what became of it: ${outcome}`);
    },
  },
  {
    id: 'read.missing',
    rule: 'D-01',
    title: 'rejects when there is nothing to read from',
    requires: ['missing'],
    async run(context) {
      const open = await context.subject.missing!();
      context.after(() => open.close?.());
      const codes = ['not-found', 'permission', 'configuration', 'connection'];
      await context.check.error(readAll(open.reader), codes, 'the reading');
    },
  },
  {
    id: 'read.skip',
    rule: 'D-01',
    title: 'leaves out what is to be skipped, and says so',
    requires: ['skip'],
    async run(context) {
      const open = await opened(context);
      const asked: ReadItem[] = [];
      const skip = async (item: ReadItem): Promise<boolean> => {
        asked.push(item);
        return item.id.includes('alpha') || item.id.includes('delta');
      };
      const { documents, progress } = await readAll(open.reader, { skip });
      context.check.equal(namesOf(documents), ['beta', 'gamma'], 'the documents');
      context.check.equal(asked.length, ITEMS.length, 'it is asked once for each item');
      context.check.equal(
        progress.map(({ outcome }) => outcome),
        ['skipped', 'read', 'skipped', 'read'],
        'what became of the items',
      );
      context.check.equal(
        progress.map(({ item }) => item),
        asked.map(({ id }) => id),
        'progress names what skip was asked',
      );
      if (open.opened !== undefined) context.check.equal(open.opened(), ['beta', 'gamma'], 'what was opened');
    },
  },
  {
    id: 'read.resume',
    rule: 'D-01',
    title: 'goes on where a reading was left',
    requires: ['skip'],
    async run(context) {
      const { reader } = await opened(context);
      const finished = new Set<string>();
      const first: string[] = [];
      const onProgress = ({ item }: { item: string }): void => void finished.add(item);
      for await (const document of reader.read({ onProgress })) {
        first.push(namesOf([document])[0] ?? '');
        // The third document is taken, and nothing says that it was finished with.
        if (first.length === 3) break;
      }
      const { documents } = await readAll(reader, { skip: ({ id }) => finished.has(id) });
      context.check.equal(namesOf(documents), ['delta', 'gamma'], 'the documents of the next reading');
    },
  },
  {
    id: 'read.version',
    rule: 'D-01',
    title: 'knows a version of each item without reading it, the same while nothing changes',
    requires: ['version'],
    async run(context) {
      const open = await opened(context);
      const versions = async (): Promise<Map<string, string | undefined>> => {
        const seen = new Map<string, string | undefined>();
        await readAll(open.reader, { skip: ({ id, version }) => (seen.set(id, version), true) });
        return seen;
      };
      const seen = await versions();
      context.check.equal(seen.size, ITEMS.length, 'how many items there are');
      for (const [id, version] of seen) context.check.ok(typeof version === 'string', `${id} has a version`);
      context.check.equal(await versions(), seen, 'the versions of the next run');
      if (open.opened !== undefined) context.check.equal(open.opened(), [], 'what was opened');
      const { progress } = await readAll(open.reader);
      context.check.equal(
        new Map(progress.map(({ item, version }) => [item, version])),
        seen,
        'progress has them too',
      );
    },
  },
  {
    id: 'read.abort',
    rule: 'C-01',
    title: "stops at an abort with exactly the signal's reason, and opens nothing more",
    requires: [],
    async run(context) {
      const open = await opened(context);
      const controller = new AbortController();
      const seen: string[] = [];
      const reading = (async () => {
        for await (const document of open.reader.read({ signal: controller.signal })) {
          seen.push(namesOf([document])[0] ?? '');
          controller.abort('enough');
        }
      })();
      context.check.equal(await context.check.rejects(reading, 'the reading'), 'enough', 'the reason');
      context.check.equal(seen, NAMES.slice(0, 1), 'the documents before it');
      if (open.opened !== undefined) context.check.equal(open.opened(), NAMES.slice(0, 1), 'what was opened');
    },
  },
  {
    id: 'read.aborted',
    rule: 'C-02',
    title: 'reads nothing under a signal that is aborted already',
    requires: [],
    async run(context) {
      const open = await opened(context);
      const failures: unknown[] = [];
      const options = {
        signal: AbortSignal.abort('early'),
        onError: (failure: unknown) => void failures.push(failure),
      };
      context.check.equal(
        await context.check.rejects(readAll(open.reader, options), 'the reading'),
        'early',
        'the reason',
      );
      context.check.equal(failures, [], 'an abort is not a failure of an item');
      if (open.opened !== undefined) context.check.equal(open.opened(), [], 'what was opened');
    },
  },
  {
    id: 'read.data',
    rule: 'C-05',
    title: 'gives plain data that nobody else has',
    requires: [],
    async run(context) {
      const { reader } = await opened(context);
      const { documents } = await readAll(reader);
      for (const document of documents)
        context.check.equal(
          nodeFromJson(JSON.parse(JSON.stringify(nodeToJson(document)))),
          document,
          'it survives JSON',
        );
      const kept = structuredClone(documents);
      const [first, ...others] = documents;
      first!.metadata['changed'] = true;
      first!.excludedEmbedMetadataKeys?.push('changed');
      context.check.equal(others, kept.slice(1), 'the others after one was changed');
      context.check.equal((await readAll(reader)).documents, kept, 'the next reading');
    },
  },
  ...itemCases,
];
