import { MortiseError } from '@mortise/core';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import {
  copyNode,
  toQuery,
  type NodeWithScore,
  type QueryInput,
  type RetrieveOptions,
  type Retriever,
} from '@mortise/core/retriever';
import { LabModel, NODES, QUESTION, stalled, type AnswerProbe } from '../answer/lab.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { watchSpans } from '../answer/leave-cases.ts';
import { abortable, pause, waitFor } from '../shared/helpers.ts';
import type { QueryEngineSubject } from './subject.ts';

type Case = ConformanceCase<QueryEngineSubject>;

export const queryEngineProbe: AnswerProbe<QueryEngineSubject> = {
  sources: ['sources'],
  open({ subject }, llm, nodes = NODES) {
    const engine = subject.create({ llm, retriever: new LabRetriever(nodes) });
    return {
      whole: (options) => engine.query(QUESTION, options),
      stream: (options) => engine.streamQuery(QUESTION, options),
    };
  },
};

/** What is asked of the retriever. */
export const retrievalCases: readonly Case[] = [
  onBothMethods(
    'retrieve.options',
    'R-04',
    'hands the topK, the filters and the trail of a query down to the retriever',
    async (context, ask) => {
      const retriever = new LabRetriever();
      const engine = context.subject.create({ llm: new LabModel(), retriever });
      const filters = { key: 'path', op: '==', value: 'oak.md' } as const;
      const trail = [{ retriever: new LabRetriever(), indexId: 'before' }];
      await ask(engine, { topK: 7, filters, trail });
      context.check.ok(retriever.calls.length > 0, 'nothing was retrieved');
      for (const { options } of retriever.calls) {
        context.check.equal([options.topK, options.filters], [7, filters], 'topK and filters');
        context.check.ok(options.trail?.[0] === trail[0], 'the trail was lost');
      }
    },
  ),
  onBothMethods(
    'retrieve.query',
    'C-05',
    'leaves the query as it is, and takes a query object like a string',
    async (context, ask) => {
      const lookedFor = async (input: QueryInput): Promise<string[]> => {
        const retriever = new LabRetriever();
        const engine = context.subject.create({ llm: new LabModel(), retriever });
        const { outcome } = await ask(engine, {}, input);
        context.check.equal(outcome, 'answered', 'the outcome');
        return retriever.calls.map((call) => call.query).toSorted();
      };
      const query = { query: QUESTION };
      const queries = await lookedFor(query);
      context.check.equal(query, { query: QUESTION }, 'the query');
      context.check.ok(
        queries.length > 0 && queries.every((each) => each.trim() !== ''),
        'the retriever was asked for nothing',
      );
      // An engine may look for other words than the question's, and does so for both alike.
      context.check.equal(queries, await lookedFor(QUESTION), 'what was looked for');
    },
  ),
  onBothMethods(
    'retrieve.abort',
    'C-01',
    "rejects with exactly the signal's reason while the retriever searches, and aborts it",
    async (context, ask) => {
      const retriever = new LabRetriever(NODES, (options) => stalled(options.signal));
      const llm = new LabModel();
      const engine = context.subject.create({ llm, retriever });
      const { controller, reason } = abortable();
      const asked = ask(engine, { signal: controller.signal });
      asked.catch(() => undefined);
      context.check.ok(await waitFor(() => retriever.calls.length > 0), 'nothing was retrieved');
      controller.abort(reason);
      const thrown = await context.check.within(2_000, context.check.rejects(asked, 'query'), 'query');
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      const abandoned = await waitFor(
        () => retriever.calls.every(({ options }) => options.signal?.aborted),
        1_000,
      );
      context.check.ok(abandoned, 'the retriever was not left');
      context.check.equal(llm.requests.length, 0, 'the calls to the model');
    },
  ),
  onBothMethods(
    'retrieve.failure',
    'Z-05',
    "rejects with the retriever's failure; it is not an answer that nothing was found",
    async (context, ask) => {
      const retriever = new LabRetriever(NODES, () => Promise.reject(new MortiseError('quota', 'No more.')));
      const engine = context.subject.create({ llm: new LabModel(), retriever });
      await context.check.error(ask(engine, {}), 'quota', 'query');
    },
  ),
  {
    id: 'retrieve.lazy',
    rule: 'L-05',
    title: 'looks nothing up before the stream is read',
    requires: ['retriever'],
    async run(context) {
      const retriever = new LabRetriever();
      const stream = context.subject.create({ llm: new LabModel(), retriever }).streamQuery(QUESTION);
      await pause(20);
      context.check.equal(retriever.calls.length, 0, 'retrievals before the first read');
      await stream.cancel();
    },
  },
  onBothMethods(
    'spans.parent',
    'V-02',
    'links the retrieval to a span of its own, which is linked to the parent that was given',
    async (context, ask) => {
      const parent = `conformance-${Math.random()}`;
      const spans = watchSpans(context, parent);
      const retriever = new LabRetriever();
      const engine = context.subject.create({ llm: new LabModel(), retriever });
      await ask(engine, { parent });
      context.check.ok(retriever.calls.length > 0, 'nothing was retrieved');
      for (const { options } of retriever.calls) {
        const isOwn = spans.nameOf(options.parent ?? '') !== undefined;
        context.check.ok(isOwn, 'the retriever was given no span of this query');
      }
    },
  ),
];

type Ask = (
  engine: QueryEngine,
  options: QueryOptions,
  query?: QueryInput,
) => Promise<{ readonly outcome: string }>;

const ASKS: readonly Ask[] = [
  (engine, options, query = QUESTION) => engine.query(query, options),
  (engine, options, query = QUESTION) => engine.streamQuery(query, options).final(),
];

function onBothMethods(
  id: string,
  rule: string,
  title: string,
  run: (context: CaseContext<QueryEngineSubject>, ask: Ask) => Promise<void>,
): Case {
  return {
    id,
    rule,
    title,
    requires: ['retriever'],
    async run(context) {
      for (const ask of ASKS) await run(context, ask);
    },
  };
}

/** Finds the same for everybody, and remembers what it was asked. */
class LabRetriever implements Retriever {
  readonly calls: { readonly query: string; readonly options: RetrieveOptions }[] = [];
  readonly #nodes: readonly NodeWithScore[];
  readonly #instead: ((options: RetrieveOptions) => Promise<never>) | undefined;

  constructor(
    nodes: readonly NodeWithScore[] = NODES,
    instead?: (options: RetrieveOptions) => Promise<never>,
  ) {
    this.#nodes = nodes;
    this.#instead = instead;
  }

  async retrieve(query: QueryInput, options: RetrieveOptions = {}): Promise<NodeWithScore[]> {
    options.signal?.throwIfAborted();
    this.calls.push({ query: toQuery(query).query, options });
    if (this.#instead !== undefined) return this.#instead(options);
    return this.#nodes.map((each) => ({ ...each, node: copyNode(each.node) }));
  }
}
