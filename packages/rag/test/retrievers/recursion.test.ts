import { describe, expect, it } from 'vitest';
import { createIndexNode, createTextNode, type Node, type RetrievalObject } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  AutoMergingRetriever,
  BM25Retriever,
  FusionRetriever,
  LLMSelector,
  RouterRetriever,
} from '@mortise/rag';
import { FakeRetriever, ids, scored } from './fake.ts';

const summary = (indexId: string, text: string) => createIndexNode({ id: `about-${indexId}`, text, indexId });

describe('the retrievers of this package, one in another', () => {
  it('R-01: recursion over two levels: summaries of shelves lead to summaries of books, and these to pages', async () => {
    const pages = new BM25Retriever({
      nodes: [
        createTextNode({ id: 'tenon', text: 'A tenon is cut to fit its mortise.' }),
        createTextNode({ id: 'glue', text: 'Glue holds a loose tenon.' }),
      ],
    });
    const books = new BM25Retriever({
      nodes: [summary('joints', 'A book about tenon and mortise joints')],
      objects: { joints: pages },
    });
    const shelves = new BM25Retriever({
      nodes: [
        summary('carpentry', 'The shelf with books on the tenon'),
        summary('stars', 'The shelf on the sky'),
      ],
      objects: new Map<string, RetrievalObject>([['carpentry', books]]),
    });
    expect(ids(await shelves.retrieve('tenon mortise'))).toEqual(['tenon', 'glue']);
  });

  it('R-01: a cycle is refused, through a fusion and a router as well', async () => {
    const objects = new Map<string, RetrievalObject>();
    const nodes = [summary('again', 'all about tenons')];
    const shelf = new BM25Retriever({ nodes, objects });
    const fusion = new FusionRetriever({
      retrievers: [{ retriever: shelf }, { retriever: new FakeRetriever([]) }],
    });
    const choices = [{ retriever: fusion, description: 'everything' }];
    objects.set(
      'again',
      new RouterRetriever({ choices, selector: new LLMSelector({ llm: new ScriptedLLM({ replies: [] }) }) }),
    );
    await expect(shelf.retrieve('tenons')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining("in a circle: 'again' > 'again'"),
    });
  });

  it('R-01: a dangling id is configuration and is named, from below a fusion too', async () => {
    const shelf = new BM25Retriever({
      nodes: [summary('gone', 'all about tenons')],
      objects: {},
      name: 'Shelf',
    });
    const fusion = new FusionRetriever({ retrievers: [{ retriever: shelf }] });
    for (const retriever of [shelf, fusion])
      await expect(retriever.retrieve('tenons')).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringMatching(/'about-gone' stands for 'gone'.*Shelf/),
      });
  });

  it('R-04: a router into an auto-merging retriever: topK, filters and signal go all the way, the parent comes back', async () => {
    const relationships = { parent: { id: 'chapter' } };
    const metadata = { lang: 'en' };
    const parts = ['one', 'two', 'three'].map((id) =>
      createTextNode({ id, text: `tenon ${id}`, metadata, relationships }),
    );
    const children = [...parts.map(({ id }) => ({ id })), { id: 'four' }];
    const chapter = createTextNode({ id: 'chapter', text: 'tenons', metadata, relationships: { children } });
    const leaves = new FakeRetriever(parts.map((node, at) => ({ node, score: 0.9 - at * 0.3 })));
    const nodes = async (wanted: readonly string[]): Promise<(Node | undefined)[]> =>
      wanted.map((id) => (id === 'chapter' ? chapter : undefined));
    const choices = [
      { retriever: new FakeRetriever([scored('sun', 1)]), description: 'stars' },
      { retriever: new AutoMergingRetriever({ retriever: leaves, nodes }), description: 'wood' },
    ];
    const llm = new ScriptedLLM({ replies: ['[{"choice": 2}]'] });
    const router = new RouterRetriever({ choices, selector: new LLMSelector({ llm }) });
    const filters = { key: 'lang', op: '==', value: 'en' } as const;
    const { signal } = new AbortController();

    const results = await router.retrieve('How is a tenon cut?', { topK: 3, filters, signal });
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['chapter', expect.closeTo(0.6, 12)],
    ]);
    expect(leaves.calls[0]).toMatchObject({ topK: 3, filters });
    expect(leaves.calls[0]?.signal.aborted).toBe(false);
  });
});
