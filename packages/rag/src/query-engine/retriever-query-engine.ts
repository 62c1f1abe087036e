import type { LLM } from '@mortise/core';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { QueryInput, Retriever } from '@mortise/core/retriever';
import { checkOptions, requireMembers, wholeNumber } from '@mortise/core/shared';
import type {
  QueryResponse,
  ResponseStream,
  ResponseStreamEvent,
  ResponseSynthesizer,
} from '@mortise/core/synthesizer';
import { stepOptions, streamedAnswer, wholeAnswer, type AnswerCall, type AnswerSpec } from '../answer.ts';
import { CitationSynthesizer, type CitationSynthesizerOptions } from '../synthesizer/citation-synthesizer.ts';
import { findNodes, type Finding } from './find-nodes.ts';

/** What an engine is made of. */
export interface RetrieverQueryEngineOptions extends Finding {
  synthesizer: ResponseSynthesizer;
}

/** Retrieves, postprocesses, and has an answer written from what is left. */
export class RetrieverQueryEngine implements QueryEngine {
  readonly #options: RetrieverQueryEngineOptions;

  constructor(given: RetrieverQueryEngineOptions) {
    const options = checkOptions(given, 'configuration');
    requireMembers(options.retriever, ['retrieve'], 'retriever', 'Retriever');
    const members = ['synthesize', 'streamSynthesize'] as const;
    requireMembers(options.synthesizer, members, 'synthesizer', 'ResponseSynthesizer');
    if (options.topK !== undefined) wholeNumber('topK', options.topK);
    this.#options = options;
  }

  query(input: QueryInput, options: QueryOptions = {}): Promise<QueryResponse> {
    return wholeAnswer(this.#plan(input, options));
  }

  streamQuery(input: QueryInput, options: QueryOptions = {}): ResponseStream {
    return streamedAnswer(this.#plan(input, options));
  }

  #plan(input: QueryInput, options: QueryOptions): AnswerSpec {
    return {
      name: 'query',
      content: () => ({ query: input }),
      options,
      events: (call) => this.#events(input, options, call),
    };
  }

  async *#events(
    input: QueryInput,
    options: QueryOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    const { synthesizer } = this.#options;
    const nodes = await findNodes(this.#options, input, options, call);
    if (call.streamed) yield* synthesizer.streamSynthesize(input, nodes, stepOptions(call));
    else yield { type: 'finish', response: await synthesizer.synthesize(input, nodes, stepOptions(call)) };
  }
}

/** How the usual query engine retrieves and cites. */
export interface CreateQueryEngineOptions
  extends CitationSynthesizerOptions, Pick<RetrieverQueryEngineOptions, 'postprocessors' | 'topK'> {}

/**
 * The usual query engine: a retriever, a model, numbered citations. A service context with both fits.
 *
 * ```ts
 * const engine = createQueryEngine({ llm, retriever: index.retriever() });
 * for await (const delta of engine.streamQuery('How do I install it?').textStream) process.stdout.write(delta);
 * ```
 */
export function createQueryEngine(
  parts: { readonly llm: LLM; readonly retriever: Retriever },
  given: CreateQueryEngineOptions = {},
): RetrieverQueryEngine {
  const { llm, retriever } = checkOptions(parts, 'configuration');
  const { postprocessors, topK, ...options } = checkOptions(given, 'configuration');
  const synthesizer = new CitationSynthesizer({ llm }, options);
  return new RetrieverQueryEngine({ retriever, synthesizer, postprocessors, topK });
}
