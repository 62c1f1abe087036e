import { sourceId, type Node } from '@mortise/core/retriever';
import { paragraphsOf } from './corpus.ts';

/** Documents of which some nodes are missing, or that are of two versions. */
export function wholeness(nodes: readonly Node[]): string[] {
  const documents = new Map<string, Node[]>();
  for (const node of nodes) {
    const id = sourceId(node) ?? '';
    documents.set(id, [...(documents.get(id) ?? []), node]);
  }
  return [...documents].flatMap(([id, own]) => {
    const versions = new Set(own.map((node) => node.id.slice(node.id.lastIndexOf('@'))));
    const found = versions.size > 1 ? [`${id} is of two versions`] : [];
    const texts = own.map(({ text }) => text).join('\n');
    const paragraphs = new Set([...texts.matchAll(/Paragraph (\d+) of/g)].map(([, n]) => n)).size;
    return paragraphs === paragraphsOf(id) ? found : [...found, `${id} is not whole`];
  });
}
