import { getEventListeners } from 'node:events';
import { subscribe } from '@mortise/core/events';
import type { NodeWithScore, QueryInput, RetrieveOptions } from '@mortise/core/retriever';
import { isPlain, waitFor } from '../shared/helpers.ts';
import { found, ids, page, pointer, QUERY, scored, spy, type RetrieverCase } from './lab.ts';

const PAGES = ['one', 'two', 'three', 'four'].map((id) => page(id));

/** What every retriever owes: its results, its inputs, its signal. */
export const resultCases: readonly RetrieverCase[] = [
  {
    id: 'results.nodes',
    rule: 'R-02',
    title: 'gives nodes that were put in with finite scores, best first, as plain data',
    requires: [],
    async run(context) {
      const results = await found(context, PAGES);
      context.check.equal(ids(results).toSorted(), PAGES.map(({ id }) => id).toSorted(), 'the ids');
      for (const { node, score } of results) {
        context.check.equal(
          node,
          PAGES.find(({ id }) => id === node.id),
          `the node '${node.id}'`,
        );
        context.check.ok(Number.isFinite(score), `the score of '${node.id}' is ${score}`);
      }
      const scores = results.map(({ score }) => score);
      context.check.equal(
        scores,
        scores.toSorted((a, b) => b - a),
        'the scores, best first',
      );
      context.check.ok(isPlain(results), 'the results are not plain data');
    },
  },
  {
    id: 'results.none',
    rule: 'R-02',
    title: 'gives an empty list where there is nothing to find',
    requires: [],
    async run(context) {
      context.check.equal(await found(context, []), [], 'the results');
    },
  },
  {
    id: 'results.top-k',
    rule: 'R-04',
    title: 'gives no more than topK',
    requires: [],
    async run(context) {
      for (const topK of [1, 3]) {
        const results = await found(context, PAGES, undefined, { topK });
        context.check.equal(results.length, topK, `how many for a topK of ${topK}`);
      }
      context.check.equal((await found(context, PAGES, undefined, { topK: 100 })).length, 4, 'all there are');
    },
  },
  {
    id: 'results.top-k.refused',
    rule: 'C-08',
    title: 'refuses a topK that is none',
    requires: [],
    async run(context) {
      for (const topK of [0, -1, 1.5, NaN])
        await context.check.error(
          found(context, PAGES, undefined, { topK }),
          'invalid-request',
          `topK ${topK}`,
        );
    },
  },
  {
    id: 'query.forms',
    rule: 'C-08',
    title: 'takes a string or a query alike, and refuses what is neither',
    requires: [],
    async run({ check, subject }) {
      const retriever = await subject.create({ nodes: PAGES });
      const plain = await retriever.retrieve(QUERY);
      check.equal(await retriever.retrieve({ query: QUERY }), plain, 'the results for { query }');
      for (const wrong of [undefined, null, 7, {}])
        await check.error(
          (async () => retriever.retrieve(wrong as QueryInput))(),
          'invalid-request',
          `the query ${JSON.stringify(wrong)}`,
        );
    },
  },
  {
    id: 'results.copies',
    rule: 'C-05',
    title: 'is not changed by what is done to its results',
    requires: [],
    async run({ check, subject }) {
      const retriever = await subject.create({ nodes: PAGES });
      const first = await retriever.retrieve(QUERY);
      const kept = structuredClone(first);
      for (const result of first) {
        result.score = -1;
        result.node.text = 'changed';
        result.node.metadata['changed'] = true;
        if (result.node.relationships?.source !== undefined) result.node.relationships.source.id = 'changed';
      }
      check.equal(await retriever.retrieve(QUERY), kept, 'the results of the second retrieval');
    },
  },
  {
    id: 'inputs.kept',
    rule: 'C-05',
    title: 'leaves its nodes, its query and its options as they are',
    requires: [],
    async run({ check, subject }) {
      const nodes = structuredClone(PAGES);
      const query = { query: QUERY };
      const options: RetrieveOptions = { topK: 2 };
      const retriever = await subject.create({ nodes });
      check.equal((await retriever.retrieve(query, options)).length, 2, 'how many were found');
      check.equal([nodes, query, options], [PAGES, { query: QUERY }, { topK: 2 }], 'what was given');
    },
  },
  {
    id: 'dedupe.same',
    rule: 'R-03',
    title: 'gives equal content of one source document once',
    requires: [],
    async run(context) {
      const twin = { text: 'tenon twin', relationships: { source: { id: 'file' } } };
      const results = await found(context, [page('left', twin), page('right', twin), page('other')]);
      context.check.equal(results.length, 2, `the results (${ids(results).join(', ')}), how many`);
    },
  },
  {
    id: 'dedupe.sources',
    rule: 'R-03',
    title: 'keeps equal content of two source documents, or of one and none, apart',
    requires: [],
    async run(context) {
      const of = (id: string, source: string) =>
        page(id, { text: 'tenon twin', relationships: { source: { id: source } } });
      const bare = page('bare', { text: 'tenon twin', relationships: {} });
      const results = await found(context, [of('left', 'a'), of('right', 'b'), bare]);
      context.check.equal(ids(results).toSorted(), ['bare', 'left', 'right'], 'the ids');
    },
  },
  {
    id: 'filters.honoured',
    rule: 'R-04',
    title: 'finds only what the filters match, and counts topK among that',
    requires: ['filters'],
    async run(context) {
      const nodes = PAGES.map((node, at) => ({ ...node, metadata: { shelf: at === 2 ? 'b' : 'a' } }));
      const on = (shelf: string) => ({ key: 'shelf', op: '==', value: shelf }) as const;
      for (const topK of [1, 10]) {
        const results = await found(context, nodes, undefined, { topK, filters: on('b') });
        context.check.equal(ids(results), ['three'], `the results for a topK of ${topK}`);
      }
      const others = await found(context, nodes, undefined, { filters: { not: on('b') } });
      context.check.equal(ids(others).toSorted(), ['four', 'one', 'two'], 'the results of the negation');
    },
  },
  {
    id: 'filters.refused',
    rule: 'C-08',
    title: 'refuses filters that it cannot honour: ignored, they show what they should hide',
    requires: [],
    async run(context) {
      const filters = { key: 'shelf', op: '==', value: 'none' } as const;
      const asked = found(context, PAGES, undefined, { filters });
      if (context.subject.declares.includes('filters')) context.check.equal(await asked, [], 'the results');
      else await context.check.error(asked, 'unsupported', 'the filters');
    },
  },
  {
    id: 'abort.before',
    rule: 'C-02',
    title: 'looks nothing up under a signal that is aborted already',
    requires: [],
    async run(context) {
      const reason = { why: 'too late' };
      const target = spy();
      const asked = found(context, [pointer('target')], { target }, { signal: AbortSignal.abort(reason) });
      const thrown = await context.check.rejects(asked, 'the retrieval');
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      context.check.equal(target.calls.length, 0, 'how often a target was asked');
    },
  },
  {
    id: 'abort.listeners',
    rule: 'C-03',
    title: 'leaves no listener on a signal, after successes and failures',
    requires: [],
    async run({ check, subject }) {
      const { signal } = new AbortController();
      // Of targets one answers and one fails.
      const targets = subject.declares.includes('recursion')
        ? [spy([scored('deep', 1)]), spy(() => Promise.reject(new Error('broken')))]
        : [];
      const retrievers = [await subject.create({ nodes: PAGES })];
      for (const target of targets) {
        const objects = new Map([['target', target]]);
        retrievers.push(await subject.create({ nodes: [pointer('target')], objects }));
      }
      for (let round = 0; round < 6; round++)
        await Promise.allSettled(
          retrievers.flatMap((retriever) =>
            [0, 2].map((topK) => retriever.retrieve(QUERY, { signal, topK })),
          ),
        );
      for (const { calls } of targets) check.ok(calls.length > 0, 'a target was not asked');
      const left = () => getEventListeners(signal, 'abort').length;
      check.ok(await waitFor(() => left() === 0, 1_000), `${left()} listeners are left on the signal`);
    },
  },
  {
    id: 'spans.once',
    rule: 'V-01',
    title: 'ends every span exactly once, under success, failure and abort',
    requires: ['spans'],
    async run(context) {
      const parent = `conformance-${Math.random()}`;
      const spans = new Map<string, string[]>();
      const stop = subscribe(({ name, phase, spanId, parentId }) => {
        if (phase === 'start' && name === 'retriever.retrieve' && parentId === parent) spans.set(spanId, []);
        else if (phase === 'end' || phase === 'error') spans.get(spanId)?.push(phase);
      });
      context.after(stop);
      const signal = AbortSignal.abort(new Error('left'));
      const all: Promise<NodeWithScore[]>[] = [{}, { topK: 0 }, { signal }].map((options) =>
        found(context, PAGES, undefined, { ...options, parent }),
      );
      await Promise.allSettled(all);
      const ends = [...spans.values()].map((phases) => phases.join());
      context.check.equal(ends.toSorted(), ['end', 'error', 'error'], 'how the spans ended');
    },
  },
];
