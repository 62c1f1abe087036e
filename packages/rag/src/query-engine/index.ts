export { createCitationQueryEngine, type CreateCitationQueryEngineOptions } from './citation-query-engine.ts';
export { engineTool, type EngineToolOptions } from './engine-tool.ts';
export { engineToolResult, type EngineToolResult, type EngineToolSource } from './engine-tool-result.ts';
export type { Finding } from './find-nodes.ts';
export type { DescribedEngine, PlanningOptions } from './plan.ts';
export {
  createQueryEngine,
  RetrieverQueryEngine,
  type CreateQueryEngineOptions,
  type RetrieverQueryEngineOptions,
} from './retriever-query-engine.ts';
export { RouterQueryEngine, type RouterQueryEngineOptions } from './router-query-engine.ts';
export { SubQuestionQueryEngine, type SubQuestionQueryEngineOptions } from './sub-question-query-engine.ts';
