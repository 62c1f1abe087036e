import type { TermIndex, TermQuery } from '@mortise/core/store';
import type { ConformanceCase } from '../frame/case.ts';
import { collect } from '../shared/helpers.ts';
import { AWKWARD_NAMES } from '../stores/lab.ts';
import type { DocumentStoreSubject } from './subject.ts';
import { opened, record, textNode } from './lab.ts';
import { filled, idsIn, near, ranked, TERMS, termsOf } from './terms-lab.ts';

/** What a store does that keeps an index of words. */
export const termsCases: readonly ConformanceCase<DocumentStoreSubject>[] = [
  {
    id: 'docs-terms-rank',
    rule: 'S-03',
    title: 'ranks nodes by BM25 over their terms, with the part of the query that they hold',
    requires: ['terms'],
    async run(context) {
      const { index } = await filled(context);
      const queries: TermQuery[] = [
        { terms: new Map([['third', 1]]), topK: 10 },
        { terms: new Map(Object.entries({ often: 1, once: 2, never: 1 })), topK: 10 },
        { terms: new Map(Object.entries({ all: 3, third: 1 })), topK: 10, k1: 0, b: 0 },
        { terms: new Map(Object.entries({ often: 1, all: 1 })), topK: 10, k1: 2, b: 1 },
      ];
      for (const query of queries) {
        const expected = ranked(TERMS, query);
        const found = await index.rank(query);
        const what = `the query ${JSON.stringify([...query.terms])}`;
        context.check.equal(
          found.map(({ id }) => id),
          expected.map(({ id }) => id),
          `the order of ${what}`,
        );
        for (const [at, { score, coverage }] of found.entries()) {
          context.check.ok(near(score, expected[at]?.score), `${what}: the score ${score} of place ${at}`);
          context.check.ok(near(coverage, expected[at]?.coverage), `${what}: the coverage ${coverage}`);
        }
      }
      context.check.equal(await index.rank({ terms: new Map(), topK: 3 }), [], 'no terms');
      context.check.equal(
        await index.rank({ terms: new Map([['never', 1]]), topK: 3 }),
        [],
        'an unknown term',
      );
    },
  },
  {
    id: 'docs-terms-top',
    rule: 'S-03',
    title:
      'gives the best of so many that pass the filter, of equal scores those of the first ids, and what is asked for besides',
    requires: ['terms'],
    async run(context) {
      const { store, index } = await filled(context);
      const all = new Map([['all', 1]]);
      // Without k1 and b every node that holds the term has one score.
      const equal = { terms: all, k1: 0 };
      context.check.equal(
        idsIn(await index.rank({ ...equal, topK: 3 })),
        ['n0', 'n1', 'n2'],
        'the first ids',
      );
      const also = ['n8', 'n1', 'not there'];
      const found = await index.rank({ ...equal, topK: 3, also });
      context.check.equal(idsIn(found), ['n0', 'n1', 'n2', 'n8'], 'with those that are asked for');
      const rare = await index.rank({ terms: new Map([['once', 1]]), topK: 1, also: ['n2'] });
      context.check.equal(idsIn(rare), ['n7'], 'what is asked for and shares no term');

      for (const at of [3, 6, 9])
        await store.upsert([{ ...textNode(`n${at}`), metadata: { kind: 'third' } }]);
      await index.set(TERMS);
      const filter = { key: 'kind', op: '==', value: 'third' } as const;
      const filtered = await index.rank({ ...equal, topK: 2, filter, also: ['n1', 'n9'] });
      context.check.equal(idsIn(filtered), ['n3', 'n6', 'n9'], 'under a filter');
    },
  },
  {
    id: 'docs-terms-record',
    rule: 'I-01',
    title:
      'finds by its words what a record names, from the moment that it does until the moment that it does not',
    requires: ['terms'],
    async run(context) {
      const { store } = await opened(context);
      const index = termsOf(store);
      const found = async (): Promise<string[]> =>
        idsIn(await index.rank({ terms: new Map([['word', 1]]), topK: 9 })).sort();
      const written = async (ids: readonly string[]): Promise<void> => {
        await store.upsert(ids.map((id) => textNode(id)));
        await index.set(ids.map((id) => ({ id, terms: ['word'] })));
      };
      await written(['a1', 'a2', 'b1']);
      context.check.equal(await found(), [], 'before there is a record');
      await store.setSource(record('a', ['a1']));
      await store.setSource(record('b', ['b1', 'b2'], { strayIds: ['a2'] }));
      context.check.equal(await found(), ['a1', 'b1'], 'what records name, strays left out');
      await written(['b2']);
      context.check.equal(await found(), ['a1', 'b1', 'b2'], 'a node that came after its record');
      await store.setSource(record('a', ['a2'], { strayIds: ['a1'] }));
      context.check.equal(await found(), ['a2', 'b1', 'b2'], 'after the record names another version');
      await store.setSource({ sourceId: 'b', hash: '', nodeIds: [], strayIds: ['b1', 'b2'] });
      context.check.equal(await found(), ['a2'], 'after the record names none');
      await store.deleteSource('a');
      context.check.equal(await found(), [], 'after the record went');
      await store.upsert([textNode('a2')]);
      await store.setSource(record('a', ['a2']));
      context.check.equal(await found(), [], 'a node that is there again has no terms yet');
    },
  },
  {
    id: 'docs-terms-follow',
    rule: 'S-03',
    title: 'loses the terms of a node that is deleted or replaced, also from what makes a term rare',
    requires: ['terms'],
    async run(context) {
      const { store, index } = await filled(context);
      await store.delete(['n9', 'n8']);
      await store.upsert([textNode('n7', 'Another text.')]);
      await index.set([
        { id: 'n6', terms: ['all', 'new'] },
        { id: 'not there', terms: ['all'] },
      ]);
      const remaining = [...TERMS.slice(0, 6), { id: 'n6', terms: ['all', 'new'] }];
      for (const terms of [{ often: 1 }, { all: 1, new: 1 }, { once: 1, third: 2 }]) {
        const query = { terms: new Map(Object.entries(terms)), topK: 10 };
        const [expected, found] = [ranked(remaining, query), await index.rank(query)];
        context.check.equal(idsIn(found), idsIn(expected), `what is found by ${JSON.stringify(terms)}`);
        for (const [at, { score }] of found.entries())
          context.check.ok(near(score, expected[at]?.score), `the score ${score} of place ${at}`);
      }
    },
  },
  {
    id: 'docs-terms-missing',
    rule: 'S-03',
    title: 'tells which nodes of records have no terms, those of another analysis none at all',
    requires: ['terms'],
    async run(context) {
      const { store } = await opened(context);
      const index = termsOf(store);
      const missing = async (of: TermIndex): Promise<string[]> =>
        (await collect(of.missing())).map(({ id }) => id).sort();
      const many = Array.from({ length: 200 }, (_, at) => `m${at}`);
      await store.upsert([...many, 'stray', 'loose'].map((id) => textNode(id)));
      await store.setSource(record('m', many, { strayIds: ['stray'] }));
      context.check.equal(await missing(index), [...many].sort(), 'before any was set');
      const [first] = await collect(index.missing());
      context.check.equal(first, textNode(first?.id ?? ''), 'the node itself');
      await index.set(many.slice(1).map((id) => ({ id, terms: ['word'] })));
      await index.set([{ id: 'loose', terms: ['word'] }]);
      context.check.equal(await missing(index), ['m0'], 'after all but one were set');
      await index.set([{ id: 'm0', terms: [] }]);
      context.check.equal(await missing(index), [], 'a node without a word has its terms');

      const other = termsOf(store, 'conformance/2');
      context.check.equal((await missing(other)).length, many.length, 'of another analysis');
      await other.set([{ id: 'm1', terms: ['word'] }]);
      const query = { terms: new Map([['word', 1]]), topK: 500 };
      context.check.equal(idsIn(await other.rank(query)), ['m1'], 'what the other analysis has');
      context.check.equal(await index.rank(query), [], 'what the earlier one has');
    },
  },
  {
    id: 'docs-terms-names',
    rule: 'S-03',
    title: 'keeps all terms apart, whatever they are, and all ids',
    requires: ['terms'],
    async run(context) {
      const { store } = await opened(context);
      const index = termsOf(store);
      const words = [
        ...AWKWARD_NAMES.filter((name) => name !== ''),
        'x61',
        'AND',
        'a*',
        'terms:a',
        'w'.repeat(70),
      ];
      const ids = words.map((word) => `of ${word}`);
      await store.upsert(ids.map((id) => textNode(id)));
      await store.setSource(record('d', ids));
      await index.set(words.map((word, at) => ({ id: ids[at] ?? '', terms: [word, 'all'] })));
      for (const [at, word] of words.entries()) {
        const found = await index.rank({ terms: new Map([[word, 1]]), topK: 9 });
        context.check.equal(idsIn(found), [ids[at]], `by the term ${JSON.stringify(word.slice(0, 20))}`);
      }
      const found = await index.rank({ terms: new Map([['all', 1]]), topK: 999 });
      context.check.equal(idsIn(found).sort(), [...ids].sort(), 'all ids');
    },
  },
  {
    id: 'docs-terms-refused',
    rule: 'S-03',
    title: 'refuses a value that is not a query, and takes copies',
    requires: ['terms'],
    async run(context) {
      const { index } = await filled(context);
      const terms = new Map([['all', 1]]);
      const wrong: [string, TermQuery][] = [
        ...[0, -1, 1.5, NaN].map((topK): [string, TermQuery] => [`topK ${topK}`, { terms, topK }]),
        ...[0, -1, NaN, Infinity].map((weight): [string, TermQuery] => [
          `a weight of ${weight}`,
          { terms: new Map([['all', weight]]), topK: 1 },
        ]),
        ['k1 below 0', { terms, topK: 1, k1: -1 }],
        ['b above 1', { terms, topK: 1, b: 1.1 }],
      ];
      for (const [what, query] of wrong)
        await context.check.error(index.rank(query), 'invalid-request', what);
      const filter = { key: 'a', op: 'acme:near', value: 1 } as const;
      await context.check.error(index.rank({ terms, topK: 1, filter }), 'unsupported', 'an unknown operator');

      const given = { id: 'n0', terms: ['mine'] };
      const setting = index.set([given]);
      given.terms[0] = 'changed';
      await setting;
      const asked = new Map([['mine', 1]]);
      const ranking = index.rank({ terms: asked, topK: 1 });
      asked.clear();
      context.check.equal(idsIn(await ranking), ['n0'], 'after what was given was changed');
    },
  },
  {
    id: 'docs-terms-abort',
    rule: 'C-01',
    title: "rejects calls of terms with exactly the caller's reason, and does nothing",
    requires: ['terms'],
    async run(context) {
      const { index } = await filled(context);
      const options = { signal: AbortSignal.abort('enough') };
      const query = { terms: new Map([['new', 1]]), topK: 1 };
      const calls: [string, Promise<unknown>][] = [
        ['set', index.set([{ id: 'n0', terms: ['new'] }], options)],
        ['missing', collect(index.missing(options))],
        ['rank', index.rank(query, options)],
      ];
      for (const [name, call] of calls)
        context.check.equal(await context.check.rejects(call, name), 'enough', `the reason of ${name}`);
      context.check.equal(await index.rank(query), [], 'what was not set');
    },
  },
  {
    id: 'docs-terms-restart',
    rule: 'S-03',
    title: 'keeps terms over a restart, and shows one instance what another has set and removed',
    requires: ['terms', 'persistence'],
    async run(context) {
      const { open, store, index } = await filled(context);
      const query = { terms: new Map(Object.entries({ often: 1, third: 1 })), topK: 10 };
      const before = await index.rank(query);
      const other = await open.reopen!();
      const again = termsOf(other);
      context.check.equal(await again.rank(query), before, 'the same, opened again');
      await other.upsert([textNode('late')]);
      await again.set([{ id: 'late', terms: ['often', 'third'] }]);
      await other.setSource(record('late', ['late']));
      context.check.ok(
        idsIn(await index.rank(query)).includes('late'),
        'what the other has written is found',
      );
      await other.deleteSource('nodes');
      context.check.equal(idsIn(await index.rank(query)), ['late'], 'what the other has removed is not');
      context.check.equal((await store.get('late'))?.id, 'late', 'the node');
    },
  },
];
