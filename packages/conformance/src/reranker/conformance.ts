import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { rerankerSuite } from './suite.ts';
import type { RerankerConformanceOptions } from './subject.ts';

/** The contract of rerankers as tests of `functions`' runner, one for each case of {@link rerankerSuite}. */
export function rerankerConformance(
  functions: TestFunctions,
  options: RerankerConformanceOptions,
): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect.name } = options;
  const dialect = skipping(options.dialect, [
    ['model', 'model', options.dialect.model !== undefined],
    ['usage', 'usage', options.dialect.usage !== undefined],
  ]);
  return conformance(functions, {
    contract: 'reranker',
    name,
    suite: rerankerSuite,
    subject: { create, dialect, declares },
    declared: [
      ...(declares.maxDocuments === undefined ? [] : ['maxDocuments']),
      ...wireFeatures(dialect, rerankerSuite),
    ],
    reasons: { ...wireReasons(dialect), ...reasons },
  });
}
