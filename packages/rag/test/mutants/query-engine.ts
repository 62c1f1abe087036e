import type { QueryEngineParts, QueryEngineSubject } from '@mortise/conformance';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { QueryInput, RetrieveOptions } from '@mortise/core/retriever';
import { createQueryEngine } from '@mortise/rag';
import { answerFaults, type AnswerFault } from './answering.ts';

export interface QueryEngineMutant {
  readonly fault: string;
  readonly caughtBy: string;
  readonly create: QueryEngineSubject['create'];
}

function mutated({ fault, caughtBy, mutate }: AnswerFault): QueryEngineMutant {
  return {
    fault,
    caughtBy,
    create(parts) {
      const inner = createQueryEngine(parts);
      const ask = (input: QueryInput, options: QueryOptions) =>
        mutate(
          {
            whole: (own) => inner.query(input, { ...options, ...own }),
            stream: (own) => inner.streamQuery(input, { ...options, ...own }),
          },
          parts.llm,
        );
      const unsigned = ({ signal: _signal, ...options }: QueryOptions): QueryOptions => options;
      return {
        query: (input, options = {}) => ask(input, unsigned(options)).whole(options),
        streamQuery: (input, options = {}) => ask(input, unsigned(options)).stream(options),
      };
    },
  };
}

/** The retriever is asked in another way. */
const asking = (
  fault: string,
  caughtBy: string,
  ask: (
    retrieve: QueryEngineParts['retriever']['retrieve'],
    query: QueryInput,
    options: RetrieveOptions,
  ) => ReturnType<QueryEngineParts['retriever']['retrieve']>,
): QueryEngineMutant => ({
  fault,
  caughtBy,
  create: ({ llm, retriever }) =>
    createQueryEngine({
      llm,
      retriever: {
        retrieve: (query, options = {}) => ask((q, o) => retriever.retrieve(q, o), query, options),
      },
    }),
});

const around = (
  fault: string,
  caughtBy: string,
  change: (engine: QueryEngine, parts: QueryEngineParts) => QueryEngine,
): QueryEngineMutant => ({ fault, caughtBy, create: (parts) => change(createQueryEngine(parts), parts) });

/** What a template string makes of a query. */
const inText = (input: QueryInput): string => (typeof input === 'string' ? input : '[object Object]');

/** Broken query engines, each with the case that must catch it. */
export const queryEngineMutants: readonly QueryEngineMutant[] = [
  ...answerFaults.map(mutated),
  asking('forgets the filters', 'retrieve.options', (retrieve, query, { filters: _filters, ...options }) =>
    retrieve(query, options),
  ),
  asking('loses the trail', 'retrieve.options', (retrieve, query, { trail: _trail, ...options }) =>
    retrieve(query, options),
  ),
  around("writes into its caller's query", 'retrieve.query', (engine) => ({
    query: (input, options) => {
      if (typeof input === 'object') input.query = `In short: ${input.query}`;
      return engine.query(input, options);
    },
    streamQuery: (input, options) => engine.streamQuery(input, options),
  })),
  around('takes a query object for its name', 'retrieve.query', (engine) => ({
    query: (input, options) => engine.query(inText(input), options),
    streamQuery: (input, options) => engine.streamQuery(inText(input), options),
  })),
  asking(
    'keeps the signal from the retriever',
    'retrieve.abort',
    (retrieve, query, { signal: _signal, ...options }) => retrieve(query, options),
  ),
  asking('takes a failed retrieval for an empty one', 'retrieve.failure', (retrieve, query, options) =>
    retrieve(query, options).catch(() => []),
  ),
  around('looks things up before it is asked', 'retrieve.lazy', (engine, { retriever }) => ({
    query: (input, options) => engine.query(input, options),
    streamQuery: (input, options) => {
      void retriever.retrieve(input, options);
      return engine.streamQuery(input, options);
    },
  })),
  asking('loses the span on the way', 'spans.parent', (retrieve, query, { parent: _parent, ...options }) =>
    retrieve(query, options),
  ),
];
