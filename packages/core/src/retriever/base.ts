import { runCall, throughDoor } from '../call/call.ts';
import type { Attempt } from '../call/contract.ts';
import { callPolicy, type CallPolicy } from '../call/retry.ts';
import { linkedController, throwIfAborted } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import { emitPoint, inSpan, type Span } from '../events/index.ts';
import { checkOptions, positive, wholeNumber } from '../shared/options.ts';
import { defined } from '../shared/json.ts';
import { checkFilterForm } from '../store/filter.ts';
import type {
  BaseRetrieverOptions,
  Query,
  QueryInput,
  RetrievalObject,
  RetrieveCall,
  RetrieveOptions,
  Retriever,
} from './contract.ts';
import { copyNode } from '../nodes/node-json.ts';
import type { NodeWithScore } from '../nodes/contract.ts';
import { ANNOUNCES_ITSELF, resolveIndexNodes } from './resolve.ts';
import { checkResults, dedupeNodes } from './results.ts';

/**
 * Everything a retriever does besides looking up: spans, time bounds, abort, following `IndexNode`s, de-duplication.
 * An author implements `doRetrieve`.
 *
 * ```ts
 * class TitleRetriever extends BaseRetriever {
 *   async doRetrieve({ query }: Query, { topK = 5, signal }: RetrieveCall) {
 *     const rows = await search(query, { limit: topK, signal });
 *     return rows.map((row) => ({ node: createTextNode({ id: row.id, text: row.body }), score: row.rank }));
 *   }
 * }
 * ```
 */
export abstract class BaseRetriever implements Retriever {
  readonly #name: string;
  readonly #policy: CallPolicy;
  readonly #lookup: ((indexId: string) => RetrievalObject | undefined) | undefined;
  readonly #maxDepth: number;
  readonly #concurrency: number;

  constructor(given: BaseRetrieverOptions = {}) {
    const options = checkOptions(given, 'configuration');
    this.#name = options.name ?? this.constructor.name;
    // Its name is its own, not a server's.
    this.#policy = { ...callPolicy({ ...options, retry: options.retry ?? false }), server: undefined };
    this.#lookup = options.objects === undefined ? undefined : lookupIn(options.objects);
    this.#maxDepth = positive('maxDepth', options.maxDepth ?? 8, true);
    this.#concurrency = positive('concurrency', options.concurrency ?? 8, true);
    Object.defineProperty(this, ANNOUNCES_ITSELF, { value: true });
  }

  /**
   * One attempt at a lookup, best first; more than `call.topK` results are cut. Throw a `MortiseError`; anything else
   * is mapped as well as can be. Honour `call.signal`.
   */
  abstract doRetrieve(query: Query, call: RetrieveCall): Promise<readonly NodeWithScore[]>;

  /**
   * Set to true when `doRetrieve` honours `call.filters`. Otherwise a call with filters is `unsupported`: a filter
   * that is ignored shows what it should hide. One that no store takes is refused before `doRetrieve` is called.
   */
  readonly supportsFilters: boolean = false;

