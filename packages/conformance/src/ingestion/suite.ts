import type { Document } from '@mortise/core/retriever';
import type { Check } from '../frame/check.ts';
import type { Suite } from '../frame/case.ts';
import type { IngestionStores, IngestionSubject } from './subject.ts';
import { fragile } from './crash.ts';
import { ingestionItemCases } from './item-cases.ts';
import { CountingEmbedding, documentOf, dump, long, opened, POISON, shown, taskOf } from './lab.ts';
import { ingestionOnceCases } from './once-cases.ts';

/** Before and after: one changes in length, one stays, one goes, one comes, one has nothing to embed. */
const BEFORE = [
  long('changed', 'alpha'),
  long('kept', 'beta', 2),
  long('gone', 'gamma'),
  documentOf('empty', ''),
];
const AFTER = [
  long('changed', 'delta', 2),
  long('kept', 'beta', 2),
  long('new', 'epsilon'),
  documentOf('empty', ''),
];
/** What has become of it by the time of the restart. */
const LATER = [long('changed', 'zeta', 4), long('new', 'eta', 1)];

/** What an ingestion must do, whatever becomes of its process. */
export const ingestionSuite: Suite<IngestionSubject> = [
  {
    id: 'ingest-brings-up-to-date',
    rule: 'I-01',
    title: 'writes what is new or changed, removes what is gone, and asks for nothing that is there',
    requires: [],
    async run(context) {
      const stores = await opened(context);
      const { check, subject } = context;
      await ingest(subject, stores, BEFORE);
      check.equal([...(await shown(subject, stores)).keys()].sort(), ['changed', 'gone', 'kept'], 'before');
      const whole = (await shown(subject, stores)).get('changed') ?? '';
      for (const n of [0, 1, 2])
        check.ok(whole.includes(`Paragraph ${n} says alpha`), `all of a document: ${n}`);
      const embedding = await ingest(subject, stores, AFTER);
      check.ok(
        embedding.texts.every((text) => !text.includes('beta')),
        'what was kept is not embedded again',
      );
      const found = await shown(subject, stores);
      check.equal([...found.keys()].sort(), ['changed', 'kept', 'new'], 'after');
      check.ok(
        found.get('changed')?.includes('delta') && !found.get('changed')?.includes('alpha'),
        'the new version',
      );
      const [before, again] = [await dump(stores), fragile(stores)];
      check.equal(
        (await ingest(subject, again.stores, AFTER)).texts,
        [],
        'nothing is embedded when nothing changed',
      );
      check.equal(again.writes, 0, 'nothing is written either');
      check.equal(await dump(stores), before, 'what is there');
    },
  },
  {
    id: 'ingest-killed',
    rule: 'I-01',
    title: 'holds each document in its old version or its new one, at whatever write it is killed',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const [old, now] = [await versions(context, BEFORE), await versions(context, BEFORE, AFTER)];
      await atEachWrite(check, async (at) => {
        const stores = await opened(context);
        await ingest(subject, stores, BEFORE);
        const done = await killed(subject, stores, AFTER, at);
        const found = await shown(subject, stores);
        for (const id of ['changed', 'kept', 'gone', 'new']) {
          const text = found.get(id);
          const either = text === old.get(id) || text === now.get(id);
          check.ok(
            either,
            `killed at write ${at}, the document '${id}' is neither its old version nor its new one`,
          );
        }
        return done;
      });
    },
  },
  {
    id: 'ingest-restarted',
    rule: 'I-01',
    title: 'finishes the work of a run that was killed, and leaves nothing of it behind',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const uninterrupted = await opened(context);
      for (const documents of [BEFORE, AFTER]) await ingest(subject, uninterrupted, documents);
      const expected = await dump(uninterrupted);
      await atEachWrite(check, async (at) => {
        const stores = await opened(context);
        await ingest(subject, stores, BEFORE);
        const done = await killed(subject, stores, AFTER, at);
        await ingest(subject, stores, AFTER);
        check.equal(await dump(stores), expected, `killed at write ${at} and run again`);
        return done;
      });
    },
  },
  {
    id: 'ingest-restarted-later',
    rule: 'I-01',
    title:
      'leaves nothing of a killed run behind when the documents have changed or gone since, killed again or not',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const fresh = await opened(context);
      await ingest(subject, fresh, LATER);
      const expected = await dump(fresh);
      await atEachWrite(check, async (at) => {
        const stores = await opened(context);
        const done = await killed(subject, stores, AFTER, at);
        await killed(subject, stores, LATER, at % 7);
        await ingest(subject, stores, LATER);
        check.equal(await dump(stores), expected, `killed at write ${at} of the first run`);
        return done;
      });
    },
  },
  {
    id: 'ingest-identity',
    rule: 'I-02',
    title: 'keeps two documents of equal content two, also when one of them goes',
    requires: [],
    async run(context) {
      const stores = await opened(context);
      const { check, subject } = context;
      const [a, b] = [long('a', 'same'), long('b', 'same')];
      await ingest(subject, stores, [a, b]);
      const found = await shown(subject, stores);
      check.equal([...found.keys()].sort(), ['a', 'b'], 'both');
      check.equal(found.get('a'), found.get('b'), 'their content');
      await ingest(subject, stores, [b]);
      check.equal([...(await shown(subject, stores))], [['b', found.get('b')]], 'the one that is left');
    },
  },
  {
    id: 'ingest-set-aside',
    rule: 'I-03',
    title: 'sets a document aside that fails, reports it, keeps its old version, and goes on with the rest',
    requires: [],
    async run(context) {
      const stores = await opened(context);
      const { check, subject } = context;
      await ingest(subject, stores, [long('bad', 'alpha'), long('gone', 'beta')]);
      const old = (await shown(subject, stores)).get('bad');
      const documents = [long('first', 'one', 1), long('bad', POISON), long('last', 'two', 1)];
      const embedding = new CountingEmbedding();
      const { failed } = await subject.ingest(taskOf(stores, documents, [], { embedding }));
      check.equal([...failed], ['bad'], 'what is reported');
      const found = await shown(subject, stores);
      check.equal([...found.keys()].sort(), ['bad', 'first', 'last'], 'the others');
      check.equal(found.get('bad'), old, 'the one that failed');
    },
  },
  {
    id: 'ingest-retried',
    rule: 'I-03',
    title: 'tries a document again that failed, in every run until it succeeds',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      const documents = [long('bad', POISON), long('good', 'beta')];
      for (const run of [1, 2]) {
        const { failed } = await subject.ingest(taskOf(stores, documents));
        check.equal([...failed], ['bad'], `run ${run}`);
      }
      const cured = [long('bad', 'alpha'), long('good', 'beta')];
      await ingest(subject, stores, cured);
      const fresh = await opened(context);
      await ingest(subject, fresh, cured);
      check.equal(await dump(stores), await dump(fresh), 'what is there in the end');
    },
  },
  {
    id: 'ingest-service-down',
    rule: 'I-03',
    title: 'does the whole work in the next run when the model had not answered at all',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      const documents = [long('a', 'alpha'), long('b', 'beta')];
      const embedding = new CountingEmbedding();
      embedding.onRequest = () => {
        throw new Error('down');
      };
      // Whether the run rejects or sets all aside is its own matter.
      await subject.ingest(taskOf(stores, documents, [], { embedding })).catch(() => undefined);
      await ingest(subject, stores, documents);
      check.equal([...(await shown(subject, stores)).keys()].sort(), ['a', 'b'], 'what is there');
    },
  },
  {
    id: 'ingest-two-at-once',
    rule: 'I-01',
    title: 'loses nothing when two runs meet: one is refused as `conflict`, or both are right',
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      await ingest(subject, stores, BEFORE);
      const runs = [AFTER, LATER].map((documents) => ingest(subject, stores, documents));
      const outcomes = await Promise.allSettled(runs);
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome] : []));
      check.ok(refused.length < 2, 'one of them is done');
      for (const { reason } of refused)
        await check.error(Promise.reject(reason), 'conflict', 'the refused one');
      const { records, nodes, vectors } = await dump(stores);
      check.equal(
        records.filter(({ strayIds }) => strayIds !== undefined),
        [],
        'what is unfinished',
      );
      const counted = records.flatMap(({ nodeIds }) => nodeIds).sort();
      check.equal(nodes.map(idOf), counted, 'the nodes are those of the records');
      check.equal(vectors.map(idOf), counted, 'and so are the vectors');
    },
  },
  {
    id: 'ingest-abort',
    rule: 'C-01',
    title: "rejects with exactly the caller's reason, and the next run finishes the work",
    requires: [],
    async run(context) {
      const { check, subject } = context;
      const stores = await opened(context);
      const embedding = new CountingEmbedding();
      const reason = { why: 'the user left' };
      const aborted = subject.ingest(
        taskOf(stores, AFTER, [], { embedding, signal: AbortSignal.abort(reason) }),
      );
      check.equal(await check.rejects(aborted, 'aborted before'), reason, 'the reason, before');
      check.equal(
        [embedding.texts, await dump(stores)],
        [[], { records: [], nodes: [], vectors: [] }],
        'nothing is done',
      );
      const controller = new AbortController();
      embedding.onRequest = () => controller.abort(reason);
      const running = subject.ingest(taskOf(stores, AFTER, [], { embedding, signal: controller.signal }));
      check.equal(await check.rejects(running, 'aborted meanwhile'), reason, 'the reason, meanwhile');
      await ingest(subject, stores, AFTER);
      const fresh = await opened(context);
      await ingest(subject, fresh, AFTER);
      check.equal(await dump(stores), await dump(fresh), 'what is there');
    },
  },
  ...ingestionItemCases,
  ...ingestionOnceCases,
];

