import { describe, it } from 'vitest';
import {
  readerConformance,
  retrieverConformance,
  vectorStoreConformance,
  type TestFunctions,
} from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import { fromLangChain, toLangChain } from '@mortise/langchain';
import { classes, retrieverDouble, StoreDouble } from './theirs.ts';

/** Cases whose failure is known, by their id, with the reason; they must fail, so that the list stays true. */
function knowing(known: Readonly<Record<string, string>>): TestFunctions {
  const run = (title: string, body: () => Promise<void>, timeoutMs?: number): void => {
    const why = known[/\(([\w.-]+)\)$/.exec(title)?.[1] ?? ''];
    if (why === undefined) it(title, body, timeoutMs);
    else it.fails(`${title} [${why}]`, body, timeoutMs);
  };
  return {
    describe,
    it: Object.assign(run, { skip: (title: string, body: () => Promise<void>) => it.skip(title, body) }),
  };
}

const FILTERS = 'Filters are a language of each of their stores: they are refused.';

const ofStores = {
  ...Object.fromEntries(FILTER_OPERATORS.map((op) => [`filter:${op}`, FILTERS])),
  filters: FILTERS,
  mmr: 'Their interface has no vectors in its answers.',
  text: 'Their interface searches by a vector.',
  sparse: 'Their interface searches by a vector.',
  hybrid: 'Their interface searches by a vector.',
};

const BY_SOURCE = 'Their interface deletes by id alone.';

const knownOfStores = Object.fromEntries(
  [
    ...['vs-ids', 'vs-replace', 'vs-empty', 'vs-concurrent', 'vs-delete-source', 'vs-delete-nothing'],
    ...['vs-restart', 'vs-restart-write'],
  ].map((id) => [id, BY_SOURCE]),
);

vectorStoreConformance(knowing(knownOfStores), {
  name: 'fromLangChain(a store)',
  declares: ['dense', 'exact', 'persistence'],
  reasons: ofStores,
  open() {
    const store = new StoreDouble();
    return { store: fromLangChain(store), reopen: () => fromLangChain(store) };
  },
});

vectorStoreConformance(knowing(knownOfStores), {
  name: 'fromLangChain(toLangChain(a store))',
  declares: ['dense', 'exact', 'persistence'],
  reasons: ofStores,
  open() {
    const theirs = new StoreDouble();
    const again = () => toLangChain(fromLangChain(theirs), { ...classes, embedding: new HashEmbedding() });
    return { store: fromLangChain(again()), reopen: () => fromLangChain(again()) };
  },
});

const SCORE = 'A retriever of ours says the score in the metadata.';
const knownOfRetrievers = { 'results.nodes': SCORE, 'index.plain': SCORE, 'index.engine': SCORE };

const ofRetrievers = { filters: FILTERS, nesting: 'What it asks is theirs.', scores: 'Theirs give none.' };

retrieverConformance(knowing(knownOfRetrievers), {
  name: 'fromLangChain(toLangChain(a retriever))',
  declares: ['recursion', 'spans'],
  reasons: ofRetrievers,
  create: ({ nodes, objects }) =>
    fromLangChain(toLangChain(fromLangChain(retrieverDouble(nodes)), classes), { objects }),
});

retrieverConformance(knowing({}), {
  name: 'fromLangChain(a retriever)',
  declares: ['recursion', 'spans'],
  reasons: ofRetrievers,
  create: ({ nodes, objects }) => fromLangChain(retrieverDouble(nodes), { objects }),
});

const ONE = 'A loader is one item.';
const knownOfReaders = { 'read.nothing': ONE, 'read.progress': ONE, 'read.item': ONE };

readerConformance(knowing(knownOfReaders), {
  name: 'fromLangChain(a loader)',
  declares: [],
  reasons: {
    blank: ONE,
    failure: ONE,
    missing: 'A loader fails when it loads, which is a failure of its item.',
    opened: ONE,
    several: ONE,
    skip: ONE,
    version: 'Loaders know no versions.',
  },
  open: (items) => ({
    reader: fromLangChain({
      load: async () =>
        items.map(({ name, text }) => ({
          pageContent: text,
          metadata: { source: `https://a.test/${name}` },
        })),
    }),
  }),
});
