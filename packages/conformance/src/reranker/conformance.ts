import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, WIRE, type TestFunctions } from '../frame/conformance.ts';
import { HEADERS, headersOf } from '../shared/header-case.ts';
import { rerankerSuite } from './suite.ts';
import type { RerankerConformanceOptions } from './subject.ts';

const LOCAL = 'The reranker runs in this process: there is no wire.';

/** The contract of rerankers as tests of `functions`' runner, one for each case of {@link rerankerSuite}. */
export function rerankerConformance(
  functions: TestFunctions,
  options: RerankerConformanceOptions,
): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect?.name ?? 'local' } = options;
  const dialect =
    options.dialect &&
    skipping(options.dialect, [
      ['model', 'model', options.dialect.model !== undefined],
      ['usage', 'usage', options.dialect.usage !== undefined],
      ['warned', 'warned', options.dialect.warned !== undefined],
    ]);
  const wire = rerankerSuite.flatMap(({ requires }) => requires).filter((name) => name.startsWith(WIRE));
  return conformance(functions, {
    contract: 'reranker',
    name,
    suite: rerankerSuite,
    subject: { create, dialect, declares },
    declared: [
      ...(declares.maxDocuments === undefined ? [] : ['maxDocuments']),
      ...(dialect === undefined ? [] : [...headersOf(reasons), ...wireFeatures(dialect, rerankerSuite)]),
    ],
    reasons: {
      ...(dialect === undefined
        ? Object.fromEntries([...wire, HEADERS].map((feature) => [feature, LOCAL]))
        : wireReasons(dialect)),
      ...reasons,
    },
  });
}
