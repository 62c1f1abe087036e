import {
  BaseRetriever,
  createTextNode,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { subscribe } from '@mortise/core/events';

type Found = readonly NodeWithScore[] | Error | ((query: Query, call: RetrieveCall) => unknown);

/** A retriever that finds what a test says, and remembers how it was asked. */
export class FakeRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly calls: RetrieveCall[] = [];
  readonly queries: Query[] = [];
  readonly #found: Found;

  constructor(found: Found, options: BaseRetrieverOptions = {}) {
    super(options);
    this.#found = found;
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    this.queries.push(query);
    this.calls.push(call);
    if (this.#found instanceof Error) throw this.#found;
    return (
      typeof this.#found === 'function' ? await this.#found(query, call) : this.#found
    ) as NodeWithScore[];
  }
}

export function scored(id: string, score: number, evidence?: NodeWithScore['evidence']): NodeWithScore {
  const node = createTextNode({ id, text: `text of ${id}` });
  return { node, score, ...(evidence === undefined ? {} : { evidence }) };
}

export const ids = (results: readonly NodeWithScore[]): string[] => results.map(({ node }) => node.id);

/** The messages of the warnings that a run emits. */
export async function warningsOf(run: () => Promise<unknown>): Promise<string[]> {
  const messages: string[] = [];
  const stop = subscribe(({ name, attributes }) => {
    if (name === 'warning') messages.push(String(attributes['message']));
  });
  try {
    await run();
  } finally {
    stop();
  }
  return messages;
}
