import type { RetrieverSetup, RetrieverSubject } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import {
  createTextNode,
  type Node,
  type NodeWithScore,
  type QueryInput,
  type RetrievalObject,
  type RetrieveOptions,
  type Retriever,
} from '@mortise/core/retriever';
import type { QueryEngine } from '@mortise/core/query-engine';
import { matchesFilter } from '@mortise/core/store';
import { HandingRetriever, reference, ReferenceRetriever } from '../reference/retriever.ts';

export interface RetrieverMutant {
  readonly fault: string;
  readonly caughtBy: string;
  readonly subject: RetrieverSubject;
}

type Retrieve = (query: QueryInput, options: RetrieveOptions) => Promise<NodeWithScore[]>;
type Change = (retrieve: Retrieve, query: QueryInput, options: RetrieveOptions) => Promise<NodeWithScore[]>;

function around(inner: Retriever, change: Change): Retriever {
  const retrieve: Retrieve = (query, options) => inner.retrieve(query, options);
  return { retrieve: async (query, options = {}) => change(retrieve, query, options) };
}

/** Something is wrong in the call. */
function calling(fault: string, caughtBy: string, change: Change): RetrieverMutant {
  const create = (setup: RetrieverSetup): Retriever => around(new ReferenceRetriever(setup), change);
  return { fault, caughtBy, subject: { ...reference, create } };
}

/** Something is wrong with what comes out. */
function giving(
  fault: string,
  caughtBy: string,
  change: (results: NodeWithScore[]) => NodeWithScore[],
): RetrieverMutant {
  return calling(fault, caughtBy, async (retrieve, query, options) => change(await retrieve(query, options)));
}

/** Something is wrong with how a target is asked, or with which. */
function following(
  fault: string,
  caughtBy: string,
  change: (target: RetrievalObject | undefined, id: string) => RetrievalObject | undefined,
): RetrieverMutant {
  const create = ({ nodes, objects }: RetrieverSetup): Retriever => {
    const changed = { get: (id: string) => change(objects?.get(id), id) };
    return new ReferenceRetriever({ nodes, objects: objects && (changed as typeof objects) });
  };
  return { fault, caughtBy, subject: { ...reference, create } };
}

/** Something is wrong with how another retriever is asked. */
function nesting(fault: string, caughtBy: string, change: Change): RetrieverMutant {
  return {
    fault,
    caughtBy,
    subject: { ...reference, compose: (inner) => new HandingRetriever(around(inner, change)) },
  };
}

function creating(
  fault: string,
  caughtBy: string,
  create: (setup: RetrieverSetup) => Retriever,
): RetrieverMutant {
  return { fault, caughtBy, subject: { ...reference, create } };
}

const withOptions =
  (change: (options: RetrieveOptions) => RetrieveOptions): Change =>
  (retrieve, query, options) =>
    retrieve(query, change(options));

/** How a target is asked, where it is a retriever. */
const asking =
  (change: Change) =>
  (target: RetrievalObject | undefined): RetrievalObject | undefined =>
    target !== undefined && 'retrieve' in target ? around(target as Retriever, change) : target;

const silent =
  (code: string): Change =>
  async (retrieve, query, options) => {
    try {
      return await retrieve(query, options);
    } catch (error) {
      if (isMortiseError(error, code)) return [];
      throw error;
    }
  };

const isSeen = <T>(seen: Set<T>, value: T): boolean => seen.has(value) || (seen.add(value), false);

