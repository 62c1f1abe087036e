import { isDeepStrictEqual } from 'node:util';
import type { LLMCapabilities } from '@mortise/core/llm';
import type { LLMDialect } from '../dialects/contract.ts';
import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { MARKED, OPAQUE } from './back-cases.ts';
import { withoutOtherEnds } from './other-end-cases.ts';
import { llmSuite } from './suite.ts';
import type { LLMConformanceOptions } from './subject.ts';

/** The contract of language models as tests of `functions`' runner, one for each case of {@link llmSuite}. */
export function llmConformance(functions: TestFunctions, options: LLMConformanceOptions): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect.name } = options;
  const { request } = options.dialect;
  const dialect = skipping(withoutOtherEnds(withoutMembers(withoutErrorKind(options.dialect))), [
    ['members', 'request.members', request.members !== undefined],
    ['tool-description', 'request.toolDescriptions', request.toolDescriptions !== undefined],
    ['reasoning', 'request.reasoning', request.reasoning !== undefined],
    ['tool-failure', 'request.failedResults', request.failedResults !== undefined],
  ]);
  return conformance(functions, {
    contract: 'llm',
    name,
    suite: llmSuite,
    subject: { create, dialect, declares },
    declared: [...featuresOf(declares), ...wireFeatures(dialect, llmSuite)],
    reasons: { caching: NO_CACHING, ...wireReasons(dialect), ...reasons },
  });
}

/** What stands in `without` for a dialect that does not tell one error within a stream from another. */
function withoutErrorKind(dialect: LLMDialect): LLMDialect {
  const [any, quota] = ([undefined, 'quota'] as const).map((kind) => dialect.errorFrame('No.', kind));
  if (!isDeepStrictEqual(any, quota)) return dialect;
  const reason = 'The dialect has no words for the kind of an error within a stream (`errorFrame`).';
  return { ...dialect, without: { 'error-kind': reason, ...dialect.without } };
}

/** What holds without being declared has a case of its own: core leaves cache points out, with a warning. */
const NO_CACHING = 'It takes no cache points.';

/** What stands in `without` for a dialect that was written before parts had members of their own. */
function withoutMembers(dialect: LLMDialect): LLMDialect {
  if (JSON.stringify(dialect.body(MARKED)).includes(OPAQUE)) return dialect;
  const reason = 'The dialect does not write what only its server knows of a part (`members`).';
  return { ...dialect, without: { 'members-of-blocks': reason, ...dialect.without } };
}

function featuresOf({
  inputModalities = [],
  ownSettings: _own,
  structuredOutput,
  ...switches
}: LLMCapabilities): string[] {
  const on = Object.entries(switches).flatMap(([feature, value]) => (value ? [feature] : []));
  // Typed output by a tool or a prompt is core's doing: only the provider's own mode is the integration's.
  const native = structuredOutput === 'native' ? ['structuredOutput'] : [];
  return [...on, ...native, ...inputModalities];
}
