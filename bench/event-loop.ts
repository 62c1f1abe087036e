/**
 * How long the event loop stands while large texts are read and split, and how soon an abort is seen: 10 MB by default. What
 * nobody should notice is below 50 ms. `RUNS` (3) runs of each; the largest stand of all of them is shown.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocument, type Document } from '@mortise/core/retriever';
import type { FileFormat, SourceFile } from '@mortise/core/reader';
import type { Transform } from '@mortise/core/transform';
import { createGptTokenizer } from '@mortise/gpt-tokenizer';
import { htmlFormat } from '@mortise/html';
import { pdfFormat } from '@mortise/pdf';
import {
  csvFormat,
  DirectoryReader,
  HierarchicalSplitter,
  jsonFormat,
  jsonLinesFormat,
  markdownFormat,
  MarkdownSplitter,
  SentenceSplitter,
  textFormat,
  TokenSplitter,
} from '@mortise/rag';
import { JsonParser } from '@mortise/toolkit/parsers';
import { YamlParser } from '@mortise/yaml';
import { makePdf } from '../integrations/pdf/test/make-pdf.ts';
import { english } from './english.ts';
import { seenAfter, standOf } from './stand.ts';

const CHARACTERS = Number(process.env['CHARACTERS'] ?? 10_000_000);
const RUNS = Number(process.env['RUNS'] ?? 3);
const ONLY = process.env['ONLY'] ?? '';

interface Task {
  readonly name: string;
  run(signal: AbortSignal): Promise<unknown>;
}

const prose = english(CHARACTERS);
const repeated = (piece: string): string => piece.repeat(Math.ceil(CHARACTERS / piece.length));
const markdown = prose.replaceAll(/\n\n/g, (gap, at: number) =>
  at % 7 === 0 ? '\n\n## A heading\n\n' : gap,
);

const splitting = (name: string, splitter: Transform, text: string): Task => ({
  name,
  run: (signal) => splitter.transform([createDocument({ id: 'd', text })], { signal }),
});
const reading = (name: string, format: FileFormat, content: string | Uint8Array): Task => ({
  name,
  run: async (signal) => {
    const documents: Document[] = [];
    const report = ({ error }: { error: Error }): never => {
      throw error;
    };
    for await (const document of format.read(fileOf(content), { signal, report })) documents.push(document);
    return documents;
  },
});

/** In one piece, as a buffer from a store may be. */
function fileOf(content: string | Uint8Array): SourceFile {
  const bytes = Buffer.from(content);
  return {
    path: 'a',
    id: 'a',
    bytes: () => Promise.resolve(bytes),
    async *stream() {
      yield bytes;
    },
  };
}

const record = JSON.stringify({ id: 12_345, title: 'A title', text: 'Some words of a record. '.repeat(8) });
const maxBytes = Infinity;
const tokenizer = await createGptTokenizer();
const html = `<h1>A title</h1>${prose
  .split('\n\n')
  .map((paragraph) => `<p>${paragraph}</p>\n`)
  .join('')}`;
const lines = prose.slice(0, CHARACTERS / 10).match(/.{1,80}/g) ?? [];
const pages = Array.from({ length: lines.length / 40 }, (_, at) => lines.slice(at * 40, at * 40 + 40));
const folder = mkdtempSync(join(tmpdir(), 'mortise-stand-'));
writeFileSync(join(folder, 'large.md'), markdown);
for (let at = 0; at < 2_000; at++)
  writeFileSync(join(folder, `${at}.txt`), prose.slice(at * 1000, at * 1000 + 1000) || 'x');

const tasks: Task[] = [
  splitting('SentenceSplitter, prose', new SentenceSplitter(), prose),
  splitting('SentenceSplitter, Markdown', new SentenceSplitter({ format: 'markdown' }), markdown),
  splitting('MarkdownSplitter', new MarkdownSplitter(), markdown),
  splitting('TokenSplitter', new TokenSplitter(), prose),
  splitting('SentenceSplitter with GPT tokens', new SentenceSplitter({ tokenizer }), prose),
  splitting('TokenSplitter with GPT tokens', new TokenSplitter({ tokenizer }), prose),
  splitting('HierarchicalSplitter', new HierarchicalSplitter(), prose),
  splitting('SentenceSplitter, one line', new SentenceSplitter(), prose.replaceAll('\n', ' ')),
  splitting('SentenceSplitter, one word', new SentenceSplitter(), 'x'.repeat(CHARACTERS)),
  splitting(
    'SentenceSplitter, one table',
    new SentenceSplitter(),
    `|a|b|\n|-|-|\n${repeated('| words | and words |\n')}`,
  ),
  splitting('SentenceSplitter, one fence', new SentenceSplitter(), `\`\`\`\n${repeated('const a = 1;\n')}`),
  reading('textFormat', textFormat({ maxBytes }), prose),
  reading('markdownFormat', markdownFormat({ maxBytes }), `---\ntitle: A\n---\n${markdown}`),
  reading('markdownFormat, no title', markdownFormat({ maxBytes }), prose),
  reading('jsonLinesFormat', jsonLinesFormat(), repeated(`${record}\n`)),
  reading('jsonFormat', jsonFormat({ maxBytes }), `[${repeated(`${record},`)}1]`),
  reading('jsonFormat, one element', jsonFormat({ maxBytes }), `[{"list":[${repeated(`${record},`)}1]}]`),
  reading(
    'csvFormat',
    csvFormat(),
    `id,title,text\n${repeated('1,A title,"Some words, and more of them"\n')}`,
  ),
  reading('htmlFormat', htmlFormat({ maxBytes: CHARACTERS * 2 }), html),
  reading('pdfFormat, a tenth', pdfFormat(), makePdf(pages)),
  {
    name: 'DirectoryReader',
    async run(signal) {
      for await (const _ of new DirectoryReader({ directory: folder }).read({ signal }));
    },
  },
  {
    name: 'JsonParser',
    run: (signal) => new JsonParser().parse(`[${repeated(`${record},`)}1]`, { signal }),
  },
  {
    name: 'JsonParser, tolerant',
    run: (signal) => new JsonParser({ tolerant: true }).parse(`[${repeated(`${record},`)}`, { signal }),
  },
  {
    name: 'YamlParser, a hundredth',
    run: (signal) =>
      new YamlParser().parse(`- ${record}\n`.repeat(CHARACTERS / 100 / record.length), { signal }),
  },
];

console.log(`${CHARACTERS} characters; milliseconds; the largest of ${RUNS} runs\n`);
console.log('| work | took | longest stand | of it CPU | garbage | abort seen after |');
console.log('|---|---|---|---|---|---|');
for (const { name, run } of tasks.filter((task) => task.name.includes(ONLY))) {
  const stands: Awaited<ReturnType<typeof standOf>>[] = [];
  for (let nth = 0; nth < RUNS; nth++) stands.push(await standOf(() => run(new AbortController().signal)));
  const most = (of: 'took' | 'longest' | 'cpu' | 'garbage'): string =>
    Math.max(...stands.map((stand) => stand[of])).toFixed(0);
  const took = Math.min(...stands.map((stand) => stand.took));
  const seen = (await seenAfter(run, took / 3))?.toFixed(0) ?? 'done before';
  console.log(
    `| ${name} | ${took.toFixed(0)} | ${most('longest')} | ${most('cpu')} | ${most('garbage')} | ${seen} |`,
  );
}
rmSync(folder, { recursive: true });
