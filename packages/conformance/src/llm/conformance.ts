import { isDeepStrictEqual } from 'node:util';
import type { LLMCapabilities } from '@mortise/core/llm';
import type { LLMDialect, StreamShape, WireAnswer } from '../dialects/contract.ts';
import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { headersOf } from '../shared/header-case.ts';
import { PARALLEL_CALLS, TEXT } from './answers.ts';
import { MARKED, OPAQUE } from './back-cases.ts';
import { withoutOtherEnds } from './other-end-cases.ts';
import { withoutRedacted } from './redacted-cases.ts';
import { llmSuite } from './suite.ts';
import type { LLMConformanceOptions } from './subject.ts';

/** The contract of language models as tests of `functions`' runner, one for each case of {@link llmSuite}. */
export function llmConformance(functions: TestFunctions, options: LLMConformanceOptions): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect.name } = options;
  const { request } = options.dialect;
  const dialect = skipping(
    withoutUnsaid(withoutRedacted(withoutOtherEnds(withoutMembers(withoutErrorKind(options.dialect))))),
    [
      ['members', 'request.members', request.members !== undefined],
      ['tool-description', 'request.toolDescriptions', request.toolDescriptions !== undefined],
      ['reasoning', 'request.reasoning', request.reasoning !== undefined],
      ['summary', 'request.summary', request.summary !== undefined],
      ['usage-asked', 'request.usage', request.usage !== undefined],
      ['result-name', 'request.resultNames', request.resultNames !== undefined],
      ['tool-failure', 'request.failedResults', request.failedResults !== undefined],
    ],
  );
  return conformance(functions, {
    contract: 'llm',
    name,
    suite: llmSuite,
    subject: { create, dialect, declares, claims: options.dialect.without },
    // A refusal passes their cases too.
    unreported: ['audio', 'document', 'structuredOutput'],
    declared: [...featuresOf(declares), ...headersOf(reasons), ...wireFeatures(dialect, llmSuite)],
    reasons: { caching: NO_CACHING, audio: NO_SOUND, ...wireReasons(dialect), ...reasons },
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

/** Where nothing declares it, the case of refusals holds. */
const NO_SOUND = 'It does not say that it takes sound (`inputModalities`).';

/** What stands in `without` for a dialect that was written before parts had members of their own. */
function withoutMembers(dialect: LLMDialect): LLMDialect {
  if (JSON.stringify(dialect.body(MARKED)).includes(OPAQUE)) return dialect;
  const reason = 'The dialect does not write what only its server knows of a part (`members`).';
  return { ...dialect, without: { 'members-of-blocks': reason, ...dialect.without } };
}

/** What stands in `without` for a dialect that does not write what only some wires say: the answer, or its stream, is the same. */
function withoutUnsaid(dialect: LLMDialect): LLMDialect {
  const cited = (more: object): WireAnswer => {
    const citation = { words: 'A', start: 0, end: 1, title: 'Title', ...more };
    return { ...TEXT, parts: [{ type: 'text', pieces: ['A'], citations: [citation] }] };
  };
  const uncited: WireAnswer = { ...TEXT, parts: [{ type: 'text', pieces: ['A'] }] };
  const usage = { inputTokens: 9, outputTokens: 1 };
  const counting: WireAnswer = { ...TEXT, usage: { ...usage, toolTokens: 3 } };
  const bodies = (one: WireAnswer, other: WireAnswer): boolean =>
    isDeepStrictEqual(dialect.body(one), dialect.body(other));
  const shapes = (answer: WireAnswer, shape: StreamShape): boolean =>
    isDeepStrictEqual(dialect.frames(answer, shape), dialect.frames(answer));
  const document = cited({ document: 0 });
  const hasDocuments = dialect.request.documents !== undefined;
  const documents = !hasDocuments || bodies(document, uncited);
  const pages = bodies(cited({ url: 'https://example.com' }), uncited);
  const unsaid: [word: string, isUnsaid: boolean, member: string][] = [
    ['document-citations', documents, 'citations of documents (`citations`, `request.documents`)'],
    ['url-citations', pages, 'citations of pages (`citations`)'],
    ['tool-tokens', bodies(counting, { ...TEXT, usage }), 'a count of what tools read (`toolTokens`)'],
    ['call-index', shapes(PARALLEL_CALLS, { calls: 'one-index' }), 'calls of one index (`shape.calls`)'],
    [
      'unplaced-citations',
      shapes(document, { unplacedCitations: true }),
      'citations that name no part (`shape.unplacedCitations`)',
    ],
  ];
  const without: Record<string, string> = { ...dialect.without };
  for (const [word, isUnsaid, member] of unsaid)
    if (isUnsaid) without[word] ??= `The dialect does not write ${member}.`;
  if (without['document-citations'] !== undefined && without['url-citations'] !== undefined)
    without['citations'] ??= 'The dialect writes no citations.';
  return { ...dialect, without };
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
