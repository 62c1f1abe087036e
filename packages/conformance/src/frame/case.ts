import type { Wire, WireHandler } from '../wire.ts';
import type { Check } from './check.ts';

/**
 * One thing that an implementation of a contract must do. A suite is an array of these: it can be filtered, extended
 * and run by anything.
 */
export interface ConformanceCase<S> {
  /** Unique within its suite, and stable: reports refer to it. */
  readonly id: string;
  /** The rule of the contract that it holds the implementation to, such as `E-01`. */
  readonly rule: string;
  /** The behaviour, as a sentence part. */
  readonly title: string;
  /** Features that must be there for the case to mean anything. An absent one needs a reason. Empty: always run. */
  readonly requires: readonly string[];
  /** Rejects when the rule is broken. A case that checks nothing fails too. */
  run(context: CaseContext<S>): Promise<void>;
}

/** The cases of one contract. */
export type Suite<S> = readonly ConformanceCase<S>[];

/** What a case works with. Whatever it opens here is closed after it. */
export interface CaseContext<S> {
  readonly subject: S;
  readonly check: Check;
  /** A loopback server that lives as long as the case. */
  wire(handler: WireHandler): Promise<Wire>;
  /** Runs when the case is over, however it ended. */
  after(cleanup: () => unknown): void;
}

/** `not-run` until its test has run. */
export type CaseStatus = 'passed' | 'failed' | 'skipped' | 'not-run';

/** What came of one case, as data: reports are made of these. */
export interface CaseResult {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly requires: readonly string[];
  readonly status: CaseStatus;
  /** Why it was skipped: the reasons of the features that are not declared. */
  readonly reason?: string;
  /** Of a skipped case: it passes all the same, so the feature could be declared. */
  readonly works?: boolean;
  /** What was thrown, in one line or several. */
  readonly error?: string;
  readonly durationMs?: number;
}

/** All results of one implementation under one suite. */
export interface ConformanceResults {
  /** `llm`, `embedding`, `reranker`. */
  readonly contract: string;
  /** The implementation, such as `openai-responses`. */
  readonly name: string;
  /** Features that are declared. */
  readonly declared: readonly string[];
  /** Features that are not, and why. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
}