function idOf({ id }: { readonly id?: unknown }): unknown {
  return id;
}

async function ingest(
  subject: IngestionSubject,
  stores: IngestionStores,
  documents: readonly Document[],
): Promise<CountingEmbedding> {
  const embedding = new CountingEmbedding();
  await subject.ingest(taskOf(stores, documents, [], { embedding }));
  return embedding;
}

/** A run that is killed at the write `at`. True when it has fewer writes, and is done. */
async function killed(
  subject: IngestionSubject,
  stores: IngestionStores,
  documents: readonly Document[],
  at: number,
): Promise<boolean> {
  const broken = fragile(stores, at);
  try {
    await ingest(subject, broken.stores, documents);
  } catch (error) {
    if (broken.writes <= at) throw error;
  }
  return broken.writes <= at;
}

/** Until a run has no further write. */
async function atEachWrite(check: Check, context: (at: number) => Promise<boolean>): Promise<void> {
  const LIMIT = 300;
  for (let at = 0; at < LIMIT; at++) if (await context(at)) return check.ok(at > 3, 'a run writes');
  check.ok(false, `a run over a few documents has no more than ${LIMIT} writes`);
}

async function versions(
  context: Parameters<(typeof ingestionSuite)[number]['run']>[0],
  ...states: readonly (readonly Document[])[]
): Promise<Map<string, string>> {
  const stores = await opened(context);
  for (const documents of states) await ingest(context.subject, stores, documents);
  return shown(context.subject, stores);
}
