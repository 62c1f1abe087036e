import { reading } from '@mortise/core/shared';
import type { RetrievalComparison } from './compare.ts';
import type { RetrievalReport } from './evaluate.ts';

/**
 * Reports as Markdown: a table with a row for each configuration, what was left out and why, and each comparison in a
 * sentence. For JSON, the reports are plain data.
 */
export function retrievalMarkdown(
  reports: readonly RetrievalReport[],
  comparisons: readonly RetrievalComparison[] = [],
): string {
  return reading('The reports', () => markdownOf(reports, comparisons));
}

function markdownOf(
  reports: readonly RetrievalReport[],
  comparisons: readonly RetrievalComparison[],
): string {
  const metrics = [...new Set(reports.flatMap((report) => Object.keys(report.metrics)))];
  const head = ['', ...metrics, 'queries', 'seconds'];
  const rows = reports.map((report) => [
    escaped(report.name),
    ...metrics.map((metric) => report.metrics[metric]?.toFixed(3) ?? ''),
    String(report.queries.length),
    (report.durationMs / 1000).toFixed(1),
  ]);
  const table = [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const notes = [...new Set(reports.flatMap(notesOf))].map((note) => `- ${note}`);
  const sentences = comparisons.map((comparison) => `- ${comparisonText(comparison)}`);
  return [table, notes, sentences]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** A comparison in a sentence: the difference, how sure it is, and in how many queries. */
function comparisonText(comparison: RetrievalComparison): string {
  const { metric, a, b, difference, pValue, exact, interval, queries, wins, losses, ties, seed } = comparison;
  const percent = Math.round(interval.confidence * 1000) / 10;
  const p = pValue < 0.0001 ? 'p < 0.0001' : `p = ${pValue.toFixed(4)}`;
  const test = exact ? 'exact paired randomization test' : `paired randomization test, seed ${seed}`;
  return (
    `${escaped(b.name)} against ${escaped(a.name)}, ${metric}: ${b.mean.toFixed(3)} against ${a.mean.toFixed(3)}, ` +
    `${signed(difference)} (${percent} % interval ${signed(interval.low)} to ${signed(interval.high)}; ${p}, ${test}); ` +
    `better in ${wins} of ${queries} queries, worse in ${losses}, the same in ${ties}.`
  );
}

function notesOf({ name, unjudged, empty, gain }: RetrievalReport): string[] {
  const notes = gain === 'exponential' ? ['ndcg with exponential gains.'] : [];
  if (unjudged.length > 0) {
    const shown = unjudged.slice(0, 10).map(escaped).join(', ');
    const more = unjudged.length > 10 ? ' ...' : '';
    notes.push(
      `Not measured, as no document is relevant to them: ${unjudged.length} queries (${shown}${more}).`,
    );
  }
  if (empty > 0) notes.push(`${escaped(name)} found nothing for ${empty} queries, which count 0.`);
  return notes;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}

function escaped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}
