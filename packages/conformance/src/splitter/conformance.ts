import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter } from '@mortise/core/transform';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { splitterSuite } from './suite.ts';

/** What a case wants of the splitter that it is given. */
export interface SplitterSettings {
  readonly tokenizer: TokenCounter;
  /** Tokens, from 24 on. */
  readonly maxTokens: number;
  /** Tokens that chunks may repeat; a splitter that repeats nothing ignores it. */
  readonly overlap: number;
}

/**
 * What a case of the splitter suite may require. `headings`: chunks of Markdown hold the path of their headings in
 * their metadata. `hierarchy`: chunks of several sizes, with parents and children.
 */
export type SplitterFeature = 'headings' | 'hierarchy';

/** How a splitter under test is made. */
export interface SplitterSubject {
  create(settings: SplitterSettings): NodeSplitter;
}

/** A splitter under test, and what it says it can do. */
export interface SplitterConformanceOptions extends SplitterSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly SplitterFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<SplitterFeature, string>>> | undefined;
}

/** The contract of splitters as tests of `functions`' runner, one for each case of {@link splitterSuite}. */
export function splitterConformance(
  functions: TestFunctions,
  options: SplitterConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'splitter',
    name,
    suite: splitterSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
