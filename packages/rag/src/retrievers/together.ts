import { MortiseError } from '@mortise/core';
import { raceAbort, runPool, throwIfAborted } from '@mortise/core/call';
import {
  checkResults,
  type NodeWithScore,
  type QueryInput,
  type RetrieveCall,
  type RetrieveOptions,
  type Retriever,
} from '@mortise/core/retriever';

/** How many retrievers are asked at once, where nothing else is said. */
export const DEFAULT_CONCURRENCY = 8;

/** One question to one retriever. */
export interface Asked {
  readonly retriever: Retriever;
  readonly query: QueryInput;
  /** Names it in a message. */
  readonly name: string;
  /** Default: the call's. */
  readonly topK?: number | undefined;
}

/**
 * Asks several retrievers at the same time, each with all of `call`, and gives their lists in the order of the
 * questions. The first failure cancels the others and is thrown; a list that is not a result is refused.
 */
export async function askTogether(
  asked: readonly Asked[],
  call: RetrieveCall,
  concurrency: number,
): Promise<NodeWithScore[][]> {
  const { signal } = call;
  throwIfAborted(signal);
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const lists: NodeWithScore[][] = asked.map(() => []);
  try {
    await runPool(asked.keys(), concurrency, async (at) => {
      const { retriever, query, name, topK } = asked[at] as Asked;
      const options: RetrieveOptions = {
        ...call,
        signal: controller.signal,
        ...(topK === undefined ? {} : { topK }),
      };
      try {
        const found = await raceAbort(retriever.retrieve(query, options), controller.signal);
        lists[at] = [...checkResults(found, name)];
      } catch (error) {
        const message = 'Another retriever of the same question failed, so this one was given up.';
        controller.abort(new MortiseError('aborted', message, { cause: error }));
        throw error;
      }
    });
    return lists;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
