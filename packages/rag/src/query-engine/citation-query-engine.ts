import type { LLM } from '@mortise/core';
import type { Retriever } from '@mortise/core/retriever';
import { checkOptions, reading } from '@mortise/core/shared';
import type { Transform } from '@mortise/core/transform';
import { SplitNodes } from '../postprocessors/split-nodes.ts';
import { SentenceSplitter } from '../splitters/sentence.ts';
import {
  createQueryEngine,
  type CreateQueryEngineOptions,
  type RetrieverQueryEngine,
} from './retriever-query-engine.ts';

/** Tokens of a node that is cited. */
const CITED_TOKENS = 128;

export interface CreateCitationQueryEngineOptions extends CreateQueryEngineOptions {
  /** Cuts what was found into what is cited. Default: a `SentenceSplitter` of 128 tokens without overlap. */
  splitter?: Transform | undefined;
}

/**
 * The usual query engine with smaller sources: every node is cut after the postprocessors, so that a citation names a
 * few sentences instead of a page.
 */
export function createCitationQueryEngine(
  parts: { readonly llm: LLM; readonly retriever: Retriever },
  given: CreateCitationQueryEngineOptions = {},
): RetrieverQueryEngine {
  const { splitter, postprocessors = [], tokenizer, ...options } = checkOptions(given, 'configuration');
  const cut = splitter ?? new SentenceSplitter({ maxTokens: CITED_TOKENS, overlap: 0, tokenizer });
  return createQueryEngine(parts, {
    ...options,
    tokenizer,
    postprocessors: [
      ...reading('postprocessors', () => [...postprocessors], 'configuration'),
      new SplitNodes({ splitter: cut }),
    ],
  });
}
