import type { QueryEngine } from '@mortise/core/query-engine';
import {
  createIndexNode,
  createTextNode,
  type IndexNode,
  type NodeWithScore,
  type QueryInput,
  type RetrievalObject,
  type RetrieveOptions,
  type Retriever,
  type TextNode,
} from '@mortise/core/retriever';
import type { QueryResponse } from '@mortise/core/synthesizer';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import type { RetrieverSubject } from './subject.ts';

export type RetrieverCase = ConformanceCase<RetrieverSubject>;
export type RetrieverCaseContext = CaseContext<RetrieverSubject>;

/** What is asked, and stands in every text. */
export const QUERY = 'tenon';

/** A text that `QUERY` finds, of a source document of its own unless told otherwise. */
export function page(id: string, more: Partial<TextNode> = {}): TextNode {
  const relationships = { source: { id: `file of ${id}` } };
  return createTextNode({ text: `tenon ${id}`, metadata: { shelf: 'a' }, relationships, ...more, id });
}

/** A node that `QUERY` finds, and that stands for something else. */
export function pointer(indexId: string, id = `to ${indexId}`): IndexNode {
  return createIndexNode({ id, text: `tenon see ${id}`, metadata: { shelf: 'a' }, indexId });
}

export function scored(id: string, score: number, more: Partial<TextNode> = {}): NodeWithScore {
  return { node: page(id, more), score };
}

/** A retriever of the lab: gives fixed results for any query, and records its calls. */
export interface Spy extends Retriever {
  readonly calls: { readonly query: QueryInput; readonly options: RetrieveOptions }[];
}

/** With a function, what it gives or does; its own copies each time. */
export function spy(found: readonly NodeWithScore[] | ((options: RetrieveOptions) => unknown) = []): Spy {
  const calls: { query: QueryInput; options: RetrieveOptions }[] = [];
  return {
    calls,
    async retrieve(query, options = {}) {
      calls.push({ query, options });
      const given = typeof found === 'function' ? await found(options) : structuredClone(found);
      return given as NodeWithScore[];
    },
  };
}

export function engine(response: Partial<QueryResponse>): QueryEngine {
  const whole: QueryResponse = {
    text: 'the answer',
    sources: [],
    citations: [],
    outcome: 'answered',
    warnings: [],
    metadata: {},
    ...response,
  };
  return {
    query: () => Promise.resolve(structuredClone(whole)),
    streamQuery() {
      throw new Error('A retriever asks for whole answers.');
    },
  };
}

/** What the subject finds of these nodes, with what they stand for. */
export async function found(
  { subject }: RetrieverCaseContext,
  nodes: readonly (TextNode | IndexNode)[],
  objects?: Readonly<Record<string, RetrievalObject>>,
  options?: RetrieveOptions,
): Promise<NodeWithScore[]> {
  const map = objects === undefined ? undefined : new Map(Object.entries(objects));
  const retriever = await subject.create({ nodes, objects: map });
  return retriever.retrieve(QUERY, options);
}

export const ids = (results: readonly NodeWithScore[]): string[] => results.map(({ node }) => node.id);

export function pairs(results: readonly NodeWithScore[]): (readonly [string, number])[] {
  return results.map(({ node, score }) => [node.id, score]);
}

/** Asks one retriever in the place where another finds an index node that stands for it. */
export function asTarget(context: RetrieverCaseContext, target: RetrievalObject, options?: RetrieveOptions) {
  return found(context, [pointer('target')], { target }, options);
}

export async function composed({ subject }: RetrieverCaseContext, inner: Retriever): Promise<Retriever> {
  if (subject.compose === undefined) throw new Error('`nesting` needs `compose`.');
  return subject.compose(inner);
}
