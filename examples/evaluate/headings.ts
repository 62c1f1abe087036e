import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Parser } from 'commonmark';
import { DirectoryReader, markdownHeadings } from '@mortise/rag';
import { describeFailure, EvaluateError } from './failure.ts';

/** Of some Markdown files. `lost` and `added` are against a parser of CommonMark. */
export interface HeadingReport {
  files: number;
  headings: number;
  /** Places of headings that only the parser of CommonMark finds, or finds with another level. */
  readonly lost: string[];
  /** Places of headings that only we find, or find with another level. */
  readonly added: string[];
}

/**
 * Compares the headings that sections are cut at with those of commonmark.js, the reference implementation, file by
 * file, by line and level. Headings in HTML, of which CommonMark knows nothing, are left aside.
 */
export async function compareHeadings(directory: string, most: number): Promise<HeadingReport> {
  const report: HeadingReport = { files: 0, headings: 0, lost: [], added: [] };
  const reader = new DirectoryReader({ directory, dependencies: true, include: ['**/*.{md,mdx,markdown}'] });
  for await (const { id, text } of reader.read()) {
    const theirs = parsedHeadings(text);
    const ours = ownHeadings(text);
    report.files += 1;
    report.headings += theirs.size;
    for (const [line, level] of theirs)
      if (ours.get(line) !== level) report.lost.push(`${id}:${line}: level ${level}`);
    for (const [line, level] of ours)
      if (theirs.get(line) !== level) report.added.push(`${id}:${line}: level ${level}`);
    if (report.files >= most) break;
  }
  return report;
}

/** Levels by line, from 1. */
type Headings = ReadonlyMap<number, number>;

function parsedHeadings(text: string): Headings {
  const headings = new Map<number, number>();
  const walker = new Parser().parse(text).walker();
  for (let step = walker.next(); step !== null; step = walker.next())
    if (step.entering && step.node.type === 'heading')
      headings.set(step.node.sourcepos[0][0], step.node.level);
  return headings;
}

function ownHeadings(text: string): Headings {
  const headings = new Map<number, number>();
  let [line, at] = [1, 0];
  for (const { start, level } of markdownHeadings(text)) {
    for (let end = text.indexOf('\n', at); end !== -1 && end < start; end = text.indexOf('\n', at)) {
      line += 1;
      at = end + 1;
    }
    if (!/\s*(?:[>*+-]\s*|\d+[.)]\s*)*<h[1-6]/iy.test(text.slice(start, start + 200)))
      headings.set(line, level);
  }
  return headings;
}

const HELP = `Compares the headings that Markdown is cut at with those of a parser of CommonMark.

Usage: node --conditions=mortise-source headings.ts --directory DIR [--most N]

  --directory DIR   Markdown files in it and below are read, those of node_modules included
  --most N          so many files at most; default: 10000
`;

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { directory: { type: 'string' }, most: { type: 'string' } } });
  if (values.directory === undefined) throw new EvaluateError('there is no directory', HELP);
  const most = Number(values.most ?? 10_000);
  const { files, headings, lost, added } = await compareHeadings(resolve(values.directory), most);
  for (const place of lost) process.stdout.write(`lost  ${place}\n`);
  for (const place of added) process.stdout.write(`added ${place}\n`);
  process.stdout.write(`${files} files, ${headings} headings: ${lost.length} lost, ${added.length} added\n`);
}
