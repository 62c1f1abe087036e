/**
 * How long the event loop stands while large texts are read and split, and how soon an abort is seen: 50 MB by default. What
 * nobody should notice is below 50 ms.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createDocument, type Document } from '@mortise/core/retriever';
import type { FileFormat, SourceFile } from '@mortise/core/reader';
import type { Transform } from '@mortise/core/transform';
import {
  csvFormat,
  HierarchicalSplitter,
  jsonFormat,
  jsonLinesFormat,
  MarkdownSplitter,
  SentenceSplitter,
  textFormat,
  TokenSplitter,
} from '@mortise/rag';
import { english } from './english.ts';

const CHARACTERS = Number(process.env['CHARACTERS'] ?? 50_000_000);
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
const reading = (name: string, format: FileFormat, text: string): Task => ({
  name,
  run: async (signal) => {
    const documents: Document[] = [];
    const report = ({ error }: { error: Error }): never => {
      throw error;
    };
    for await (const document of format.read(fileOf(text), { signal, report })) documents.push(document);
    return documents;
  },
});

/** In one piece, as a buffer from a store may be. */
function fileOf(text: string): SourceFile {
  const bytes = Buffer.from(text);
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
const tasks: Task[] = [
  splitting('SentenceSplitter, prose', new SentenceSplitter(), prose),
  splitting('SentenceSplitter, Markdown', new SentenceSplitter({ format: 'markdown' }), markdown),
  splitting('MarkdownSplitter', new MarkdownSplitter(), markdown),
  splitting('TokenSplitter', new TokenSplitter(), prose),
  splitting('HierarchicalSplitter', new HierarchicalSplitter(), prose),
  splitting('SentenceSplitter, one line', new SentenceSplitter(), prose.replaceAll('\n', ' ')),
  splitting('SentenceSplitter, one word', new SentenceSplitter(), 'x'.repeat(CHARACTERS / 5)),
  splitting(
    'SentenceSplitter, one table',
    new SentenceSplitter(),
    `|a|b|\n|-|-|\n${repeated('| words | and words |\n')}`,
  ),
  splitting('SentenceSplitter, one fence', new SentenceSplitter(), `\`\`\`\n${repeated('const a = 1;\n')}`),
  reading('textFormat', textFormat({ maxBytes }), prose),
  reading('jsonLinesFormat', jsonLinesFormat(), repeated(`${record}\n`)),
  reading('jsonFormat', jsonFormat({ maxBytes }), `[${repeated(`${record},`)}1]`),
  reading(
    'csvFormat',
    csvFormat(),
    `id,title,text\n${repeated('1,A title,"Some words, and more of them"\n')}`,
  ),
];

console.log(`${CHARACTERS} characters; milliseconds\n`);
console.log('| work | took | longest stand | 99.9 % | abort seen after |');
console.log('|---|---|---|---|---|');
for (const task of tasks.filter(({ name }) => name.includes(ONLY))) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first interval is not counted, so there has to be one before.
  await turn();
  const start = performance.now();
  await task.run(new AbortController().signal);
  const took = performance.now() - start;
  await turn();
  delay.disable();
  const aborted = await abortedAfter(task, took / 3);
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(0);
  console.log(
    `| ${task.name} | ${took.toFixed(0)} | ${ms(delay.max)} | ${ms(delay.percentile(99.9))} | ${aborted.toFixed(0)} |`,
  );
}

async function abortedAfter(task: Task, ms: number): Promise<number> {
  const controller = new AbortController();
  let at = 0;
  setTimeout(() => {
    at = performance.now();
    controller.abort();
  }, ms);
  await task.run(controller.signal).catch(() => undefined);
  return performance.now() - at;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