  retrieve(query: QueryInput, options: RetrieveOptions = {}): Promise<NodeWithScore[]> {
    return throughDoor(options, {}, (checked) => this.#traced(query, checked));
  }

  #traced(query: QueryInput, options: RetrieveOptions): Promise<NodeWithScore[]> {
    const { topK, parent, trail = [] } = options;
    const indexId = trail.at(-1)?.indexId;
    const attributes = defined({ retriever: this.#name, topK, depth: trail.length, indexId });
    return inSpan(
      'retriever.retrieve',
      { attributes, parent, content: () => ({ query }) },
      (span) => this.#retrieve(query, options, span),
      (nodes) => ({ attributes: { nodes: nodes.length }, content: () => ({ query, nodes }) }),
    );
  }

  async #retrieve(input: QueryInput, options: RetrieveOptions, span: Span): Promise<NodeWithScore[]> {
    throwIfAborted(options.signal);
    const query = toQuery(input);
    this.#check(options);
    const scope = openScope(options, this.#policy.deadlineMs);
    try {
      const handed = handDown(options, scope.signal, span);
      const found = await this.#lookUp(query, options, handed);
      const results =
        this.#lookup === undefined ? found : await this.#resolve(found, query, handed, this.#lookup);
      return dedupeNodes(results).map((result) => ({ ...result, node: copyNode(result.node) }));
    } finally {
      scope.close();
    }
  }

  async #lookUp(
    query: Query,
    options: RetrieveOptions,
    handed: HandedDown,
  ): Promise<readonly NodeWithScore[]> {
    const { timeoutMs, deadlineMs } = options;
    const found = await runCall(
      {
        policy: this.#policy,
        options: { signal: handed.signal, timeoutMs, deadlineMs },
        stream: false,
        about: {},
        span: { id: handed.parent },
        warn: (warning) => emitPoint('warning', { retriever: this.#name, ...warning }, { id: handed.parent }),
      },
      (attempt) => this.doRetrieve(query, toCall(attempt, handed)),
    );
    return checkResults(found, this.#name).slice(0, options.topK);
  }

  #resolve(
    found: readonly NodeWithScore[],
    query: Query,
    handed: HandedDown,
    lookup: (indexId: string) => RetrievalObject | undefined,
  ): Promise<NodeWithScore[]> {
    return resolveIndexNodes(found, {
      retriever: this,
      name: this.#name,
      lookup,
      query,
      options: handed,
      maxDepth: this.#maxDepth,
      concurrency: this.#concurrency,
    });
  }

  #check({ topK, filters }: RetrieveOptions): void {
    if (topK !== undefined) wholeNumber('topK', topK, { code: 'invalid-request' });
    if (filters === undefined) return;
    if (!this.supportsFilters) {
      const message = `${this.#name} does not filter. Leave filters out, or use a retriever that does.`;
      throw new MortiseError('unsupported', message);
    }
    checkFilterForm(filters);
  }
}

/** A string or a query as a query; throws `invalid-request` when it is neither. */
export function toQuery(input: QueryInput): Query {
  if (typeof input === 'string') return { query: input };
  if (typeof input === 'object' && input !== null && typeof input.query === 'string') return input;
  throw new MortiseError('invalid-request', 'A query is a string or { query, embedding? }.');
}

function lookupIn(
  objects: NonNullable<BaseRetrieverOptions['objects']>,
): (indexId: string) => RetrievalObject | undefined {
  if (typeof (objects as Map<string, RetrievalObject>).get === 'function') {
    return (indexId) => (objects as ReadonlyMap<string, RetrievalObject>).get(indexId);
  }
  const record = objects as Readonly<Record<string, RetrievalObject>>;
  return (indexId) => (Object.hasOwn(record, indexId) ? record[indexId] : undefined);
}

/** What reaches everything below: the caller's options with this retrieval's own signal and span. */
type HandedDown = Pick<RetrieveOptions, 'topK' | 'filters' | 'trail'> & {
  readonly signal: AbortSignal;
  readonly parent?: string;
};

function handDown(options: RetrieveOptions, signal: AbortSignal, span: Span): HandedDown {
  const { topK, filters, trail = [] } = options;
  return defined({ signal, topK, filters, trail, parent: span.id ?? options.parent }) as HandedDown;
}

function toCall(attempt: Attempt, { topK, filters, trail = [], parent }: HandedDown): RetrieveCall {
  const { number, signal } = attempt;
  return {
    number,
    signal,
    touch: () => attempt.touch(),
    warn: (warning) => attempt.warn(warning),
    ...(defined({ topK, filters, parent }) as Pick<RetrieveCall, 'topK' | 'filters' | 'parent'>),
    trail,
  };
}

interface Scope {
  readonly signal: AbortSignal;
  close(): void;
}

/** One signal for the whole retrieval: the caller's abort and the deadline end it. */
function openScope(options: RetrieveOptions, defaultDeadlineMs: number): Scope {
  const deadlineMs = positive('deadlineMs', options.deadlineMs ?? defaultDeadlineMs);
  const controller = linkedController(options.signal);
  const timer = setTimeout(() => controller.abort(late(deadlineMs)), deadlineMs);
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      controller.unlink();
    },
  };
}

function late(deadlineMs: number): MortiseError {
  const message = `The retrieval took longer than its deadline of ${deadlineMs} ms, everything it led to included. Raise deadlineMs or ask for less.`;
  return new MortiseError('timeout', message, { retryable: false });
}
