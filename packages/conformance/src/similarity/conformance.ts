import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { similaritySuite } from './suite.ts';
import type { SimilaritySubject } from './subject.ts';

/** What measures the likeness of vectors, such as that of a vector store of one's own. */
export interface SimilarityConformanceOptions extends SimilaritySubject {
  /** In titles and reports. */
  readonly name: string;
}

/** What similarity is, as tests of `functions`' runner, one for each case of {@link similaritySuite}. */
export function similarityConformance(
  functions: TestFunctions,
  options: SimilarityConformanceOptions,
): ConformanceResults {
  const { name } = options;
  return conformance(functions, {
    contract: 'similarity',
    name,
    suite: similaritySuite,
    subject: options,
    declared: [],
    reasons: {},
  });
}
