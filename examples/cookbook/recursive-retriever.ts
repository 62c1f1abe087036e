/**
 * A retriever of one's own that leads to others: summaries of handbooks are searched first, and what is found leads into the handbook
 * itself. `node recursive-retriever.ts "How long do I season oak?"`
 */
import { BaseRetriever, createIndexNode, createTextNode, type Query, type RetrieveCall } from '@mortise/core';
import type { IndexNode } from '@mortise/core/retriever';
import { BM25Index, BM25Retriever } from '@mortise/rag';

const HANDBOOKS = {
  drying: {
    about: 'Seasoning and drying of timber: how long, how warm, how moist.',
    pages: ['Oak is seasoned a year for each 25 mm.', 'A kiln dries pine in nine days.'],
  },
  glue: {
    about: 'Glues and adhesives, and how long they take.',
    pages: ['Hide glue opens again with heat.', 'Epoxy fills gaps.'],
  },
};

/** Finds the handbook by its summary. Its nodes are doors: `objects` says where each leads. */
class HandbookRetriever extends BaseRetriever {
  readonly #doors: readonly IndexNode[];

  constructor(handbooks: typeof HANDBOOKS) {
    const entries = Object.entries(handbooks);
    const objects = Object.fromEntries(entries.map(([name, { pages }]) => [name, pagesOf(name, pages)]));
    super({ objects });
    this.#doors = entries.map(([name, { about }]) =>
      createIndexNode({ id: name, text: about, indexId: name }),
    );
  }

  async doRetrieve({ query }: Query, { topK = 2 }: RetrieveCall) {
    const words = new Set(query.toLowerCase().match(/\p{L}{3,}/gu));
    const score = (text: string): number =>
      text
        .toLowerCase()
        .match(/\p{L}{3,}/gu)
        ?.filter((word) => words.has(word)).length ?? 0;
    return this.#doors
      .map((node) => ({ node, score: score(node.text) }))
      .filter((found) => found.score > 0)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, topK);
  }
}

/** Any retriever will do: an index, a database, a service. */
function pagesOf(name: string, pages: readonly string[]): BM25Retriever {
  const index = new BM25Index();
  index.upsert(
    pages.map((text, at) => createTextNode({ id: `${name}/${at + 1}`, text, metadata: { name } })),
  );
  return new BM25Retriever({ index, topK: 2 });
}

const retriever = new HandbookRetriever(HANDBOOKS);
for (const { node, score } of await retriever.retrieve(process.argv[2] ?? 'How long do I season oak?'))
  console.log(`${node.id} ${score.toFixed(2)}: ${node.text}`);
