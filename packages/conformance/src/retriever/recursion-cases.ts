import { subscribe } from '@mortise/core/events';
import type { RetrievalObject, RetrieveOptions } from '@mortise/core/retriever';
import { abortable, pause, waitFor } from '../shared/helpers.ts';
import {
  asTarget,
  engine,
  found,
  ids,
  page,
  pairs,
  pointer,
  QUERY,
  scored,
  spy,
  type RetrieverCase,
} from './lab.ts';

/** Milliseconds: what waits for something that will not come fails at once. */
const BOUNDED = { deadlineMs: 20_000 };

/** where index nodes are followed. */
export const recursionCases: readonly RetrieverCase[] = [
  {
    id: 'index.plain',
    rule: 'R-01',
    title: 'without objects gives index nodes as results like any other',
    requires: [],
    async run(context) {
      const results = await found(context, [pointer('somewhere')]);
      context.check.equal(
        results.map(({ node }) => node),
        [pointer('somewhere')],
        'the nodes',
      );
    },
  },
  {
    id: 'index.node',
    rule: 'R-01',
    title: 'puts a node in the place of the index node that stands for it, with its score',
    requires: ['recursion'],
    async run(context) {
      const nodes = [pointer('target'), page('beside')];
      const before = await found(context, nodes);
      const after = await found(context, nodes, { target: page('target') });
      const expected = pairs(before).map(([id, score]) => [id === 'to target' ? 'target' : id, score]);
      context.check.equal(pairs(after), expected, 'ids and scores');
    },
  },
  {
    id: 'index.score-zero',
    rule: 'R-02',
    title: 'hands the scores of a target on as they are, 0 and below included',
    requires: ['recursion'],
    async run(context) {
      const target = spy([scored('best', 3), scored('nothing', 0), scored('worse', -2)]);
      const expected = [
        ['best', 3],
        ['nothing', 0],
        ['worse', -2],
      ];
      context.check.equal(pairs(await asTarget(context, target)), expected, 'ids and scores');
      context.check.equal(target.calls.length, 1, 'how often the target was asked');
      const asked = target.calls[0]?.query;
      context.check.equal(typeof asked === 'string' ? asked : asked?.query, QUERY, 'what it was asked');
    },
  },
  {
    id: 'index.engine',
    rule: 'R-01',
    title: "makes a text node of a query engine's answer: id, metadata, sources and score",
    requires: ['recursion'],
    async run(context) {
      const nodes = [pointer('target')];
      const [before] = await found(context, nodes);
      const sources = [scored('s1', 1), scored('s2', 0)];
      const [after, ...more] = await found(context, nodes, {
        target: engine({ text: 'an answer', metadata: { tone: 'dry' }, sources }),
      });
      const metadata = { shelf: 'a', tone: 'dry', sourceNodeIds: ['s1', 's2'] };
      const node = { type: 'text', id: 'to target:answer', text: 'an answer', metadata };
      context.check.equal(after?.node, node, 'the node');
      context.check.equal(
        [after?.score, more.length],
        [before?.score, 0],
        'its score, and what comes besides',
      );
    },
  },
  {
    id: 'index.engine.none',
    rule: 'R-01',
    title: 'adds nothing for an engine that found nothing to answer from',
    requires: ['recursion'],
    async run(context) {
      const nothing = engine({ outcome: 'no-nodes', text: 'Nothing was found.' });
      context.check.equal(await asTarget(context, nothing), [], 'the results');
    },
  },
  {
    id: 'index.levels',
    rule: 'R-01',
    title: 'goes on from index node to index node, into a retriever that does the same',
    requires: ['recursion'],
    async run(context) {
      const end = page('end');
      const inner = await context.subject.create({
        nodes: [pointer('end')],
        objects: new Map([['end', end]]),
      });
      const results = await found(context, [pointer('first')], { first: pointer('second'), second: inner });
      context.check.equal(
        results.map(({ node }) => node),
        [end],
        'the nodes',
      );
    },
  },
  {
    id: 'index.concurrent',
    rule: 'R-01',
    title: 'asks the targets at the same time',
    requires: ['recursion'],
    async run(context) {
      let arrived = 0;
      const meeting = (id: string) =>
        spy(async () => {
          arrived += 1;
          await waitFor(() => arrived === 2);
          return [scored(id, arrived)];
        });
      const objects = { left: meeting('l'), right: meeting('r') };
      const results = await found(context, [pointer('left'), pointer('right')], objects, BOUNDED);
      context.check.equal(
        results.map(({ score }) => score),
        [2, 2],
        'how many had come when each went on',
      );
    },
  },
  {
    id: 'index.circle',
    rule: 'R-01',
    title: 'refuses nodes that lead in a circle, and says so',
    requires: ['recursion'],
    async run(context) {
      const objects = { a: pointer('b'), b: pointer('a') };
      const asked = found(context, [pointer('a')], objects, BOUNDED);
      const error = await context.check.error(asked, 'configuration', 'the circle');
      context.check.ok(error.message.includes("'a'"), `the message names no node: ${error.message}`);
    },
  },
  {
    id: 'index.circle.retriever',
    rule: 'R-01',
    title: 'refuses a circle through a retriever, itself included',
    requires: ['recursion'],
    async run({ check, subject }) {
      const objects = new Map<string, RetrievalObject>();
      const retriever = await subject.create({ nodes: [pointer('self')], objects });
      let asked = 0;
      objects.set('self', {
        retrieve(query, options) {
          if ((asked += 1) > 50) throw new Error('It went round fifty times.');
          return retriever.retrieve(query, options);
        },
      });
      await check.error(retriever.retrieve(QUERY, BOUNDED), 'configuration', 'the circle');
    },
  },
  {
    id: 'index.depth',
    rule: 'R-01',
    title: 'follows index nodes to a bounded depth',
    requires: ['recursion'],
    async run(context) {
      const objects: Record<string, RetrievalObject> = { n1000: page('end') };
      for (let at = 0; at < 1000; at++) objects[`n${at}`] = pointer(`n${at + 1}`);
      await context.check.error(
        found(context, [pointer('n0')], objects, BOUNDED),
        'configuration',
        'a thousand hops',
      );
    },
  },
  {
    id: 'index.dangling',
    rule: 'R-01',
    title: 'refuses an id that leads nowhere, and names it',
    requires: ['recursion'],
    async run(context) {
      for (const id of ['gone', 'constructor']) {
        const asked = found(context, [pointer(id), page('beside')], { other: page('other') });
        const error = await context.check.error(asked, 'configuration', `the id '${id}'`);
        context.check.ok(error.message.includes(`'${id}'`), `the message does not name it: ${error.message}`);
      }
    },
  },
  {
    id: 'index.failure',
    rule: 'R-01',
    title: 'fails with the failure of a target, and gives up the others',
    requires: ['recursion'],
    async run(context) {
      let stopped = false;
      const stalled = spy(
        ({ signal }) =>
          new Promise(() => {
            signal?.addEventListener('abort', () => (stopped = true), { once: true });
          }),
      );
      const failing = spy(async () => {
        await waitFor(() => stalled.calls.length > 0);
        throw new Error('the target is down');
      });
      const asked = found(context, [pointer('stalled'), pointer('failing')], { stalled, failing }, BOUNDED);
      const error = await context.check.error(
        context.check.within(3_000, asked, 'the retrieval'),
        'internal',
        'it',
      );
      context.check.ok(error.message.includes('the target is down'), `it failed with: ${error.message}`);
      context.check.ok(await waitFor(() => stopped), 'the other target was not told');
    },
  },
  {
    id: 'dedupe.best',
    rule: 'R-03',
    title: 'gives what two targets found once, in the first place and with the best score',
    requires: ['recursion'],
    async run(context) {
      const twin = { text: 'tenon twin', relationships: { source: { id: 'file' } } };
      const target = spy([scored('left', 0.2, twin), scored('beside', 0.5), scored('right', 0.9, twin)]);
      const expected = [
        ['left', 0.9],
        ['beside', 0.5],
      ];
      context.check.equal(pairs(await asTarget(context, target)), expected, 'ids and scores');
    },
  },
  {
    id: 'handed.options',
    rule: 'R-04',
    title: 'hands topK and the hops that led there to a target',
    requires: ['recursion'],
    async run(context) {
      const target = spy();
      const { signal } = new AbortController();
      await asTarget(context, target, { topK: 3, signal });
      const options: RetrieveOptions = target.calls[0]?.options ?? {};
      context.check.equal(options.topK, 3, 'topK');
      context.check.equal(
        options.trail?.map(({ indexId }) => indexId),
        ['target'],
        'the trail',
      );
    },
  },
  {
    id: 'handed.filters',
    rule: 'R-04',
    title: 'hands filters to a target, and does not show a node that they hide',
    requires: ['recursion', 'filters'],
    async run(context) {
      const filters = { key: 'shelf', op: '==', value: 'a' } as const;
      const target = spy();
      await asTarget(context, target, { filters });
      context.check.equal(target.calls[0]?.options.filters, filters, 'the filters');
      const hidden = page('hidden', { metadata: { shelf: 'b' } });
      context.check.equal(await asTarget(context, hidden, { filters }), [], 'the results');
      context.check.equal(ids(await asTarget(context, hidden)), ['hidden'], 'the results without filters');
    },
  },
  {
    id: 'handed.signal',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while a target thinks, and tells it",
    requires: ['recursion'],
    async run(context) {
      const target = spy(() => new Promise(() => undefined));
      const { controller, reason } = abortable();
      const asked = asTarget(context, target, { signal: controller.signal });
      asked.catch(() => undefined);
      context.check.ok(await waitFor(() => target.calls.length === 1), 'the target was not asked');
      controller.abort(reason);
      const thrown = await context.check.within(
        2_000,
        context.check.rejects(asked, 'the retrieval'),
        'the abort',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      context.check.equal(target.calls[0]?.options.signal?.aborted, true, "the target's signal is aborted");
    },
  },
  {
    id: 'handed.span',
    rule: 'R-04',
    title: 'hands its span to a target, so that what happens there has a parent',
    requires: ['recursion', 'spans'],
    async run(context) {
      const parent = `conformance-${Math.random()}`;
      const parents = new Map<string, string | undefined>();
      const stop = subscribe(({ phase, spanId, parentId }) => {
        if (phase === 'start') parents.set(spanId, parentId);
      });
      context.after(stop);
      const target = spy();
      await asTarget(context, target, { parent });
      await pause(0);
      let span = target.calls[0]?.options.parent;
      context.check.ok(span !== undefined && span !== parent, 'the target got no span of the retrieval');
      for (let hops = 0; span !== undefined && span !== parent && hops < 10; hops++) span = parents.get(span);
      context.check.equal(span, parent, "what the target's spans lead up to");
    },
  },
];
