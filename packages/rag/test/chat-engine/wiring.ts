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
import { withApprovals } from './with-approvals.ts';

const chatEngines: Readonly<Record<string, ChatEngineSubject['create']>> = {
  'with context': ({ llm, retriever, ...memory }) => createContextChatEngine({ llm, retriever }, memory),
  'with context, uncondensed': ({ llm, retriever, ...memory }) =>
    createContextChatEngine({ llm, retriever }, { ...memory, condense: false }),
  'by condensed questions': ({ llm, retriever, ...memory }) =>
    createCondenseChatEngine({ llm, engine: createQueryEngine({ llm, retriever }) }, memory),
};

const withTools: ChatEngineSubject['create'] = (parts) => {
  if (parts.tool !== undefined) return withApprovals(parts);
  const { llm, retriever, messages, persist } = parts;
  const engine = createQueryEngine({ llm, retriever });
  const wood = engineTool(engine, { name: 'wood', description: 'Knows wood.' });
  return createToolsChatEngine({ llm, tools: [wood] }, { messages, persist });
};

const declares = ['messages', 'store', 'branches'] as const;
const reasons = { approvals: 'Its model has no tools.' };

export function wireChatEngines(functions: TestFunctions): ConformanceResults[] {
  const own = Object.entries(chatEngines).map(([name, create]) =>
    chatEngineConformance(functions, { name, create, declares, reasons }),
  );
  const name = 'with tools';
  const approving = [...declares, 'approvals'] as const;
  return [...own, chatEngineConformance(functions, { name, create: withTools, declares: approving })];
}
