import { createTextNode, type Evidence, type NodeWithScore } from '@mortise/core/retriever';
import { describe, expect, test } from 'vitest';
import { EvidenceCutoff, namesIn } from '../evidence.ts';

const cutoff = new EvidenceCutoff({ topK: 2 });

const found = (text: string, evidence: Evidence): NodeWithScore => ({
  node: createTextNode({ text }),
  score: 1,
  evidence,
});

const textsAfter = async (question: string, nodes: NodeWithScore[]): Promise<string[]> => {
  return (await cutoff.postprocess(question, nodes)).map(({ node }) => node.text);
};

describe('it leaves', () => {
  test('nothing when no source holds half of what was asked about, whatever its score', async () => {
    expect(await textsAfter('why?', [found('a', { coverage: 0.49, similarity: 0.6 })])).toEqual([]);
  });

  test('a source that holds half of it', async () => {
    expect(await textsAfter('why?', [found('a', { coverage: 0.5, similarity: 0.1 })])).toEqual(['a']);
  });

  test('a source that says it in other words', async () => {
    expect(await textsAfter('why?', [found('a', { coverage: 0, similarity: 0.85 })])).toEqual(['a']);
  });

  test('of the further sources those that come near the best, and no more than asked for', async () => {
    const nodes = [1, 0.4, 0.6, 0.9].map((coverage) => found(String(coverage), { coverage }));
    expect(await textsAfter('why?', nodes)).toEqual(['1']);
    expect(await textsAfter('why?', nodes.slice(2))).toEqual(['0.6', '0.9']);
  });

  test('only sources with the name that was asked about, where there are any', async () => {
    const nodes = [found('Ada waits a minute.', { coverage: 0.9 }), found('Bob waits.', { coverage: 0.6 })];
    expect(await textsAfter('How long does Bob wait?', nodes)).toEqual(['Bob waits.']);
    expect(await textsAfter('How long does Cy wait?', nodes)).toHaveLength(2);
  });
});

describe('names are', () => {
  test.for([
    ['What does the Bun SDK do in MiniSearch?', ['bun', 'sdk', 'minisearch']],
    ['MiniSearch removes what?', ['minisearch']],
    ['Which updates are allowed?', []],
    ['WHY IS IT SO?', []],
  ] as [string, string[]][])('%s', ([question, names]) => {
    expect([...namesIn(question)]).toEqual(names);
  });
});
