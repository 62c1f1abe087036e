import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { mapPool, raceAbort, throughDoor, throwIfAborted } from '@mortise/core/call';
import { sourceId, type Node, type NodeWithScore, type Query, type Retriever } from '@mortise/core/retriever';
import { wholeNumber } from '@mortise/core/shared';
import { measureRanking, parseMetric, type Gain, type Judgements, type RetrievalMetric } from './metrics.ts';

/** A question with a name. */
export interface EvaluationQuery extends Query {
  id: string;
}

/** Questions, and which documents answer them. */
export interface EvaluationCollection {
  readonly queries: readonly EvaluationQuery[];
  /** Grades of documents, by the id of the query. */
  readonly judgements: ReadonlyMap<string, Judgements>;
}

/** What is measured, how, and how the run is watched. */
export interface EvaluateOptions {
  /** Names it in reports. Default: `retriever`. */
  name?: string | undefined;
  /** Default: {@link DEFAULT_METRICS}. */
  metrics?: readonly RetrievalMetric[] | undefined;
  /** Of `ndcg`. Default: `linear`. */
  gain?: Gain | undefined;
  /**
   * Which document a node counts for. Default: its source document, or the node itself where that is not known. Of
   * several nodes of one document the first counts.
   */
  documentId?: ((node: Node) => string) | undefined;
  /** Nodes asked for. Default: the largest k of the metrics. Ask for more where a document has several nodes. */
  topK?: number | undefined;
  /** Queries at once. Default: 4. */
  concurrency?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after every query. */
  onProgress?: ((progress: { done: number; total: number; query: string }) => void) | undefined;
}

/** Measured where nothing else is asked for. */
export const DEFAULT_METRICS: readonly RetrievalMetric[] = [
  'ndcg@10',
  'recall@100',
  'precision@10',
  'mrr@10',
  'map@100',
  'hit-rate@10',
];

/** What came of a retriever on a collection. Plain data. */
export interface RetrievalReport {
  name: string;
  /** Means over the queries that were measured, by metric. */
  metrics: { [metric: string]: number };
  gain: Gain;
  /** Each query that was measured, in the order of the collection. */
  queries: MeasuredQuery[];
  /** Ids of queries that no document is relevant to: they were not asked, and are in no mean. */
  unjudged: string[];
  /** How many of the measured ones found nothing at all. They count 0. */
  empty: number;
  /** Milliseconds from the first query to the last. */
  durationMs: number;
}

/** One query and how well it was answered. */
export interface MeasuredQuery {
  id: string;
  metrics: { [metric: string]: number };
  /** Documents in the order in which they were found. */
  found: string[];
}

/**
 * Asks a retriever every query that has a relevant document, and measures its rankings. The first failure ends the run,
 * and names the query. A collection without a query that can be measured is `invalid-request`.
 */
export function evaluateRetriever(
  retriever: Retriever,
  collection: EvaluationCollection,
  options: EvaluateOptions = {},
): Promise<RetrievalReport> {
  return throughDoor(options, {}, (asked) => evaluated(retriever, collection, asked));
}

async function evaluated(
  retriever: Retriever,
  collection: EvaluationCollection,
  options: EvaluateOptions,
): Promise<RetrievalReport> {
  const { name = 'retriever', metrics = DEFAULT_METRICS, gain = 'linear', concurrency = 4, signal } = options;
  const documentId = options.documentId ?? ((node: Node) => sourceId(node) ?? node.id);
  const topK = options.topK ?? Math.max(1, ...metrics.map((metric) => parseMetric(metric).k));
  wholeNumber('topK', topK);
  wholeNumber('concurrency', concurrency);
  throwIfAborted(signal);
  const { judged, unjudged } = split(collection);
  if (judged.length === 0)
    throw new MortiseError('invalid-request', 'No query of the collection has a relevant document.');

  const begin = performance.now();
  let done = 0;
  const queries = await mapPool(
    judged,
    { concurrency, signal, siblingReason },
    async ({ query, judgements }, own): Promise<MeasuredQuery> => {
      const { id, ...asked } = query;
      let measured: MeasuredQuery;
      try {
        const results = await raceAbort(retriever.retrieve(asked, { topK, signal: own }), own);
        const found = documentsOf(results, documentId);
        const values = metrics.map(
          (metric) => [metric, measureRanking(found, judgements, metric, gain)] as const,
        );
        measured = { id, metrics: Object.fromEntries(values), found };
      } catch (error) {
        throwIfAborted(signal);
        throw ofQuery(id, error);
      }
      // Awaited, since an async callback's rejection would be nobody's.
      await (async () => options.onProgress?.({ done: ++done, total: judged.length, query: id }))();
      return measured;
    },
  );
  return {
    name,
    metrics: Object.fromEntries(metrics.map((metric) => [metric, meanOf(queries, metric)])),
    gain,
    queries,
    unjudged,
    empty: queries.filter(({ found }) => found.length === 0).length,
    durationMs: performance.now() - begin,
  };
}

interface Judged {
  readonly query: EvaluationQuery;
  readonly judgements: Judgements;
}

function split({ queries, judgements }: EvaluationCollection): { judged: Judged[]; unjudged: string[] } {
  const judged: Judged[] = [];
  const unjudged: string[] = [];
  const seen = new Set<string>();
  for (const query of queries) {
    if (seen.has(query.id))
      throw new MortiseError(
        'invalid-request',
        `Two queries have the id '${query.id}'. Give each one of its own.`,
      );
    seen.add(query.id);
    const own = judgements.get(query.id);
    if (own !== undefined && [...own.values()].some((grade) => grade > 0))
      judged.push({ query, judgements: own });
    else unjudged.push(query.id);
  }
  return { judged, unjudged };
}

function documentsOf(results: readonly NodeWithScore[], documentId: (node: Node) => string): string[] {
  return [...new Set(results.map(({ node }) => documentId(node)))];
}

/** Of a metric over queries. */
export function meanOf(queries: readonly MeasuredQuery[], metric: string): number {
  return queries.reduce((sum, { metrics }) => sum + (metrics[metric] as number), 0) / queries.length;
}

function siblingReason(cause: unknown): MortiseError {
  return new MortiseError('aborted', 'Another query of the evaluation failed.', { cause });
}

function ofQuery(id: string, error: unknown): MortiseError {
  const why = errorText(error);
  const code = isMortiseError(error) ? (error.code as 'internal') : 'internal';
  return new MortiseError(code, `The query '${id}' could not be evaluated: ${why}`, { cause: error });
}
