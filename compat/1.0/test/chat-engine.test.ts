import { chatEngineConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenChatEngine } from '../src/chat-engine.ts';
import { FrozenQueryEngine } from '../src/query-engine.ts';
import { FrozenSynthesizer } from '../src/synthesizer.ts';

chatEngineConformance(
  { describe, it },
  {
    name: 'frozen',
    create: ({ llm, retriever, ...kept }) => {
      const engine = new FrozenQueryEngine({ retriever, synthesizer: new FrozenSynthesizer(llm) });
      return new FrozenChatEngine(engine, kept);
    },
    declares: ['messages', 'store'],
    reasons: {
      branches: 'It was written before turns had a parent, and keeps them as a list.',
      approvals: 'Its model has no tools.',
    },
  },
);
