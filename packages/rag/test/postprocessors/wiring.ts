import {
  postprocessorConformance,
  type ConformanceResults,
  type PostprocessorFeature,
  type PostprocessorSubject,
  type TestFunctions,
} from '@mortise/conformance';
import { BaseReranker, type RankReply, type RankRequest } from '@mortise/core/reranker';
import { createTextNode } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import type { Attempt } from '@mortise/core';
import {
  LLMRerank,
  LongContextReorder,
  Neighbours,
  readCitationPrompt,
  RerankPostprocessor,
  SentenceSplitter,
  SimilarityCutoff,
  SplitNodes,
} from '@mortise/rag';

type Create = PostprocessorSubject['create'];

class LabReranker extends BaseReranker {
  readonly metadata = { comparableScores: true };
  readonly #reached: (signal: AbortSignal) => Promise<void>;
  constructor(reached: (signal: AbortSignal) => Promise<void>) {
    super({ provider: 'lab', model: 'lab', retry: false });
    this.#reached = reached;
  }
  async doRerank({ documents }: RankRequest, { signal }: Attempt): Promise<RankReply> {
    await this.#reached(signal);
    return { results: documents.map((_, at) => ({ index: documents.length - 1 - at, score: 1 - at / 100 })) };
  }
}

export const rerank: Create = (outside) =>
  new RerankPostprocessor({ reranker: new LabReranker((signal) => outside.reached(signal)) });

const neighbours: Create = (outside, nodes) => {
  const known = new Map(nodes.map(({ node }) => [node.id, node]));
  const store = {
    async getMany(ids: readonly string[], { signal }: { signal?: AbortSignal | undefined } = {}) {
      await outside.reached(signal);
      // The suite's last node names a next one, which was not found.
      const relationships = { source: { id: 'doc' } };
      return ids.map((id) => known.get(id) ?? createTextNode({ id, text: 'The next text.', relationships }));
    },
  };
  return new Neighbours({ nodes: store });
};

const llmRerank: Create = (outside) => {
  const llm = new ScriptedLLM({
    retry: false,
    replies: async ({ messages }, { signal }) => {
      await outside.reached(signal);
      const sources = readCitationPrompt(messages)?.sources ?? [];
      return JSON.stringify({ scores: sources.map(({ number }) => ({ source: number, score: number })) });
    },
  });
  return new LLMRerank({ llm });
};

const inside = 'It works on what it is given.';
const rescored = 'New scores are its purpose.';

/** Each with what it does not do, and why. */
const all: readonly (readonly [
  name: string,
  create: Create,
  reasons: Partial<Record<PostprocessorFeature, string>>,
])[] = [
  ['similarity cut-off', () => new SimilarityCutoff({ cutoff: 0.5 }), { outside: inside }],
  [
    'long context reorder',
    () => new LongContextReorder(),
    { outside: inside, 'best-first': 'It puts the second best last; order is its purpose.' },
  ],
  ['neighbours', neighbours, { subset: 'Adding nodes is its purpose.' }],
  ['rerank', rerank, { scores: rescored }],
  ['LLM rerank', llmRerank, { scores: rescored }],
  [
    'split nodes',
    () => new SplitNodes({ splitter: new SentenceSplitter({ maxTokens: 512 }) }),
    { outside: inside, subset: 'It makes smaller nodes of those it is given.' },
  ],
];

const FEATURES: readonly PostprocessorFeature[] = ['best-first', 'subset', 'scores', 'outside'];

export function wirePostprocessors(functions: TestFunctions): ConformanceResults[] {
  return all.map(([name, create, reasons]) =>
    postprocessorConformance(functions, {
      name,
      create,
      declares: FEATURES.filter((feature) => !(feature in reasons)),
      reasons,
    }),
  );
}
