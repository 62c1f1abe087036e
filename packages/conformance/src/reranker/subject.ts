import type { ModelSettings } from '@mortise/core/call';
import type { Reranker, RerankerMetadata } from '@mortise/core/reranker';
import type { RerankDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';

export interface RerankerTarget {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Spread it into the options: retries are quick then, and the server of the suite has its name. */
  readonly settings: Pick<ModelSettings, 'retry' | 'name'> & OwnHeaders;
}

/** A reranker under test, and the wire that it speaks. */
export interface RerankerConformanceOptions {
  /** A new instance that speaks to `target.url`. */
  readonly create: (target: RerankerTarget) => Reranker;
  /** Absent for a reranker that runs in this process: what needs a server is then shown as skipped. */
  readonly dialect?: RerankDialect | undefined;
  /** What the implementation says of itself: its `metadata`. */
  readonly declares: RerankerMetadata;
  /** Why a feature is not there, by its name. */
  readonly reasons?: Readonly<Partial<Record<RerankerFeature | (string & {}), string>>> | undefined;
  /** In titles and reports. Default: the dialect's name. */
  readonly name?: string | undefined;
}

/** What the cases of the reranker suite work with. */
export type RerankerSubject = Pick<RerankerConformanceOptions, 'create' | 'dialect' | 'declares'>;

/**
 * What a case of the reranker suite may require. `maxDocuments`: there is a limit to what one request takes. `headers`: it
 * sends those of the application; declared unless a reason says why not.
 */
export type RerankerFeature = 'headers' | 'maxDocuments';
