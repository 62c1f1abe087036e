import { describe, expect, it } from 'vitest';
import { documentStoreSuite, runCase } from '@mortise/conformance';
import type { Node } from '@mortise/core/retriever';
import {
  DocumentLocks,
  MemoryKeyValueStore,
  type DocumentStore,
  type SourceRecord,
} from '@mortise/core/store';
import { KeyValueDocumentStore } from '@mortise/stores';
import { ReferenceTerms, type TermFault } from './reference-terms.ts';

/** A store with one thing wrong. */
type Fault = (store: KeyValueDocumentStore) => Partial<DocumentStore>;

function sound(): KeyValueDocumentStore {
  return new KeyValueDocumentStore({ store: new MemoryKeyValueStore({ maxBytes: Infinity }) });
}

function faulty(fault: Fault, termFault?: TermFault): DocumentStore {
  const store = sound();
  const terms = new ReferenceTerms(store, termFault);
  const locks = new DocumentLocks();
  return {
    upsert(nodes, options) {
      if (options?.signal?.aborted !== true) terms.forget(nodes.map(({ id }) => id));
      return store.upsert(nodes, options);
    },
    get: (id, options) => store.get(id, options),
    getMany: (ids, options) => store.getMany(ids, options),
    delete: (ids, options) => store.delete(ids, options),
    iterate: (options) => store.iterate(options),
    setSource: (record, options) => store.setSource(record, options),
    getSource: (id, options) => store.getSource(id, options),
    deleteSource: (id, options) => store.deleteSource(id, options),
    sources: (options) => store.sources(options),
    async lock({ signal, sourceIds } = {}) {
      signal?.throwIfAborted();
      const release = locks.take('of this test', sourceIds);
      return { release: async () => release() };
    },
    terms: (analysis) => terms.of(analysis),
    ...fault(store),
  };
}

const without = (member: string) => (node: Node) =>
  Object.fromEntries(Object.entries(node).filter(([name]) => name !== member)) as unknown as Node;

const faults: [fault: string, caughtBy: string, Fault][] = [
  ['a member that is missing', 'docs-members', () => ({ sources: undefined as never })],
  [
    'vectors that are dropped',
    'docs-nodes',
    (s) => ({ upsert: (nodes, options) => s.upsert(nodes.map(without('embedding')), options) }),
  ],
  [
    'members of unknown kinds that are dropped',
    'docs-nodes',
    (s) => ({ upsert: (nodes, options) => s.upsert(nodes.map(without('url')), options) }),
  ],
  [
    'metadata that is not JSON left out',
    'docs-refuses-metadata',
    (s) => ({
      upsert: (nodes, options) =>
        s.upsert(
          nodes.map((node) => ({ ...node, metadata: {} })),
          options,
        ),
    }),
  ],
  [
    'ids in normal form',
    'docs-names',
    (s) => ({
      upsert: (nodes) => s.upsert(nodes.map((node) => ({ ...node, id: node.id.normalize() }))),
      getMany: (ids) => s.getMany(ids.map((id) => id.normalize())),
    }),
  ],
  [
    'misses that are left out',
    'docs-miss',
    (s) => ({
      getMany: async (ids, options) => (await s.getMany(ids, options)).filter((n) => n !== undefined),
    }),
  ],
  [
    'members merged with those that were there',
    'docs-replace',
    (s) => ({
      async upsert(nodes, options) {
        for (const node of nodes) await s.upsert([{ ...(await s.get(node.id)), ...node }], options);
      },
    }),
  ],
  [
    'a delete that fails on what is not there',
    'docs-delete',
    (s) => ({
      async delete(ids, options) {
        if ((await s.getMany(ids)).includes(undefined)) throw new Error('not there');
        await s.delete(ids, options);
      },
    }),
  ],
  [
    'records without their metadata',
    'docs-sources',
    (s) => ({
      setSource: ({ metadata: _m, ...record }, options) => s.setSource(record, options),
    }),
  ],
  [
    'a hint that hides what is asked for',
    'docs-unsettled',
    (s) => ({
      async *sources(options) {
        for await (const record of s.sources(options))
          if (options?.unsettled !== true || record.strayIds === undefined) yield record;
      },
    }),
  ],
  [
    'a deleted document that leaves its strays',
    'docs-delete-source',
    (s) => ({
      async deleteSource(id, options) {
        const { strayIds: _s, ...record } = (await s.getSource(id)) ?? {
          sourceId: id,
          hash: '',
          nodeIds: [],
        };
        await s.setSource(record);
        await s.deleteSource(id, options);
      },
    }),
  ],
  [
    'a deleted record that leaves all of its nodes',
    'docs-delete-source',
    (s) => ({
      async deleteSource(id, options) {
        if ((await s.getSource(id)) === undefined) return;
        await s.setSource({ sourceId: id, hash: '', nodeIds: [] });
        await s.deleteSource(id, options);
      },
    }),
  ],
  [
    'documents by their hash',
    'docs-equal-content',
    (s) => ({
      async *sources(options) {
        const byHash = new Map<string, SourceRecord>();
        for await (const record of s.sources(options)) byHash.set(record.hash, record);
        yield* byHash.values();
      },
    }),
  ],
  [
    'one record for all readers',
    'docs-copies',
    () => {
      const held = new Map<string, SourceRecord>();
      return {
        setSource: async (record) => void held.set(record.sourceId, record),
        getSource: async (id) => held.get(id),
      };
    },
  ],
  [
    'an iteration that a deletion upsets',
    'docs-iterate-break',
    (s) => ({
      async *sources(options) {
        let at = 0;
        for (;;) {
          const all: SourceRecord[] = [];
          for await (const record of s.sources(options)) all.push(record);
          const next = all[at++];
          if (next === undefined) return;
          yield next;
        }
      },
    }),
  ],
  ['an abort that comes too late', 'docs-abort', (s) => ({ setSource: (record) => s.setSource(record) })],
  ['a lock for everybody', 'docs-lock', () => ({ lock: async () => ({ release: () => Promise.resolve() }) })],
  ['documents that are held beside the store', 'docs-lock-documents', () => ({ lock: locking('apart') })],
  ['a document that anybody may hold', 'docs-lock-documents', () => ({ lock: locking('open') })],
  ['one release for all documents', 'docs-lock-documents', () => ({ lock: locking('together') })],
];

