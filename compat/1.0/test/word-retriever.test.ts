import { retrieverConformance } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import { describe, expect, it } from 'vitest';
import { FrozenFirstRetriever, FrozenWordRetriever } from '../src/word-retriever.ts';

retrieverConformance(
  { describe, it },
  {
    name: 'frozen',
    create: ({ nodes, objects }) => new FrozenWordRetriever(nodes, { objects }),
    compose: (inner) => new FrozenFirstRetriever(new FrozenWordRetriever([]), inner),
    declares: ['filters', 'recursion', 'nesting', 'scores', 'spans'],
  },
);

it('R-02: asks the next one only where the first found nothing', async () => {
  const [wood, stone] = ['wood', 'stone'].map(
    (id) => new FrozenWordRetriever([createTextNode({ id, text: id })]),
  );
  const first = new FrozenFirstRetriever(wood as FrozenWordRetriever, stone as FrozenWordRetriever);
  const ids = async (query: string) => (await first.retrieve(query)).map(({ node }) => node.id);
  expect(await ids('stone or wood')).toEqual(['wood']);
  expect(await ids('stone')).toEqual(['stone']);
  expect(await ids('glass')).toEqual([]);
});
