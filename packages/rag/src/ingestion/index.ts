export { CommittedVectorStore, committedNodes, type CommittedVectorStoreOptions } from './committed.ts';
export type {
  DocumentSource,
  IngestionPipelineOptions,
  IngestionStrategy,
  IngestFailure,
  IngestOptions,
  IngestProgress,
  IngestReport,
} from './contract.ts';
export { IngestionPipeline } from './pipeline.ts';
