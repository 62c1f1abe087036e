import type { BaseEmbeddingOptions, EmbeddingMetadata, EmbeddingModel } from '@mortise/core/embedding';
import type { EmbeddingDialect } from '../dialects/contract.ts';
import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { OwnHeaders } from '../shared/probe.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, WIRE, type TestFunctions } from '../frame/conformance.ts';
import { embeddingSuite } from './suite.ts';

/** Where the implementation under test must send to, and what it must be created with. */
export interface EmbeddingTarget {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Spread it into the options: retries are quick, and some cases bring a cache. */
  readonly settings: Pick<BaseEmbeddingOptions, 'retry' | 'cache'> & OwnHeaders;
}

export interface EmbeddingConformanceOptions {
  /** A new instance that speaks to `target.url`. */
  readonly create: (target: EmbeddingTarget) => EmbeddingModel;
  /** Absent for a model that runs in this process: what needs a server is then shown as skipped. */
  readonly dialect?: EmbeddingDialect | undefined;
  /** What the implementation says of itself: its `metadata`. */
  readonly declares: EmbeddingMetadata;
  /** Why a feature is not there, by its name. One for `cache` says that the implementation takes none. */
  readonly reasons?: Readonly<Partial<Record<EmbeddingFeature | (string & {}), string>>> | undefined;
  /** In titles and reports. Default: the dialect's name. */
  readonly name?: string | undefined;
}

/** What the cases of the embedding suite work with. */
export type EmbeddingSubject = Pick<EmbeddingConformanceOptions, 'create' | 'dialect' | 'declares'>;

/** What a case of the embedding suite may require, besides what the wire must be able to say. */
export type EmbeddingFeature = 'asymmetric' | 'dimensions' | 'cache';

const LOCAL = 'The model runs in this process: there is no wire.';

/** The contract of embedding models as tests of `functions`' runner, one for each case of {@link embeddingSuite}. */
export function embeddingConformance(
  functions: TestFunctions,
  options: EmbeddingConformanceOptions,
): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect?.name ?? 'local' } = options;
  const dialect =
    options.dialect && skipping(options.dialect, [['model', 'model', options.dialect.model !== undefined]]);
  const wire = embeddingSuite.flatMap(({ requires }) => requires).filter((name) => name.startsWith(WIRE));
  return conformance(functions, {
    contract: 'embedding',
    name,
    suite: embeddingSuite,
    subject: { create, dialect, declares },
    // Its case passes for a model that refuses, too.
    unreported: declares.acceptsDimensions === false ? ['dimensions'] : [],
    declared: [
      ...featuresOf(declares, reasons),
      ...(dialect === undefined ? [] : wireFeatures(dialect, embeddingSuite)),
    ],
    reasons: {
      ...(dialect === undefined
        ? Object.fromEntries(wire.map((feature) => [feature, LOCAL]))
        : wireReasons(dialect)),
      ...reasons,
    },
  });
}

function featuresOf(
  { asymmetric, acceptsDimensions, dimensions }: EmbeddingMetadata,
  { cache }: NonNullable<EmbeddingConformanceOptions['reasons']>,
): EmbeddingFeature[] {
  const features: EmbeddingFeature[] = [];
  if (asymmetric) features.push('asymmetric');
  if (acceptsDimensions !== false || dimensions !== undefined) features.push('dimensions');
  if (cache === undefined) features.push('cache');
  return features;
}
