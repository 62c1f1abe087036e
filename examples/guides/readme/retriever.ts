import { BaseRetriever, createTextNode, type NodeWithScore, type Query } from '@mortise/core';

const facts = ['Mortise joints are older than nails.', 'A tenon is cut to fit its mortise.'];

class FactRetriever extends BaseRetriever {
  async doRetrieve({ query }: Query): Promise<NodeWithScore[]> {
    const words = query.toLowerCase().match(/\w{3,}/g) ?? [];
    const score = (text: string) => words.filter((word) => text.includes(word)).length / words.length;
    const nodes = facts.map((text) => ({ node: createTextNode({ text }), score: score(text) }));
    return nodes.sort((a, b) => b.score - a.score);
  }
}

const [best] = await new FactRetriever().retrieve('How is a tenon cut?', { topK: 1 });
console.log(best?.score.toFixed(2), best?.node.text);
