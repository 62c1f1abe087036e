import { describe, expect, it } from 'vitest';
import { MortiseError } from '@mortise/core';
import type { Retriever } from '@mortise/core/retriever';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import {
  EmbeddingSelector,
  LLMSelector,
  RouterRetriever,
  type RouterRetrieverOptions,
  type SelectedChoice,
  type Selector,
} from '@mortise/rag';
import { FakeRetriever, ids, scored, warningsOf } from './fake.ts';

const fixed = (...indexes: unknown[]): Selector => ({
  select: async () => indexes.map((index) => ({ index })) as SelectedChoice[],
});

function router(selector: Selector, more: Partial<RouterRetrieverOptions> = {}) {
  const wood = new FakeRetriever([scored('oak', 0.9), scored('ash', 0)]);
  const stars = new FakeRetriever([scored('sun', 7), scored('oak', 3)]);
  const choices = [
    { retriever: wood, description: 'trees, timber and joints' },
    { retriever: stars, description: 'stars and planets' },
  ];
  return { wood, stars, retriever: new RouterRetriever({ choices, selector, ...more }) };
}

describe('RouterRetriever', () => {
  it('R-02: asks the chosen retriever alone, and hands its scores on', async () => {
    const { retriever, wood, stars } = router(fixed(0));
    const results = await retriever.retrieve('q');
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['oak', 0.9],
      ['ash', 0],
    ]);
    expect([wood.calls.length, stars.calls.length]).toEqual([1, 0]);
  });

  it('fuses the results of several by their places, since their scores are not of one kind', async () => {
    const results = await router(fixed(1, 0)).retriever.retrieve('q');
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['oak', 0.5 / 61 + 0.5 / 60],
      ['sun', 0.5 / 60],
      ['ash', 0.5 / 61],
    ]);
  });

  it('R-04: hands topK, filters and the trail to what it chose', async () => {
    const { retriever, stars } = router(fixed(1));
    const filters = { key: 'a', op: '==', value: 1 } as const;
    const trail = [{ retriever, indexId: 'before' }];
    await retriever.retrieve('q', { topK: 1, filters, trail });
    expect(stars.calls[0]).toMatchObject({ topK: 1, filters, trail });
  });

  it('asks nobody which when there is one choice, and takes no router without a choice', async () => {
    const selector: Selector = { select: () => Promise.reject(new Error('asked')) };
    const choices = [{ retriever: new FakeRetriever([scored('a', 1)]), description: 'all' }];
    expect(ids(await new RouterRetriever({ choices, selector }).retrieve('q'))).toEqual(['a']);
    expect(() => new RouterRetriever({ choices: [], selector })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it.each<[string, Selector]>([
    ['a negative index', fixed(-1)],
    ['an index beyond', fixed(2)],
    ['a fraction', fixed(0.5)],
    ['no index', fixed(undefined)],
    ['one choice twice', fixed(1, 1)],
    ['nothing', fixed()],
    ['no list', { select: async () => 'the first' as never }],
    ['null', { select: async () => [null] as never }],
  ])('refuses a selection of %s, and asks all only where it is told to', async (_what, selector) => {
    const strict = router(selector);
    await expect(strict.retriever.retrieve('q')).rejects.toMatchObject({ code: 'malformed-response' });
    expect(strict.wood.calls.length + strict.stars.calls.length).toBe(0);
    const lenient = router(selector, { onNonsense: 'all' });
    const warnings = await warningsOf(async () =>
      expect(ids(await lenient.retriever.retrieve('q'))).toEqual(['oak', 'sun', 'ash']),
    );
    expect(warnings).toEqual([expect.stringMatching(/^All retrievers of a router were asked/)]);
  });

  it('fails with a selector that fails, also where nonsense is forgiven', async () => {
    const down = new MortiseError('overloaded', 'No room.');
    const { retriever } = router({ select: () => Promise.reject(down) }, { onNonsense: 'all' });
    await expect(retriever.retrieve('q')).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('refuses results of a chosen retriever that are none', async () => {
    const foreign: Retriever = { retrieve: async () => [{ ...scored('a', 1), score: NaN }] };
    const choices = [{ retriever: foreign, description: 'all' }];
    await expect(new RouterRetriever({ choices, selector: fixed(0) }).retrieve('q')).rejects.toMatchObject({
      code: 'malformed-response',
    });
  });
});

describe('LLMSelector', () => {
  const choices = ['trees', 'stars', 'tools'];
  const select = (llm: ScriptedLLM, options = {}) =>
    new LLMSelector({ llm, ...options }).select('oak?', choices);

  it('shows the choices from 1 and gives indexes from 0', async () => {
    const llm = new ScriptedLLM({ replies: ['[{"choice": 2, "reason": "night"}]'] });
    expect(await select(llm)).toEqual([{ index: 1, reason: 'night' }]);
    const asked = JSON.stringify(llm.requests[0]?.messages);
    expect(asked).toContain('(1) trees\\n(2) stars\\n(3) tools');
    expect(asked).toContain('<query>\\noak?\\n</query>');
  });

  it('chooses several where it may', async () => {
    const llm = new ScriptedLLM({ replies: ['[{"choice": 3}, {"choice": 1}]'] });
    expect((await select(llm, { max: 2 })).map(({ index }) => index)).toEqual([2, 0]);
  });

  it('sends nonsense back once, and takes what comes then', async () => {
    const llm = new ScriptedLLM({ replies: ['[{"choice": 0}]', '[{"choice": 1}]'] });
    expect(await select(llm)).toEqual([{ index: 0 }]);
    expect(JSON.stringify(llm.requests[1]?.messages)).toContain('expected a number from 1 to 3');
  });

  it.each([
    ['0', 'validation'],
    ['[{"choice": 4}]', 'validation'],
    ['[{"choice": -1}]', 'validation'],
    ['[{"choice": 1}, {"choice": 2}]', 'validation'],
    ['The trees, of course.', 'parse'],
  ])('rejects for %s: never the neighbour', async (reply, code) => {
    await expect(select(new ScriptedLLM({ replies: [reply, reply] }))).rejects.toMatchObject({ code });
  });

  it('makes a router that refuses nonsense, or asks all', async () => {
    const llm = () => new ScriptedLLM({ replies: ['neither', 'neither'] });
    await expect(router(new LLMSelector({ llm: llm() })).retriever.retrieve('q')).rejects.toMatchObject({
      code: 'parse',
    });
    const lenient = router(new LLMSelector({ llm: llm() }), { onNonsense: 'all' }).retriever;
    expect(ids(await lenient.retrieve('q'))).toEqual(['oak', 'sun', 'ash']);
  });

  it('C-01: an abort reaches the model', async () => {
    const controller = new AbortController();
    const llm = new ScriptedLLM({
      replies: () => {
        controller.abort('stop');
        return new Promise<never>(() => undefined);
      },
    });
    const asked = router(new LLMSelector({ llm }), { onNonsense: 'all' }).retriever;
    await expect(asked.retrieve('q', { signal: controller.signal })).rejects.toBe('stop');
  });
});

describe('EmbeddingSelector', () => {
  const embedding = new HashEmbedding();
  const choices = ['trees and timber', 'stars and planets', 'stars'];

  it('chooses the nearest description, further ones by their nearness', async () => {
    const one = await new EmbeddingSelector({ embedding }).select('planets', choices);
    expect(one).toEqual([{ index: 1, reason: expect.stringMatching(/^similarity 0\.\d{3}$/) }]);
    const indexes = async (options: object) =>
      (await new EmbeddingSelector({ embedding, ...options }).select('stars', choices)).map(
        ({ index }) => index,
      );
    expect(await indexes({ max: 2 })).toEqual([2, 1]);
    expect(await indexes({ max: 3, minSimilarity: 0.9 })).toEqual([2]);
  });

  it('takes the first of equal ones, refuses an empty list and a max that is none', async () => {
    const selector = new EmbeddingSelector({ embedding });
    expect((await selector.select('q', ['same', 'same']))[0]?.index).toBe(0);
    await expect(selector.select('q', [])).rejects.toMatchObject({ code: 'invalid-request' });
    for (const max of [0, 1.5])
      expect(() => new EmbeddingSelector({ embedding, max })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });
});
