import type { BaseEmbeddingOptions, EmbeddingMetadata, EmbeddingModel } from '@mortise/core/embedding';
import type { EmbeddingDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';

/** Where the implementation under test must send to, and what it must be created with. */
export interface EmbeddingTarget {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Spread it into the options: retries are quick. */
  readonly settings: Pick<BaseEmbeddingOptions, 'retry' | 'name'> & OwnHeaders;
}

export interface EmbeddingConformanceOptions {
  /** A new instance that speaks to `target.url`. */
  readonly create: (target: EmbeddingTarget) => EmbeddingModel;
  /** Absent for a model that runs in this process: what needs a server is then shown as skipped. */
  readonly dialect?: EmbeddingDialect | undefined;
  /** What the implementation says of itself: its `metadata`. */
  readonly declares: EmbeddingMetadata;
  /** Why a feature is not there, by its name. One for `on-batch` says that the model does not call it, one for `headers` that it takes none. */
  readonly reasons?: Readonly<Partial<Record<EmbeddingFeature | (string & {}), string>>> | undefined;
  /** In titles and reports. Default: the dialect's name. */
  readonly name?: string | undefined;
}

/** What the cases of the embedding suite work with. */
export type EmbeddingSubject = Pick<EmbeddingConformanceOptions, 'create' | 'dialect' | 'declares'>;

/** What a case of the embedding suite may require, besides what the wire must be able to say. */
export type EmbeddingFeature = 'asymmetric' | 'dimensions' | 'headers' | 'image' | 'on-batch';
