import {
  queryEngineConformance,
  type ConformanceResults,
  type QueryEngineFeature,
  type QueryEngineSubject,
  type TestFunctions,
} from '@mortise/conformance';
import { toQuery } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  createCitationQueryEngine,
  createCondenseChatEngine,
  createContextChatEngine,
  createQueryEngine,
  RouterQueryEngine,
  SubQuestionQueryEngine,
  type ChatEngine,
} from '@mortise/rag';

type Create = QueryEngineSubject['create'];

const other = createQueryEngine({
  llm: new ScriptedLLM({ replies: [] }),
  retriever: { retrieve: () => Promise.reject(new Error('The other engine is not to be asked.')) },
});

const router: Create = (parts) => {
  const llm = new ScriptedLLM({ replies: () => '{"choice": 2, "reason": "It knows wood."}' });
  const engines = [
    { name: 'other', description: 'Knows nothing.', engine: other },
    { name: 'wood', description: 'Knows wood.', engine: createQueryEngine(parts) },
  ];
  return new RouterQueryEngine({ llm }, { engines });
};

const subQuestion: Create = ({ llm, retriever }) => {
  const planner = new ScriptedLLM({
    replies: () => '{"questions": [{"question": "Is oak hard?", "engine": 1}]}',
  });
  const engine = createQueryEngine({ llm, retriever });
  const engines = [{ name: 'wood', description: 'Knows wood.', engine }];
  return new SubQuestionQueryEngine({ llm, planner }, { engines });
};

/** The first turn of a conversation, each time of a new one. */
function firstTurn(open: (parts: Parameters<Create>[0]) => ChatEngine): Create {
  return (parts) => ({
    query: (input, options) => open(parts).chat(toQuery(input).query, options),
    streamQuery: (input, options) => open(parts).streamChat(toQuery(input).query, options),
  });
}

export const queryEngines: Readonly<Record<string, Create>> = {
  retriever: (parts) => createQueryEngine(parts),
  router,
  'sub-question': subQuestion,
  'chat with context': firstTurn((parts) => createContextChatEngine(parts)),
  'chat by condensed questions': firstTurn(({ llm, retriever }) =>
    createCondenseChatEngine({ llm, engine: createQueryEngine({ llm, retriever }) }),
  ),
};

const features: readonly QueryEngineFeature[] = ['model', 'retriever', 'sources'];

export function wireQueryEngines(functions: TestFunctions): ConformanceResults[] {
  return [
    ...Object.entries(queryEngines).map(([name, create]) =>
      queryEngineConformance(functions, { name, create, declares: features }),
    ),
    queryEngineConformance(functions, {
      name: 'citation',
      create: (parts) => createCitationQueryEngine(parts),
      declares: ['model', 'retriever'],
      reasons: { sources: 'It answers from smaller nodes, cut from those that were found.' },
    }),
  ];
}
