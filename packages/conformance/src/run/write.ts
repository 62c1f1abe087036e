import { writeFileSync } from 'node:fs';
import type { ConformanceResults } from '../frame/case.ts';
import { reportBadge } from '../report/badge.ts';
import { reportJUnit } from '../report/junit.ts';
import { reportMarkdown } from '../report/markdown.ts';
import { reportOf, type ConformanceReport } from '../report/report.ts';

/** The options that name files, as `parseArgs` takes them. */
export const REPORT_FILES = {
  json: { type: 'string' },
  markdown: { type: 'string' },
  junit: { type: 'string' },
  badge: { type: 'string' },
} as const;

/** Where each form of the report goes; what is absent is not written. */
export type ReportFiles = { readonly [Name in keyof typeof REPORT_FILES]?: string | undefined };

/** Writes what is asked for, and gives the report. */
export function write(results: readonly ConformanceResults[], files: ReportFiles): ConformanceReport {
  const report = reportOf(results);
  const { json, markdown, junit, badge } = files;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, `# Conformance\n\n${reportMarkdown(report)}`);
  if (junit !== undefined) writeFileSync(junit, reportJUnit(results));
  if (badge !== undefined) writeFileSync(badge, reportBadge(results));
  return report;
}
