import type { Node } from '@mortise/core/retriever';
import type { ConformanceCase } from '../frame/case.ts';
import { hostileValues } from '../shared/hostile-json.ts';
import type { DocumentStoreSubject } from './subject.ts';
import { idsOf, opened, textNode } from './lab.ts';

/** What comes from JavaScript where JSON belongs. */
export const outsideCases: readonly ConformanceCase<DocumentStoreSubject>[] = [
  {
    id: 'docs-refuses-metadata',
    rule: 'S-03',
    title: 'refuses what is not JSON or has no end, typed, in nodes, and goes on as before',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      await store.upsert([textNode('a')]);
      for (const [what, value] of hostileValues()) {
        const metadata = { value } as never;
        const node: Node = { ...textNode('b'), metadata };
        await context.check.error(store.upsert([node]), 'invalid-request', `a node with ${what}`);
      }
      context.check.equal(await idsOf(store), ['a'], 'the nodes that are there');
      const embedding = [1, 2] as unknown as Float32Array;
      const listed = store.upsert([{ ...textNode('c'), embedding }]);
      await context.check.error(listed, 'invalid-request', 'a list for an embedding');
    },
  },
];