const results: readonly RetrieverMutant[] = [
  giving('gives the worst first', 'results.nodes', (found) => found.toReversed()),
  giving('gives a node that says so where there is nothing', 'results.none', (found) =>
    found.length > 0
      ? found
      : [{ node: createTextNode({ id: 'none', text: 'Nothing was found.' }), score: 0 }],
  ),
  calling('gives all there are', 'results.top-k', (retrieve, query, { topK, ...options }) =>
    retrieve(query, topK === 1 ? { ...options, topK } : options),
  ),
  calling(
    'takes a topK that is none for its default',
    'results.top-k.refused',
    (retrieve, query, { topK, ...options }) =>
      retrieve(query, Number.isInteger(topK) && Number(topK) > 0 ? { ...options, topK } : options),
  ),
  calling('looks for the name of nothing when nothing is asked', 'query.forms', (retrieve, query, options) =>
    retrieve(
      typeof query === 'object' && typeof query?.query === 'string'
        ? query
        : JSON.stringify(query ?? 'undefined'),
      options,
    ),
  ),
  creating('hands out its own nodes', 'results.copies', ({ nodes }) => {
    const held = nodes.map((node, at) => ({ node: structuredClone(node), score: -at }));
    return { retrieve: async () => held };
  }),
  creating('marks the nodes that it was given', 'inputs.kept', (setup) => {
    for (const node of setup.nodes) node.metadata['indexed'] = true;
    return new ReferenceRetriever(setup);
  }),
  creating('keeps equal nodes', 'dedupe.same', ({ nodes }) => ({
    retrieve: async () => nodes.map((node, at) => ({ node: structuredClone(node), score: -at })),
  })),
  giving('takes equal text for equal nodes', 'dedupe.sources', (found) => {
    const seen = new Set<string>();
    return found.filter(({ node }) => !isSeen(seen, node.text));
  }),
  calling(
    'filters what is left of topK',
    'filters.honoured',
    async (retrieve, query, { filters, ...options }) => {
      const found = await retrieve(query, options);
      return found.filter(({ node }) => filters === undefined || matchesFilter(node.metadata, filters));
    },
  ),
  calling(
    'ignores filters',
    'filters.refused',
    withOptions(({ filters: _filters, ...options }) => options),
  ),
  {
    fault: 'honours no filters, and takes them all the same',
    caughtBy: 'filters.refused',
    subject: {
      ...reference,
      declares: ['recursion'],
      create: (setup) =>
        around(
          new ReferenceRetriever(setup),
          withOptions(({ filters: _filters, ...options }) => options),
        ),
    },
  },
  calling(
    'looks up before it looks at the signal',
    'abort.before',
    async (retrieve, query, { signal, ...options }) => {
      const found = await retrieve(query, options);
      signal?.throwIfAborted();
      return found;
    },
  ),
  calling('has an error of its own for an abort', 'abort.before', (retrieve, query, options) =>
    options.signal?.aborted === true ? Promise.reject(new Error('aborted')) : retrieve(query, options),
  ),
  calling('leaves a listener on the signal', 'abort.listeners', (retrieve, query, options) => {
    options.signal?.addEventListener('abort', () => undefined);
    return retrieve(query, options);
  }),
  creating('leaves a listener for each target that it asks', 'abort.listeners', ({ nodes, objects }) => {
    const signals: (AbortSignal | undefined)[] = [];
    const asked = {
      get(id: string) {
        signals.at(-1)?.addEventListener('abort', () => undefined);
        return objects?.get(id);
      },
    };
    const inner = new ReferenceRetriever({ nodes, objects: objects && (asked as typeof objects) });
    return around(inner, (retrieve, query, options) => {
      signals.push(options.signal);
      return retrieve(query, options);
    });
  }),
  calling('forgets the span of a failure', 'spans.once', async (retrieve, query, { parent, ...options }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    void inSpan('retriever.retrieve', { parent }, () => promise);
    const found = await retrieve(query, options);
    resolve();
    return found;
  }),
];

