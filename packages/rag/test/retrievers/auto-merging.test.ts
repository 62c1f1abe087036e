import { describe, expect, it } from 'vitest';
import { createTextNode, type Node, type NodeWithScore, type Retriever } from '@mortise/core/retriever';
import { AutoMergingRetriever, type AutoMergingRetrieverOptions } from '@mortise/rag';
import { FakeRetriever, ids, warningsOf } from './fake.ts';

/** A tree: `book` has the chapters `a` and `b`, each of which has four pages, `a1` to `a4`. */
const tree = new Map<string, Node>();
function grow(id: string, parent: string | undefined, children: readonly string[]): void {
  const relationships = {
    source: { id: 'file' },
    ...(parent === undefined ? {} : { parent: { id: parent } }),
    ...(children.length === 0 ? {} : { children: children.map((child) => ({ id: child })) }),
  };
  tree.set(
    id,
    createTextNode({ id, text: `text of ${id}`, metadata: { of: id[0] as string }, relationships }),
  );
}
const pages = (chapter: string) => [1, 2, 3, 4].map((n) => `${chapter}${n}`);
grow('book', undefined, ['a', 'b']);
for (const chapter of ['a', 'b']) {
  grow(chapter, 'book', pages(chapter));
  for (const page of pages(chapter)) grow(page, chapter, []);
}

const hit = (id: string, score: number, evidence?: NodeWithScore['evidence']): NodeWithScore => ({
  node: tree.get(id) as Node,
  score,
  ...(evidence === undefined ? {} : { evidence }),
});
const lookup = async (wanted: readonly string[]) => wanted.map((id) => tree.get(id));

function merging(found: readonly NodeWithScore[], options: Partial<AutoMergingRetrieverOptions> = {}) {
  return new AutoMergingRetriever({ retriever: new FakeRetriever(found), nodes: lookup, ...options });
}

