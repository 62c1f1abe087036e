import {
  chatEngineConformance,
  type ChatEngineSubject,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import {
  createCondenseChatEngine,
  createContextChatEngine,
  createQueryEngine,
  createToolsChatEngine,
  engineTool,
} from '@mortise/rag';

const chatEngines: Readonly<Record<string, ChatEngineSubject['create']>> = {
  'with context': ({ llm, retriever, ...memory }) => createContextChatEngine({ llm, retriever }, memory),
  'with context, uncondensed': ({ llm, retriever, ...memory }) =>
    createContextChatEngine({ llm, retriever }, { ...memory, condense: false }),
  'by condensed questions': ({ llm, retriever, ...memory }) =>
    createCondenseChatEngine({ llm, engine: createQueryEngine({ llm, retriever }) }, memory),
  'with tools': ({ llm, retriever, ...memory }) => {
    const engine = createQueryEngine({ llm, retriever });
    return createToolsChatEngine(
      { llm, tools: [engineTool(engine, { name: 'wood', description: 'Knows wood.' })] },
      memory,
    );
  },
};

export function wireChatEngines(functions: TestFunctions): ConformanceResults[] {
  return Object.entries(chatEngines).map(([name, create]) =>
    chatEngineConformance(functions, { name, create, declares: ['messages', 'store', 'branches'] }),
  );
}