const recursion: readonly RetrieverMutant[] = [
  creating('hides index nodes', 'index.plain', (setup) =>
    around(new ReferenceRetriever(setup), async (retrieve, query, options) =>
      (await retrieve(query, options)).filter(({ node }) => node.type !== 'index'),
    ),
  ),
  giving('makes 1 of a score of 0', 'index.node', (found) =>
    found.map((one) =>
      one.node.type === 'index' || one.node.id === 'beside' ? one : { ...one, score: one.score || 1 },
    ),
  ),
  following(
    'makes 1 of a score of 0 below',
    'index.score-zero',
    asking(async (retrieve, query, options) =>
      (await retrieve(query, options)).map((one) => ({ ...one, score: one.score || 1 })),
    ),
  ),
  giving('takes an answer for the index node itself', 'index.engine', (found) =>
    found.map(({ node, score }) => ({ node: { ...node, id: node.id.replace(/:answer$/, '') }, score })),
  ),
  following('shows that nothing was found as an answer', 'index.engine.none', (target) => {
    if (target === undefined || !('query' in target)) return target;
    const asked = target as QueryEngine;
    return {
      ...asked,
      query: async (query, options) => ({ ...(await asked.query(query, options)), outcome: 'answered' }),
    };
  }),
  following('takes the second index node for the end', 'index.levels', (target) =>
    target !== undefined && 'type' in target && target.type === 'index'
      ? createTextNode({ id: target.id, text: target.text })
      : target,
  ),
  creating(
    'asks one target after the other',
    'index.concurrent',
    ({ nodes, objects }) => new ReferenceRetriever({ nodes, objects }, { concurrency: 1 }),
  ),
  calling('finds nothing in a circle', 'index.circle', silent('configuration')),
  following(
    'forgets the way it came',
    'index.circle.retriever',
    asking(withOptions(({ trail: _trail, ...options }) => options)),
  ),
  creating(
    'follows however far it leads',
    'index.depth',
    ({ nodes, objects }) => new ReferenceRetriever({ nodes, objects }, { maxDepth: 10_000 }),
  ),
  calling('leaves out what leads nowhere', 'index.dangling', silent('configuration')),
  following(
    'takes what an object inherits for a target',
    'index.dangling',
    (target, id) => target ?? ({} as Record<string, Node | undefined>)[id],
  ),
  following(
    'takes a target that fails for one that found nothing',
    'index.failure',
    asking((retrieve, query, options) => retrieve(query, options).catch(() => [])),
  ),
  following(
    'lets the other targets go on',
    'index.failure',
    asking(withOptions(({ signal: _signal, ...options }) => options)),
  ),
  following(
    'keeps the first score of two',
    'dedupe.best',
    asking(async (retrieve, query, options) => {
      const seen = new Set<string>();
      return (await retrieve(query, options)).filter(({ node }) => !isSeen(seen, node.text));
    }),
  ),
  following(
    'keeps the place of the better one',
    'dedupe.best',
    asking(async (retrieve, query, options) => (await retrieve(query, options)).toReversed()),
  ),
  following(
    'keeps topK to itself',
    'handed.options',
    asking(withOptions(({ topK: _topK, ...options }) => options)),
  ),
  following(
    'keeps the trail to itself',
    'handed.options',
    asking(withOptions(({ trail: _trail, ...options }) => options)),
  ),
  following(
    'keeps filters to itself',
    'handed.filters',
    asking(withOptions(({ filters: _filters, ...options }) => options)),
  ),
  following(
    'keeps the signal to itself',
    'handed.signal',
    asking(withOptions(({ signal: _signal, ...options }) => options)),
  ),
  following(
    'keeps its span to itself',
    'handed.span',
    asking(withOptions(({ parent: _parent, ...options }) => options)),
  ),
];

const nested: readonly RetrieverMutant[] = [
  nesting(
    'asks for less than is wanted',
    'nested.options',
    withOptions((options) => ({ ...options, topK: 1 })),
  ),
  nesting(
    'keeps the trail to itself',
    'nested.options',
    withOptions(({ trail: _trail, ...options }) => options),
  ),
  nesting(
    'keeps filters to itself',
    'nested.filters',
    withOptions(({ filters: _filters, ...options }) => options),
  ),
  nesting(
    'keeps the signal to itself',
    'nested.signal',
    withOptions(({ signal: _signal, ...options }) => options),
  ),
  nesting('takes a failure for nothing found', 'nested.failure', (retrieve, query, options) =>
    retrieve(query, options).catch(() => []),
  ),
  nesting('makes 0 of no score', 'nested.malformed', async (retrieve, query, options) =>
    (await retrieve(query, options)).map((one) => ({
      ...one,
      score: Number.isFinite(one.score) ? one.score : 0,
    })),
  ),
  nesting('makes 1 of a score of 0', 'nested.scores', async (retrieve, query, options) =>
    (await retrieve(query, options)).map((one) => ({ ...one, score: one.score || 1 })),
  ),
];

/** Broken retrievers, each with the case that must catch it. */
export const retrieverMutants: readonly RetrieverMutant[] = [...results, ...recursion, ...nested];
