import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import type { EmbeddingCacheSubject } from './subject.ts';
import { embeddingCacheSuite } from './suite.ts';

export interface EmbeddingCacheConformanceOptions extends EmbeddingCacheSubject {
  /** In titles and reports. */
  readonly name: string;
}

/** A cache of embeddings as tests of `functions`' runner, one for each case of {@link embeddingCacheSuite}. */
export function embeddingCacheConformance(
  functions: TestFunctions,
  options: EmbeddingCacheConformanceOptions,
): ConformanceResults {
  return conformance(functions, {
    contract: 'embedding-cache',
    name: options.name,
    suite: embeddingCacheSuite,
    subject: options,
    declared: [],
    reasons: {},
  });
}
