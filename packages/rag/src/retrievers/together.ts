import { MortiseError } from '@mortise/core';
import { mapPool } from '@mortise/core/call';
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
  const pool = { concurrency, signal: call.signal, siblingReason };
  return mapPool(asked, pool, async ({ retriever, query, name, topK }, signal) => {
    const options: RetrieveOptions = { ...call, signal, ...(topK === undefined ? {} : { topK }) };
    return [...checkResults(await retriever.retrieve(query, options), name)];
  });
}

function siblingReason(cause: unknown): MortiseError {
  const message = 'Another retriever of the same question failed, so this one was given up.';
  return new MortiseError('aborted', message, { cause });
}
