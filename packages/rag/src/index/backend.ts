import { errorText } from '@mortise/core';
import type { Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { emitPoint } from '@mortise/core/events';
import type { Retriever } from '@mortise/core/retriever';
import { heard } from '@mortise/core/shared';
import type { DocumentStore, StoreOptions, VectorStore } from '@mortise/core/store';
import type { HybridRetrieverOptions } from './hybrid-ranking.ts';

/** What holds an index: stores that the caller has given, or memory and a file of its own. */
export interface IndexBackend {
  /** What the pipeline writes to. */
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
  /** Documents, and nodes. */
  readonly size: number;
  readonly nodeCount: number;
  readonly path?: string | undefined;
  /** Whether an update reads everything before it embeds, by default. */
  readonly readFirst: boolean;
  /** Before the first use: takes in what is there. */
  open(options: StoreOptions): Promise<void>;
  /** Takes in what others have written since. */
  refresh(options: StoreOptions): Promise<void>;
  /**
   * Before an update: throws what it would fail by, before anything is paid, and keeps other writers out. What it gives
   * is called after the update, whatever became of it; undefined: nothing is.
   */
  begin(options: StoreOptions): Promise<(() => Promise<void>) | undefined>;
  save(): Promise<void>;
  retriever(embedding: QueryEmbedding, options: HybridRetrieverOptions): Retriever;
}

export type QueryEmbedding = Pick<EmbeddingModel, 'embedQuery'>;

/** Tells a warning to the caller and to everybody who listens. */
export function warner(onWarning: ((warning: Warning) => void) | undefined) {
  return (type: string, message: string): void => {
    emitPoint('warning', { type, message });
    heard(onWarning?.({ type, message }));
  };
}

export function sentence(error: unknown): string {
  const message = errorText(error);
  return message.endsWith('.') ? message : `${message}.`;
}
