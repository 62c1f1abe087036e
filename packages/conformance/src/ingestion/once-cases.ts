import type { DocumentStore, VectorStore } from '@mortise/core/store';
import type { Suite } from '../frame/case.ts';
import type { IngestionStores, IngestionSubject } from './subject.ts';
import { fragile } from './crash.ts';
import { dump, long, opened, shown, taskOf } from './lab.ts';

/** More documents than a batch holds, of more nodes than divide a batch: most stand in two. */
const OLD = Array.from({ length: 24 }, (_, at) => long(`d${at}`, 'alpha', 3));
const NEW = Array.from({ length: 24 }, (_, at) => long(`d${at}`, 'beta', 3));

/** Documents that stand in several batches, while several batches are under way and stores take their time. */
export const ingestionOnceCases: Suite<IngestionSubject> = [
  {
    id: 'ingest-once',
    rule: 'I-04',
    title: 'writes each document once, however slow the stores are',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      for (const documents of [OLD, NEW]) {
        const written = new Map<string, number>();
        await subject.ingest(
          taskOf(slow(stores, { onNode: (id) => written.set(id, (written.get(id) ?? 0) + 1) }), documents),
        );
        check.ok(written.size >= documents.length, 'it writes');
        const twice = [...written].filter(([, times]) => times > 1).map(([id]) => id);
        check.equal(twice, [], 'the nodes that were written more than once');
      }
    },
  },
  {
    id: 'ingest-watched',
    rule: 'I-01',
    title: 'shows each document whole and in one version at every moment of a run over slow stores',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await subject.ingest(taskOf(stores, OLD));
      const old = await shown(subject, stores);
      const fresh = await opened(context);
      await subject.ingest(taskOf(fresh, NEW));
      const now = await shown(subject, fresh);
      let isRunning = true;
      // Writes that are under way, and whether one was since the last look: nothing else changes what is seen.
      let writing = 0;
      let isChanged = true;
      const onWrite = async <T>(work: () => Promise<T>): Promise<T> => {
        writing += 1;
        try {
          return await work();
        } finally {
          writing -= 1;
          isChanged = true;
        }
      };
      const run = subject.ingest(taskOf(slow(stores, { onWrite }), NEW)).finally(() => (isRunning = false));
      const broken = new Set<string>();
      let looks = 0;
      while (isRunning) {
        await turn();
        if (writing === 0 && !isChanged) continue;
        isChanged = false;
        const seen = await shown(subject, stores);
        for (const [id, text] of old)
          if (seen.get(id) !== text && seen.get(id) !== now.get(id)) broken.add(id);
        looks += 1;
      }
      await run;
      check.ok(looks > 3, 'it was looked at');
      check.equal([...broken], [], 'the documents that were not whole at some moment');
    },
  },
  {
    id: 'ingest-killed-and-back',
    rule: 'I-01',
    title: 'holds the old text whole again when a run was killed at any write and the source went back to it',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const [before, after] = [OLD.slice(0, 3), NEW.slice(0, 3)];
      const fresh = await opened(context);
      await subject.ingest(taskOf(fresh, before));
      const expected = await dump(fresh);
      for (let at = 0, isDone = false; !isDone && at < 200; at++) {
        const stores = await opened(context);
        await subject.ingest(taskOf(stores, before));
        const broken = fragile(stores, at);
        await subject.ingest(taskOf(broken.stores, after)).catch(() => undefined);
        isDone = broken.writes <= at;
        await subject.ingest(taskOf(stores, before));
        check.equal(await dump(stores), expected, `killed at write ${at}, and back to the old text`);
      }
    },
  },
];

/** A turn of the event loop later, so that workers meet: each write takes two, each look one. */
async function turn(times = 1): Promise<void> {
  for (let n = 0; n < times; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}

interface Watch {
  /** Each node that is written. */
  readonly onNode?: (id: string) => unknown;
  /** Runs each write. */
  readonly onWrite?: <T>(work: () => Promise<T>) => Promise<T>;
}

function slow(
  { documents, vectors }: IngestionStores,
  { onNode = () => undefined, onWrite = (work) => work() }: Watch = {},
): IngestionStores {
  const write = <T>(work: () => Promise<T>): Promise<T> => later(() => onWrite(work));
  const later = async <T>(work: () => Promise<T>, turns = 2): Promise<T> => {
    await turn(turns);
    const result = await work();
    await turn();
    return result;
  };
  const slowDocuments: DocumentStore = {
    upsert(nodes, options) {
      for (const { id } of nodes) onNode(id);
      return write(() => documents.upsert(nodes, options));
    },
    delete: (ids, options) => write(() => documents.delete(ids, options)),
    setSource: (record, options) => write(() => documents.setSource(record, options)),
    deleteSource: (id, options) => write(() => documents.deleteSource(id, options)),
    get: (id, options) => later(() => documents.get(id, options), 1),
    getMany: (ids, options) => later(() => documents.getMany(ids, options), 1),
    getSource: (id, options) => later(() => documents.getSource(id, options), 1),
    iterate: (options) => documents.iterate(options),
    sources: (options) => documents.sources(options),
    ...(documents.lock === undefined ? {} : { lock: (options) => documents.lock!(options) }),
  };
  const slowVectors: VectorStore = {
    get support() {
      return vectors.support;
    },
    upsert: (entries, options) => write(() => vectors.upsert(entries, options)),
    delete: (selection, options) => write(() => vectors.delete(selection, options)),
    query: (query, options) => later(() => vectors.query(query, options), 1),
  };
  return { documents: slowDocuments, vectors: slowVectors };
}
