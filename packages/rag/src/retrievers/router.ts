import { isMortiseError, MortiseError } from '@mortise/core';
import { throwIfAborted } from '@mortise/core/call';
import {
  BaseRetriever,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';
import { checkOptions, oneOf, reading, requireMembers } from '@mortise/core/shared';
import { checkSelection } from '../selectors/check.ts';
import type { Selector } from '../selectors/contract.ts';
import { fuse } from './fuse.ts';
import { askTogether, DEFAULT_CONCURRENCY, type Asked } from './together.ts';

/** A retriever, and what it is good for. */
export interface DescribedRetriever {
  retriever: Retriever;
  /** What the selector goes by: what stands there, and which questions it answers. */
  description: string;
}

/** What is chosen from, and who chooses. */
export interface RouterRetrieverOptions extends BaseRetrieverOptions {
  choices: readonly DescribedRetriever[];
  /** Whether one retriever is asked or several is the selector's to say: see its `max`. */
  selector: Selector;
  /**
   * What happens when the selector's answer makes no sense: a number that is not among the choices, no number at all.
   * `error`: the retrieval fails with what was wrong. `all`: every retriever is asked, with a warning. Default: `error`.
   */
  onNonsense?: 'error' | 'all' | undefined;
}

/**
 * Asks the retrievers that a selector chooses by their descriptions. The results of one are handed on with their scores.
 * Those of several are fused by reciprocal rank, as their scores cannot be compared. With one choice nobody is asked
 * which. A selector that fails for any other reason than nonsense fails the retrieval.
 */
export class RouterRetriever extends BaseRetriever {
  // The retrievers below refuse a filter that they cannot honour.
  override readonly supportsFilters = true;
  readonly #choices: readonly DescribedRetriever[];
  readonly #selector: Selector;
  readonly #onNonsense: 'error' | 'all';
  readonly #concurrency: number;

  constructor(given: RouterRetrieverOptions) {
    const options = checkOptions(given, 'configuration');
    super(options);
    const choices = reading(
      'choices',
      () => Array.from(options.choices, ({ retriever, description }) => ({ retriever, description })),
      'configuration',
    );
    if (choices.length === 0)
      throw new MortiseError('configuration', 'A router has no choices. Give it at least one retriever.');
    for (const { retriever } of choices) requireMembers(retriever, ['retrieve'], 'retriever', 'Retriever');
    this.#choices = choices;
    this.#selector = requireMembers(options.selector, ['select'], 'selector', 'Selector');
    this.#onNonsense = oneOf('onNonsense', options.onNonsense ?? 'error', ['error', 'all']);
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const selected = await this.#select(query, call);
    const asked: Asked[] = selected.map((at) => {
      const { retriever } = this.#choices[at] as DescribedRetriever;
      return { retriever, query, name: `choice ${at} of a router` };
    });
    const lists = await askTogether(asked, call, this.#concurrency);
    if (lists.length === 1) return lists[0] as NodeWithScore[];
    return fuse(
      lists,
      lists.map(() => 1 / lists.length),
      { mode: 'reciprocal-rank' },
    );
  }

  async #select({ query }: Query, call: RetrieveCall): Promise<readonly number[]> {
    const all = [...this.#choices.keys()];
    if (all.length === 1) return all;
    const { signal, parent } = call;
    try {
      const descriptions = this.#choices.map(({ description }) => description);
      const selection = await this.#selector.select(query, descriptions, { signal, parent });
      return checkSelection(selection, all.length).map(({ index }) => index);
    } catch (error) {
      throwIfAborted(signal);
      if (this.#onNonsense === 'error' || !isNonsense(error)) throw error;
      const message = `All retrievers of a router were asked, since none was selected: ${error.message}`;
      call.warn({ type: 'other', setting: 'selector', message });
      return all;
    }
  }
}

/** An answer came, and could not be used. */
function isNonsense(error: unknown): error is MortiseError {
  return ['parse', 'validation', 'malformed-response'].some((code) => isMortiseError(error, code));
}
