import { BaseReranker, createTextNode, type RankReply, type RankRequest } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { best, rerankingEngine } from '../rerankers.ts';

/** Scores a document by the share of its words that the query has. */
class Shared extends BaseReranker {
  readonly metadata = { comparableScores: true };
  constructor() {
    super({ provider: 'test', model: 'shared' });
  }
  async doRerank({ query, documents }: RankRequest): Promise<RankReply> {
    const asked = new Set(query.split(' '));
    const share = (words: readonly string[]) => words.filter((word) => asked.has(word)).length / words.length;
    const results = documents.map((text, index) => ({ index, score: share(text.split(' ')) }));
    return { results: results.sort((a, b) => b.score - a.score) };
  }
}

const texts = ['moss grows', 'bees fly far', 'bees like thyme', 'bees fly', 'oak'];

let asked: unknown[] = [];
const retriever = {
  retrieve: async (_query: unknown, options?: { topK?: number | undefined }) => {
    asked.push(options?.topK);
    return texts.map((text) => ({
      node: createTextNode({ id: text, text }),
      score: 1,
      evidence: { similarity: 0.4 },
    }));
  },
};

describe('the programs of the guide to rerankers', () => {
  it('rank texts, best first', async () => {
    const { found } = await best(new Shared(), 'bees fly', texts);
    expect(found).toEqual([
      { text: 'bees fly', score: 1 },
      { text: 'bees fly far', score: 2 / 3 },
      { text: 'bees like thyme', score: 1 / 3 },
    ]);
  });

  it('answer from what the reranker puts first, and from nothing where it finds nothing good enough', async () => {
    asked = [];
    const llm = new ScriptedLLM({ replies: ['They do [1].'] });
    const engine = rerankingEngine(llm, retriever, new Shared());
    const { sources } = await engine.query('bees fly');
    expect(sources.map(({ node }) => node.id)).toEqual(['bees fly', 'bees fly far', 'bees like thyme']);
    expect(sources[1]).toMatchObject({ score: 2 / 3, evidence: { similarity: 0.4, rerank: 2 / 3 } });
    expect((await engine.query('who whistles')).outcome).toBe('no-nodes');
    expect(asked).toEqual([50, 50]);
  });
});