function locking(fault: 'apart' | 'open' | 'together'): NonNullable<DocumentStore['lock']> {
  const whole = new DocumentLocks();
  let documents = fault === 'apart' ? new DocumentLocks() : whole;
  return async ({ sourceIds } = {}) => {
    if (sourceIds !== undefined && fault === 'open') return { release: async () => undefined };
    const release = (sourceIds === undefined ? whole : documents).take('of this test', sourceIds);
    return {
      async release() {
        if (fault === 'together') documents = new DocumentLocks();
        release();
      },
    };
  };
}

const termFaults: [fault: TermFault, caughtBy: string][] = [
  ['other-scores', 'docs-terms-rank'],
  ['cut-before-the-filter', 'docs-terms-top'],
  ['strays-are-found', 'docs-terms-record'],
  ['replaced-nodes-keep-terms', 'docs-terms-follow'],
  ['one-analysis-for-all', 'docs-terms-missing'],
  ['terms-in-lower-case', 'docs-terms-names'],
  ['any-top-k', 'docs-terms-refused'],
  ['copies-nothing', 'docs-terms-refused'],
  ['late-abort', 'docs-terms-abort'],
];

const suite = documentStoreSuite.filter(({ requires }) =>
  requires.every((feature) => feature === 'lock' || feature === 'terms'),
);

describe('a broken document store is caught', () => {
  it.each(faults)('%s: %s', async (_fault, caughtBy, fault) => {
    const testCase = suite.find(({ id }) => id === caughtBy)!;
    await expect(runCase(testCase, { open: () => ({ store: faulty(fault) }) })).rejects.toMatchObject({
      name: expect.stringMatching(/^(Assertion|Mortise)?Error$/),
    });
  });

  it.each(termFaults)('an index of words, %s: %s', async (fault, caughtBy) => {
    const testCase = suite.find(({ id }) => id === caughtBy)!;
    const open = () => ({ store: faulty(() => ({}), fault) });
    await expect(runCase(testCase, { open })).rejects.toMatchObject({ name: 'AssertionError' });
  });

  it('and a sound one is not', async () => {
    for (const testCase of suite) await runCase(testCase, { open: () => ({ store: faulty(() => ({})) }) });
  });

  it('by cases of which every one is needed', () => {
    const needed = new Set([...faults, ...termFaults].map(([, caughtBy]) => caughtBy));
    expect(suite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
  });

  it('after a restart and between two instances too', async () => {
    const forgetful = { open: () => ({ store: sound(), reopen: sound }) };
    for (const id of ['docs-restart', 'docs-two']) {
      const testCase = documentStoreSuite.find((each) => each.id === id)!;
      await expect(runCase(testCase, forgetful)).rejects.toThrow();
    }
    const termsRestart = documentStoreSuite.find(({ id }) => id === 'docs-terms-restart')!;
    const apart = () => faulty(() => ({}));
    const open = () => ({ store: apart(), reopen: apart });
    await expect(runCase(termsRestart, { open })).rejects.toMatchObject({ name: 'AssertionError' });
    const silent = documentStoreSuite.find(({ id }) => id === 'docs-failure')!;
    const silently = () => ({ store: sound() });
    await expect(runCase(silent, { open: silently, broken: silently })).rejects.toThrow();
  });
});
