import { queryEngineConformance } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { FrozenPermissionFilter } from '../src/postprocessor.ts';
import { FrozenQueryEngine } from '../src/query-engine.ts';
import { FrozenSynthesizer } from '../src/synthesizer.ts';
import { FrozenWordRetriever } from '../src/word-retriever.ts';

queryEngineConformance(
  { describe, it },
  {
    name: 'frozen',
    create: ({ llm, retriever }) =>
      new FrozenQueryEngine({ retriever, synthesizer: new FrozenSynthesizer(llm) }),
    declares: ['model', 'retriever', 'sources'],
  },
);

it('Z-03: answers from what the postprocessors leave', async () => {
  const nodes = ['open', 'secret'].map((id) => createTextNode({ id, text: `${id} tides` }));
  const llm = new ScriptedLLM({ replies: ['The moon.'] });
  const engine = new FrozenQueryEngine({
    retriever: new FrozenWordRetriever(nodes),
    synthesizer: new FrozenSynthesizer(llm),
    postprocessors: [new FrozenPermissionFilter(async () => ['open'])],
  });
  const { text, sources } = await engine.query('Why are there tides?');
  expect([text, sources.map(({ node }) => node.id)]).toEqual(['The moon.', ['open']]);
  expect(JSON.stringify(llm.requests)).not.toContain('secret');
});
