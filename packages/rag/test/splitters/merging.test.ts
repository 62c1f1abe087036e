import { describe, expect, it } from 'vitest';
import { createDocument, type Node } from '@mortise/core/retriever';
import {
  AutoMergingRetriever,
  BM25Retriever,
  HierarchicalSplitter,
  leafNodes,
  MemoryDocumentStore,
} from '@mortise/rag';
import { words } from './arbitrary.ts';

const text = [
  '# Tides\n\nSpring tides follow the full moon. Neap tides follow the half moon. Tides turn twice a day.',
  '# Boats\n\nA skiff is a small boat. A trawler drags a net. A tender serves a larger ship.',
].join('\n\n');

const splitter = new HierarchicalSplitter({ tokenizer: words, sizes: [40, 8], format: 'markdown' });

describe('the chunks of a HierarchicalSplitter under an AutoMergingRetriever', () => {
  const retrieve = async (query: string) => {
    const chunks = splitter.split(createDocument({ id: 'harbour', text }));
    const nodes = new MemoryDocumentStore();
    await nodes.upsert(chunks satisfies readonly Node[]);
    const retriever = new BM25Retriever({ nodes: leafNodes(chunks) });
    const found = await new AutoMergingRetriever({ retriever, nodes }).retrieve(query);
    return found.map(({ node }) => node);
  };

  it('a section of which most is found takes the place of its pieces, with its place in the document', async () => {
    const [section, ...others] = await retrieve('tides and the moon');
    expect(others).toEqual([]);
    expect(section).toMatchObject({ id: 'harbour#0', metadata: { section: 'Tides' } });
    const { text: body, start, end } = section as Extract<Node, { type: 'text' }>;
    expect(body).toBe(text.slice(start, end));
    expect(body).toContain('Tides turn twice a day.');
  });

  it('a piece that is found alone stays a piece', async () => {
    const found = (await retrieve('trawler')).map((node) => (node.type === 'text' ? node.text : ''));
    expect(found).toEqual(['A trawler drags a net.']);
  });
});
