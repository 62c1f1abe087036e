import { isDeepStrictEqual } from 'node:util';
import type { LLM, LLMCapabilities, LLMSettings } from '@mortise/core/llm';
import type { LLMDialect } from '../dialects/contract.ts';
import { skipping, wireFeatures, wireReasons } from '../dialects/features.ts';
import type { OwnHeaders } from '../shared/probe.ts';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { MARKED, OPAQUE } from './back-cases.ts';
import { llmSuite } from './suite.ts';

/** Where the implementation under test must send to. */
export interface WireTarget {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /**
   * Spread it into the options: retries then do not wait as long as they would for a provider, and the servers of the
   * suite go by its names, so that two ports of this machine may stand for one server, and cases of bounds set theirs.
   */
  readonly settings: Pick<LLMSettings, 'retry' | 'name' | 'maxReplyBytes' | 'maxLineBytes'> & OwnHeaders;
}

/** A language model under test, and the wire that it speaks. */
export interface LLMConformanceOptions {
  /** A new instance that speaks to `wire.url`. */
  readonly create: (wire: WireTarget) => LLM;
  readonly dialect: LLMDialect;
  /** What the implementation says it can do: its `metadata.capabilities`. */
  readonly declares: LLMCapabilities;
  /** Why a feature that is not declared is not there, by its name. */
  readonly reasons?: Readonly<Partial<Record<LLMFeature | (string & {}), string>>> | undefined;
  /** In titles and reports. Default: the dialect's name. */
  readonly name?: string | undefined;
}

/** What the cases of the LLM suite work with. */
export type LLMSubject = Pick<LLMConformanceOptions, 'create' | 'dialect' | 'declares'>;

/** What a case of the LLM suite may require. */
export type LLMFeature = Exclude<keyof LLMCapabilities, 'inputModalities'> | 'image' | 'document' | 'audio';

/** The contract of language models as tests of `functions`' runner, one for each case of {@link llmSuite}. */
export function llmConformance(functions: TestFunctions, options: LLMConformanceOptions): ConformanceResults {
  const { create, declares, reasons = {}, name = options.dialect.name } = options;
  const { request } = options.dialect;
  const dialect = skipping(withoutMembers(withoutErrorKind(options.dialect)), [
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

function featuresOf({ inputModalities = [], structuredOutput, ...switches }: LLMCapabilities): string[] {
  const on = Object.entries(switches).flatMap(([feature, value]) => (value ? [feature] : []));
  // Typed output by a tool or a prompt is core's doing: only the provider's own mode is the integration's.
  const native = structuredOutput === 'native' ? ['structuredOutput'] : [];
  return [...on, ...native, ...inputModalities];
}
