import { postprocessorConformance } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import { describe, expect, it } from 'vitest';
import { FrozenPermissionFilter } from '../src/postprocessor.ts';

postprocessorConformance(
  { describe, it },
  {
    name: 'frozen',
    create: ({ reached }) =>
      new FrozenPermissionFilter(async (ids, signal) => {
        await reached(signal);
        return ids.filter((id) => id !== 'n3');
      }),
    declares: ['best-first', 'subset', 'scores', 'outside'],
  },
);

it('N-02: leaves out what the reader may not see', async () => {
  const nodes = ['a', 'b', 'c'].map((id, at) => ({ node: createTextNode({ id, text: id }), score: -at }));
  const filter = new FrozenPermissionFilter(async () => ['c', 'a']);
  expect(await filter.postprocess('q', nodes)).toEqual([nodes[0], nodes[2]]);
});
