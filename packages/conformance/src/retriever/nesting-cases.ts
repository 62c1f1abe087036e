import { abortable, waitFor } from '../shared/helpers.ts';
import { composed, ids, pairs, QUERY, scored, spy, type RetrieverCase } from './lab.ts';

/** where a retriever asks others. */
export const nestingCases: readonly RetrieverCase[] = [
  {
    id: 'nested.options',
    rule: 'R-04',
    title: 'asks another retriever for at least topK, with the trail that it was given',
    requires: ['nesting'],
    async run(context) {
      const inner = spy([scored('a', 2), scored('b', 1)]);
      const retriever = await composed(context, inner);
      const trail = [{ retriever: inner, indexId: 'before' }];
      context.check.equal(
        ids(await retriever.retrieve(QUERY, { topK: 2, trail })),
        ['a', 'b'],
        'the results',
      );
      const { query, options } = inner.calls[0] ?? { query: '', options: {} };
      context.check.equal(typeof query === 'string' ? query : query.query, QUERY, 'what was asked');
      context.check.ok((options.topK ?? 0) >= 2, `the topK that was asked for is ${options.topK}`);
      context.check.ok(
        options.trail?.some(({ indexId }) => indexId === 'before'),
        'the trail was not handed on',
      );
    },
  },
  {
    id: 'nested.filters',
    rule: 'R-04',
    title: 'hands filters to another retriever',
    requires: ['nesting', 'filters'],
    async run(context) {
      const inner = spy([scored('a', 1)]);
      const filters = { key: 'shelf', op: '==', value: 'a' } as const;
      await (await composed(context, inner)).retrieve(QUERY, { filters });
      context.check.equal(inner.calls[0]?.options.filters, filters, 'the filters');
    },
  },
  {
    id: 'nested.signal',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while another retriever thinks, and tells it",
    requires: ['nesting'],
    async run(context) {
      const inner = spy(() => new Promise(() => undefined));
      const { controller, reason } = abortable();
      const asked = (await composed(context, inner)).retrieve(QUERY, { signal: controller.signal });
      asked.catch(() => undefined);
      context.check.ok(await waitFor(() => inner.calls.length === 1), 'the retriever was not asked');
      controller.abort(reason);
      const thrown = await context.check.within(
        2_000,
        context.check.rejects(asked, 'the retrieval'),
        'the abort',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      context.check.equal(inner.calls[0]?.options.signal?.aborted, true, 'its signal is aborted');
    },
  },
  {
    id: 'nested.failure',
    rule: 'R-04',
    title: 'fails with the failure of another retriever: an empty list would say that nothing is there',
    requires: ['nesting'],
    async run(context) {
      const inner = spy(() => Promise.reject(new Error('the retriever is down')));
      const asked = (await composed(context, inner)).retrieve(QUERY);
      const error = await context.check.error(asked, 'internal', 'the retrieval');
      context.check.ok(error.message.includes('the retriever is down'), `it failed with: ${error.message}`);
    },
  },
  {
    id: 'nested.malformed',
    rule: 'R-02',
    title: 'refuses a score of another retriever that is not a finite number',
    requires: ['nesting'],
    async run(context) {
      for (const score of [NaN, Infinity, undefined as unknown as number]) {
        const asked = (
          await composed(
            context,
            spy(() => [{ ...scored('a', 1), score }]),
          )
        ).retrieve(QUERY);
        await context.check.error(asked, 'malformed-response', `a score of ${score}`);
      }
    },
  },
  {
    id: 'nested.scores',
    rule: 'R-02',
    title: 'hands the scores of another retriever on as they are, 0 and below included',
    requires: ['nesting', 'scores'],
    async run(context) {
      const inner = spy([scored('best', 3), scored('nothing', 0), scored('worse', -2)]);
      const expected = [
        ['best', 3],
        ['nothing', 0],
        ['worse', -2],
      ];
      const results = await (await composed(context, inner)).retrieve(QUERY);
      context.check.equal(pairs(results), expected, 'ids and scores');
    },
  },
];
