import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { postprocessorSuite } from './suite.ts';
import type { PostprocessorFeature, PostprocessorSubject } from './subject.ts';

/** A postprocessor under test, and what it says it does. */
export interface PostprocessorConformanceOptions extends PostprocessorSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly PostprocessorFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<PostprocessorFeature, string>>> | undefined;
}

/** The contract of postprocessors as tests of `functions`' runner, one for each case of {@link postprocessorSuite}. */
export function postprocessorConformance(
  functions: TestFunctions,
  options: PostprocessorConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'postprocessor',
    name,
    suite: postprocessorSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
