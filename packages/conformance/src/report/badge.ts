import type { ConformanceResults } from '../frame/case.ts';

/** Widths of a character and of the margins, in the font of the badge at 11 px: an estimate, which `textLength` makes exact. */
const CHARACTER = 6.6;
const MARGIN = 10;

/** A badge as SVG: how many of the cases that were run have passed. Skipped cases are of features that are not declared. */
export function reportBadge(results: readonly ConformanceResults[]): string {
  const run = results.flatMap(({ cases }) => cases).filter(({ status }) => status !== 'skipped');
  const passed = run.filter(({ status }) => status === 'passed').length;
  const label = 'mortise conformance';
  const value = `${passed} of ${run.length}`;
  const colour = passed === run.length && run.length > 0 ? '#1a7f37' : '#9a4b00';
  const [left, right] = [label, value].map((text) => Math.round(text.length * CHARACTER) + 2 * MARGIN) as [
    number,
    number,
  ];
  const text = (words: string, from: number, width: number): string =>
    `<text x="${from + width / 2}" y="14" textLength="${width - 2 * MARGIN}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}">`,
    `<title>${label}: ${value}</title>`,
    `<rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${colour}"/>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">`,
    `${text(label, 0, left)}${text(value, left, right)}</g></svg>`,
    '',
  ].join('\n');
}
