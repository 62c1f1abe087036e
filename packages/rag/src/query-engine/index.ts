export {
  createQueryEngine,
  RetrieverQueryEngine,
  type CreateQueryEngineOptions,
  type RetrieverQueryEngineOptions,
} from './retriever-query-engine.ts';
