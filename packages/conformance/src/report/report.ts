import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult, ConformanceResults } from '../frame/case.ts';

/** What came of all suites, as data without times: two runs of the same code give the same bytes. */
export interface ConformanceReport {
  readonly implementations: readonly ImplementationReport[];
}

/** What one implementation was found to do, under one suite. Plain data. */
export interface ImplementationReport {
  readonly contract: string;
  readonly name: string;
  readonly declared: readonly string[];
  /** Features that are not declared, and why. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Rules, by the ids of the cases that passed. */
  readonly passed: Readonly<Record<string, readonly string[]>>;
  readonly failed: readonly ReportedCase[];
  readonly skipped: readonly ReportedCase[];
}

/** A case that did not pass. */
export interface ReportedCase {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  /** What it failed with, or why it was skipped. */
  readonly why: string;
  /** Of a skipped one: it passes all the same. */
  readonly works?: boolean;
}

/** Results as the suites wrote them to `folder`, in the order of their contracts and names. */
export function readResults(folder: string): readonly ConformanceResults[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^[^.]+\.[^.]+\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ConformanceResults)
    .filter(({ cases }) => Array.isArray(cases));
}

const ORDER = ['llm', 'embedding', 'reranker', 'retriever'];

/** A case that did not run counts as failed: nothing is known of it. */
export function reportOf(results: readonly ConformanceResults[]): ConformanceReport {
  const place = (contract: string): string => `${(ORDER.indexOf(contract) + 9) % 9}${contract}`;
  const implementations = results
    .map(implementationOf)
    .toSorted((a, b) => compare(place(a.contract), place(b.contract)) || compare(a.name, b.name));
  return { implementations };
}

function implementationOf({
  contract,
  name,
  declared,
  reasons,
  cases,
}: ConformanceResults): ImplementationReport {
  const passed: Record<string, string[]> = {};
  for (const { rule, id, status } of cases) if (status === 'passed') (passed[rule] ??= []).push(id);
  return {
    contract,
    name,
    declared: [...declared],
    reasons,
    passed,
    failed: cases
      .filter(({ status }) => status === 'failed' || status === 'not-run')
      .map((each) => reported(each, each.error ?? 'It was not run.')),
    skipped: cases
      .filter(({ status }) => status === 'skipped')
      .map((each) => reported(each, each.reason ?? 'No reason was given.')),
  };
}

function reported({ id, rule, title, works }: CaseResult, why: string): ReportedCase {
  return { id, rule, title, why, ...(works === true ? { works } : {}) };
}

/** Not by locale, so that every machine sorts alike. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