describe('AutoMergingRetriever', () => {
  it('puts a parent in the place of its children when more than half of them were found', async () => {
    const results = await merging([hit('a1', 0.9), hit('b1', 0.5), hit('a2', 0.4), hit('a3', 0.2)]).retrieve(
      'q',
    );
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['a', expect.closeTo(0.5, 12)],
      ['b1', 0.5],
    ]);
    // Two of four are not more than half.
    expect(ids(await merging([hit('a1', 0.9), hit('a2', 0.4)]).retrieve('q'))).toEqual(['a1', 'a2']);
  });

  it('goes up level by level, as long as enough of a level is there', async () => {
    const found = [...pages('a'), 'b1', 'b2', 'b3'].map((id, at) => hit(id, 1 - at / 10));
    expect(ids(await merging(found).retrieve('q'))).toEqual(['book']);
    expect(ids(await merging(found, { maxLevels: 1 }).retrieve('q'))).toEqual(['a', 'b']);
    // A page of another level counts for its own parent alone.
    expect(ids(await merging([hit('a', 0.3), hit('b1', 0.9)]).retrieve('q'))).toEqual(['b1', 'a']);
  });

  it('sorts anew, and keeps the best evidence', async () => {
    const found = [
      hit('b1', 0.8),
      hit('a1', 0.7, { similarity: 0.7, coverage: 0.1 }),
      hit('a2', 0.1, { similarity: 0.2, coverage: 0.6 }),
      hit('a3', 0.1),
    ];
    const results = await merging(found).retrieve('q');
    expect(results.map(({ node, evidence }) => [node.id, evidence])).toEqual([
      ['b1', undefined],
      ['a', { similarity: 0.7, coverage: 0.6 }],
    ]);
  });

  it('R-02: keeps scores of 0 and below', async () => {
    const results = await merging([hit('b1', 0), hit('a1', 0), hit('a2', -3), hit('a3', 0)]).retrieve('q');
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['b1', 0],
      ['a', -1],
    ]);
  });

  it('takes a parent that was found besides once', async () => {
    const results = await merging([hit('a', 0.1), ...pages('a').map((id) => hit(id, 0.6))]).retrieve('q');
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([['a', expect.closeTo(0.6, 12)]]);
  });

  it.each([
    [0, 1, ['book']],
    [0.5, 2, ['a1', 'a2']],
    [0.75, 3, ['a1', 'a2', 'a3']],
    [1, 3, ['a1', 'a2', 'a3']],
    [1, 4, ['a']],
  ])('with a threshold of %d and %d of four children gives %j', async (threshold, count, expected) => {
    const found = pages('a')
      .slice(0, count)
      .map((id, at) => hit(id, 1 - at / 10));
    expect(ids(await merging(found, { threshold }).retrieve('q'))).toEqual(expected);
  });

  it('looks every parent up once, in a store or by a function, under the signal', async () => {
    const asked: (readonly string[])[] = [];
    const signals: unknown[] = [];
    const found = [...pages('a'), ...pages('b')].map((id, at) => hit(id, 1 - at / 10));
    const store = {
      async getMany(wanted: readonly string[], options?: { signal?: AbortSignal | undefined }) {
        asked.push(wanted);
        signals.push(options?.signal);
        return lookup(wanted);
      },
    };
    expect(ids(await merging(found, { nodes: store }).retrieve('q'))).toEqual(['book']);
    expect(asked).toEqual([['a', 'b'], ['book']]);
    expect(signals.every((signal) => signal instanceof AbortSignal)).toBe(true);
  });

  it('leaves children alone whose parent is not there or does not know them, and says so', async () => {
    const orphan = (id: string) => {
      const relationships = { parent: { id: 'gone' } };
      return { node: createTextNode({ id, text: id, relationships }), score: 1 };
    };
    const warnings = await warningsOf(async () =>
      expect(ids(await merging([orphan('x'), orphan('y')]).retrieve('q'))).toEqual(['x', 'y']),
    );
    expect(warnings).toEqual(["Some nodes were not merged: the parent 'gone' is not there."]);
    const childless = async () => [createTextNode({ id: 'gone', text: '' })];
    const more = await warningsOf(() => merging([orphan('x')], { nodes: childless }).retrieve('q'));
    expect(more).toEqual([expect.stringContaining('does not say what its children are')]);
  });

  it('R-04: hands topK and filters down; a parent that the filters hide does not come', async () => {
    const retriever = new FakeRetriever(pages('a').map((id) => hit(id, 1)));
    const auto = new AutoMergingRetriever({ retriever, nodes: lookup, candidates: 40 });
    const filters = { key: 'of', op: '==', value: 'a' } as const;
    expect(ids(await auto.retrieve('q', { topK: 3, filters }))).toEqual(['a']);
    expect(retriever.calls[0]).toMatchObject({ topK: 40, filters });
    const hiding = { key: 'of', op: '==', value: 'book' } as const;
    expect(ids(await auto.retrieve('q', { topK: 3, filters: hiding }))).toEqual(['a1', 'a2', 'a3']);
    await auto.retrieve('q', { topK: 50 });
    expect(retriever.calls[2]?.topK).toBe(50);
  });

  it('refuses parents in a circle, also a node that is its own', async () => {
    const relationships = (id: string) => ({ parent: { id }, children: [{ id }] });
    const circle = new Map(
      [
        ['x', 'y'],
        ['y', 'x'],
        ['z', 'z'],
      ].map(([id = '', other = '']) => [
        id,
        createTextNode({ id, text: id, relationships: relationships(other) }),
      ]),
    );
    const nodes = async (wanted: readonly string[]) => wanted.map((id) => circle.get(id));
    for (const id of ['x', 'z']) {
      const found = [{ node: circle.get(id) as Node, score: 1 }];
      await expect(merging(found, { nodes }).retrieve('q')).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringContaining('in a circle'),
      });
    }
  });

  it('refuses a threshold or a number of levels that is none, and results that are none', async () => {
    for (const options of [{ threshold: -0.1 }, { threshold: 1.1 }, { threshold: NaN }, { maxLevels: 0 }])
      expect(() => merging([], options)).toThrow(expect.objectContaining({ code: 'configuration' }));
    const foreign: Retriever = { retrieve: async () => [hit('a1', NaN)] };
    await expect(merging([], { retriever: foreign }).retrieve('q')).rejects.toMatchObject({
      code: 'malformed-response',
    });
  });
});
