import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { isMortiseError } from '@mortise/core';
import { pdfFormat } from '@mortise/pdf';
import { fromWhereTyped } from './arguments.ts';
import { describeFailure, EvaluateError } from './failure.ts';
import { pdfMarkdown, type PdfResult } from './pdf-report.ts';
import { recallOf, without, wordsOf } from './pdf-recall.ts';

const HELP = `Measures how many of the words that pdftotext finds in PDF files @mortise/pdf finds too.

Usage: pnpm evaluate:pdf --pdfs DIR [options]

  --pdfs DIR         a folder with PDF files, at any depth
  --json FILE        where every file's result goes as JSON; default: nowhere
  --pdftotext FILE   the program to compare with, of poppler-utils; default: pdftotext
  --help             show this text

The report goes to stdout as Markdown, everything else to stderr.
`;

const OPTIONS = {
  pdfs: { type: 'string' },
  json: { type: 'string' },
  pdftotext: { type: 'string', default: 'pdftotext' },
  help: { type: 'boolean' },
} as const;

const run = promisify(execFile);

try {
  const args = process.argv.slice(2);
  const { values } = parseArgs({ args: args[0] === '--' ? args.slice(1) : args, options: OPTIONS });
  if (values.help === true) process.stdout.write(HELP);
  else if (values.pdfs === undefined)
    throw new EvaluateError('there is no folder', 'Add --pdfs DIR; see --help.');
  else await measureFolder(fromWhereTyped(values.pdfs), values.pdftotext, values.json);
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function measureFolder(folder: string, pdftotext: string, json: string | undefined): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.pdf'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  if (files.length === 0) throw new EvaluateError(`${folder} has no PDF`, 'Name a folder that has some.');
  await run(pdftotext, ['-v']).catch((cause: unknown) => {
    throw new EvaluateError(`${pdftotext} cannot be run`, 'Install poppler-utils.', { cause });
  });
  const results: PdfResult[] = [];
  const format = pdfFormat();
  for (const [at, file] of files.entries()) {
    process.stderr.write(`\r${at + 1}/${files.length}`);
    const path = relative(folder, file).replaceAll('\\', '/');
    const reference = await referenceOf(pdftotext, file).catch(() => undefined);
    if (reference === undefined) results.push({ path, skipped: 'pdftotext cannot open it' });
    else if (reference.words.length === 0) results.push({ path, skipped: 'pdftotext finds no word' });
    else {
      const { text, failures } = await textOf(format, path, file);
      const ours = wordsOf(text);
      results.push({
        path,
        all: recallOf(reference.words, ours),
        seen: recallOf(without(reference.words, reference.unseen), ours),
        failures,
      });
    }
  }
  process.stderr.write('\n');
  process.stdout.write(pdfMarkdown(results));
  if (json !== undefined) await writeFile(fromWhereTyped(json), `${JSON.stringify(results, undefined, 2)}\n`);
}

/** What pdftotext finds, and what of that lies beyond the borders (the crop box) of its page, where no viewer shows it. */
async function referenceOf(pdftotext: string, file: string): Promise<{ words: string[]; unseen: string[] }> {
  const text = async (...options: string[]): Promise<string> => {
    const limits = { maxBuffer: 2 ** 29, timeout: 60_000 };
    return (await run(pdftotext, ['-enc', 'UTF-8', ...options, file, '-'], limits)).stdout;
  };
  const inBoxes = async (...options: string[]): Promise<string[]> => {
    const boxes = [...(await text('-bbox', ...options)).matchAll(/<word[^>]*>([^<]*)<\/word>/g)];
    return boxes.flatMap(([, word = '']) => wordsOf(word.replace(/&#?\w+;/g, ' ')));
  };
  const words = wordsOf(await text());
  return { words, unseen: without(await inBoxes(), await inBoxes('-cropbox')) };
}

async function textOf(
  format: ReturnType<typeof pdfFormat>,
  path: string,
  file: string,
): Promise<{ text: string; failures: string[] }> {
  const failures: string[] = [];
  const texts: string[] = [];
  const source = {
    path,
    id: path,
    bytes: () => readFile(file),
    stream(): AsyncIterable<Uint8Array> {
      throw new EvaluateError('a PDF is read whole', 'Use bytes().');
    },
  };
  try {
    const report = ({ error }: { error: Error }): void => void failures.push(error.message);
    for await (const document of format.read(source, { report })) texts.push(document.text);
  } catch (error) {
    if (!isMortiseError(error)) throw error;
    failures.push(error.message);
  }
  return { text: texts.join('\n\n'), failures };
}
