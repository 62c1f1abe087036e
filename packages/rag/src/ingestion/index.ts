export { CommittedVectorStore, committedNodes, type CommittedVectorStoreOptions } from './committed.ts';
export type {
  DocumentSource,
  IngestionPipelineOptions,
  IngestionStrategy,
  IngestOptions,
  IngestProgress,
  IngestReport,
} from './contract.ts';
export { IngestionPipeline } from './pipeline.ts';
