import { createTextNode, type CallOptions, type NodeWithScore } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';

/** What a pipeline is made of, anew for each case: doubles, whose methods may be spoilt. */
export const asked = (): CallOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 300,
  deadlineMs: 400,
  parent: 'x',
});

function foundNode(id: string, score: number): NodeWithScore {
  const node = createTextNode({
    id,
    text: `Text of ${id}. Tea is made of leaves.`,
    metadata: { a: 1, list: ['x'] },
    relationships: { source: { id: 'doc' }, parent: { id: 'p' }, next: { id: 'after' } },
  });
  return { node, score, evidence: { similarity: score, bm25: 1 } };
}

export const found = (): NodeWithScore[] => [foundNode('a', 0.9), foundNode('b', 0.5)];

export const lookup = () => ({
  getMany: async (ids: readonly string[]) =>
    ids.map((id) => ({
      ...foundNode(id, 1).node,
      relationships: { source: { id: 'doc' }, children: [{ id: 'a' }, { id: 'b' }] },
    })),
});

export const retriever = () => ({ retrieve: async () => found() });

/** Answers `text`, whatever it is asked. */
export function says(text: string): ScriptedLLM {
  return new ScriptedLLM({ replies: () => text, retry: false, timeoutMs: 300, deadlineMs: 400 });
}

export const embedding = () => new HashEmbedding({ dimensions: 4 });

export const selector = () => ({ select: async () => [{ index: 0, reason: 'r' }] });

export const reranker = () => ({
  rerank: async () => ({
    results: [
      { index: 1, score: 0.9 },
      { index: 0, score: 0.1 },
    ],
    warnings: [],
  }),
});
