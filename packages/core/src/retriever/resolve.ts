import { mapPool } from '../call/pool.ts';
import { MortiseError, toMortiseError } from '../errors.ts';
import { inSpan, type Attributes } from '../events/index.ts';
import { matchesFilter } from '../store/filter.ts';
import type {
  Hop,
  Query,
  QueryTarget,
  QueryTargetAnswer,
  RetrievalObject,
  RetrieveOptions,
  Retriever,
} from './contract.ts';
import type { IndexNode, Node, NodeWithScore, TextNode } from '../nodes/contract.ts';
import { createTextNode } from '../nodes/node.ts';

/** What one retrieval follows its index nodes with. */
export interface Resolution {
  readonly retriever: Retriever;
  /** For messages. */
  readonly name: string;
  readonly lookup: (indexId: string) => RetrievalObject | undefined;
  readonly query: Query;
  /** Handed to every target, with the trail of its own. */
  readonly options: RetrieveOptions & { readonly signal: AbortSignal };
  readonly maxDepth: number;
  readonly concurrency: number;
}

/** Puts in place of every `IndexNode` what it stands for. The first failure cancels the rest. */
export async function resolveIndexNodes(
  results: readonly NodeWithScore[],
  resolution: Resolution,
): Promise<NodeWithScore[]> {
  const { options, concurrency } = resolution;
  const { signal, trail = [] } = options;
  const pointers = results.filter(({ node }) => node.type === 'index');
  const followed = await mapPool(pointers, { concurrency, signal, siblingReason }, (pointer, own) =>
    follow(pointer, trail, { ...resolution, options: { ...options, signal: own } }),
  );
  const targets = new Map(pointers.map((pointer, at) => [pointer, followed[at]]));
  return results.flatMap((result) => targets.get(result) ?? [result]);
}

function siblingReason(cause: unknown): MortiseError {
  const message = 'Another target of the same retrieval failed, so this one was given up.';
  return new MortiseError('aborted', message, { cause });
}

async function follow(
  result: NodeWithScore,
  trail: readonly Hop[],
  resolution: Resolution,
): Promise<NodeWithScore[]> {
  const node = result.node as IndexNode;
  const { indexId } = node;
  const target = resolution.lookup(indexId);
  if (target === undefined) throw unresolved(node, resolution.name);
  const path = extend(trail, { retriever: resolution.retriever, indexId }, resolution.maxDepth);
  const options: RetrieveOptions = { ...resolution.options, trail: path };
  const attributes = { indexId, depth: path.length };

  switch (kindOf(target)) {
    case 'query-engine':
      return inHop({ ...attributes, target: 'query-engine' }, options, async (inner) => {
        const response = await (target as QueryTarget).query(resolution.query, inner);
        return response.outcome === 'no-nodes' ? [] : [{ ...result, node: answerNode(node, response) }];
      });
    case 'retriever': {
      const ask = (inner: RetrieveOptions) => (target as Retriever).retrieve(resolution.query, inner);
      // A BaseRetriever opens this span by itself.
      if (ANNOUNCES_ITSELF in target) return ask(options);
      return inHop({ ...attributes, target: 'retriever' }, options, ask);
    }
    case 'node': {
      const found = { ...result, node: target as Node };
      // What leads on is not shown itself; what is shown must match as if it had been looked up.
      const { filters } = options;
      if (
        found.node.type !== 'index' &&
        filters !== undefined &&
        !matchesFilter(found.node.metadata, filters)
      )
        return [];
      return inHop({ ...attributes, target: 'node' }, options, async (inner) =>
        found.node.type === 'index'
          ? follow(found, path, { ...resolution, options: inSignal(inner, resolution) })
          : [found],
      );
    }
  }
}

/** Marks retrievers that emit `retriever.retrieve` themselves, across copies of core. */
export const ANNOUNCES_ITSELF = Symbol.for('mortise.retriever.announces-itself');

function kindOf(target: RetrievalObject): 'query-engine' | 'retriever' | 'node' {
  if ('query' in target && typeof target.query === 'function') return 'query-engine';
  return 'retrieve' in target && typeof target.retrieve === 'function' ? 'retriever' : 'node';
}

/** The trail with one more hop; a cycle or one hop too many is refused. */
function extend(trail: readonly Hop[], hop: Hop, maxDepth: number): readonly Hop[] {
  const path = [...trail, hop];
  const shown = path.map(({ indexId }) => `'${indexId}'`).join(' > ');
  if (trail.some(({ retriever, indexId }) => retriever === hop.retriever && indexId === hop.indexId)) {
    const message = `The index nodes lead in a circle: ${shown}. Let one of them stand for something else.`;
    throw new MortiseError('configuration', message);
  }
  if (path.length > maxDepth) {
    const message = `The index nodes lead deeper than maxDepth, which is ${maxDepth}: ${shown}. Raise it if that is meant.`;
    throw new MortiseError('configuration', message);
  }
  return path;
}

function inHop(
  attributes: Attributes,
  options: RetrieveOptions,
  fn: (options: RetrieveOptions) => Promise<NodeWithScore[]>,
): Promise<NodeWithScore[]> {
  return inSpan(
    'retriever.retrieve',
    { attributes, parent: options.parent },
    async (span) => {
      try {
        return await fn(span.id === undefined ? options : { ...options, parent: span.id });
      } catch (error) {
        throw options.signal?.aborted === true ? error : toMortiseError(error);
      }
    },
    (results) => ({ attributes: { nodes: results.length } }),
  );
}

function inSignal(options: RetrieveOptions, { options: { signal } }: Resolution): Resolution['options'] {
  return { ...options, signal };
}

/** See {@link RetrievalObject}. */
function answerNode(node: IndexNode, response: QueryTargetAnswer): TextNode {
  const {
    id,
    metadata,
    start: _start,
    end: _end,
    embedding: _embedding,
    type: _type,
    indexId: _indexId,
    ...rest
  } = node;
  const sourceNodeIds = response.sources.map(({ node: source }) => source.id);
  return createTextNode({
    ...rest,
    id: `${id}:answer`,
    text: response.text,
    metadata: { ...metadata, ...response.metadata, sourceNodeIds },
  });
}

function unresolved({ id, indexId }: IndexNode, retriever: string): MortiseError {
  const message = `The index node '${id}' stands for '${indexId}', which is not among the objects of ${retriever}. Add it to objects, or leave the node out.`;
  return new MortiseError('configuration', message);
}
