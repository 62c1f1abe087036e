import { describe, expect, it } from 'vitest';
import {
  BaseReranker,
  createTextNode,
  type NodeWithScore,
  type RankReply,
  type RankRequest,
} from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { createContextChatEngine, createQueryEngine } from '@mortise/rag';
import { checkedAnswer, goOn, overSeveral, sayTurn, thoroughEngine } from '../answers.ts';

const found = (id: string, text: string, similarity: number): NodeWithScore => ({
  node: createTextNode({ id, text }),
  score: 1,
  evidence: { similarity },
});
const retriever = {
  retrieve: async () => [
    found('oak', 'Oak is hard.', 0.8),
    found('ash', 'Ash bends.', 0.6),
    found('sea', 'The sea is deep.', 0.1),
  ],
};
const llm = (...replies: string[]) => new ScriptedLLM({ replies, retry: false });

class Backwards extends BaseReranker {
  readonly metadata = { comparableScores: true };
  constructor() {
    super({ provider: 'test', model: 'backwards' });
  }
  async doRerank({ documents }: RankRequest): Promise<RankReply> {
    return { results: documents.map((_, at) => ({ index: documents.length - 1 - at, score: 1 - at / 10 })) };
  }
}

describe('the programs of the guide to answers', () => {
  it('tell which citations hold', async () => {
    const { answer, doubtful } = await checkedAnswer(
      llm('"Oak is hard" [1]. "Ash is soft" [2]. So [9].'),
      retriever,
      'Q',
    );
    expect(answer.sources.map(({ node }) => node.id)).toEqual(['oak', 'ash']);
    expect(doubtful).toEqual(['[2] misquote: Ash is soft', '[9] unknown-source']);
  });

  it('answer from many sources, reranked and reordered', async () => {
    const answer = await thoroughEngine(llm('Deep [1].'), retriever, new Backwards()).query('Q');
    expect(answer.sources.map(({ node }) => node.id)).toEqual(['sea', 'oak', 'ash']);
  });

  it('ask one engine or several', async () => {
    const engine = () => createQueryEngine({ llm: llm('Oak [1].'), retriever });
    const engines = () => [
      { name: 'wood', description: 'Timber.', engine: engine() },
      { name: 'sea', description: 'Ships.', engine: engine() },
    ];
    const { one } = overSeveral(llm('{"choice": 2}'), engines());
    expect((await one.query('Q')).metadata).toEqual({ engine: 'sea' });
    const plan = '{"questions": [{"question": "A?", "engine": 1}, {"question": "B?", "engine": 2}]}';
    const { all } = overSeveral(llm(plan, 'Oak it is [1].'), engines());
    const answer = await all.query('Q');
    expect([answer.text, answer.sources.length]).toEqual(['Oak it is [1].', 3]);
  });

  it('write a turn as it comes, and go on where it was saved', async () => {
    const chat = createContextChatEngine({ llm: llm('"Oak bends" [1].'), retriever });
    let written = '';
    await sayTurn(chat, 'Which?', (text) => (written += text));
    expect(written).toMatch(/^"Oak bends" \[1\]\.? \(unsure\)\.?$/);
    const next = await goOn(llm('Which wood?', 'Oak [1].'), retriever, JSON.stringify(await chat.history()));
    expect((await next.chat('Sure?')).text).toBe('Oak [1].');
    expect(await next.history()).toHaveLength(4);
  });
});
