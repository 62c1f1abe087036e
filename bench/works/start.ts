import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { cold } from '../run/programs.ts';
import type { Row, Work } from '../run/work.ts';

/** A whole program: reads a stream, and writes its text. */
const ASKING = {
  'openai SDK': `import OpenAI from 'openai';
const sdk = new OpenAI({ apiKey: 'bench', baseURL: process.argv[2], maxRetries: 0 });
const stream = await sdk.chat.completions.create({ model: 'stream-100', messages: [{ role: 'user', content: 'Count.' }], stream: true });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
`,
  Mortise: `import { OpenAILLM } from '@mortise/openai';
const llm = new OpenAILLM({ model: 'stream-100', api: 'chat-completions', apiKey: 'bench', baseURL: process.argv[2] });
for await (const piece of llm.streamChat('Count.').textStream) process.stdout.write(piece);
`,
  LangChain: `import { ChatOpenAI } from '@langchain/openai';
const llm = new ChatOpenAI({ model: 'stream-100', apiKey: 'bench', configuration: { baseURL: process.argv[2] } });
for await (const chunk of await llm.stream('Count.')) process.stdout.write(chunk.text);
`,
  'AI SDK': `import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
const model = createOpenAI({ apiKey: 'bench', baseURL: process.argv[2] }).chat('stream-100');
for await (const piece of streamText({ model, prompt: 'Count.' }).textStream) process.stdout.write(piece);
`,
};

const IMPORTING = {
  'Node alone': '',
  'Mortise, core': `import '@mortise/core';\n`,
  'Mortise, OpenAILLM': `import { OpenAILLM } from '@mortise/openai';\nif (OpenAILLM === undefined) throw new Error();\n`,
  'openai SDK': `import OpenAI from 'openai';\nif (OpenAI === undefined) throw new Error();\n`,
  LangChain: `import { ChatOpenAI } from '@langchain/openai';\nif (ChatOpenAI === undefined) throw new Error();\n`,
  'AI SDK': `import { createOpenAI } from '@ai-sdk/openai';\nimport { streamText } from 'ai';\nif (createOpenAI === undefined || streamText === undefined) throw new Error();\n`,
};

/** Bundled for a browser, minified, tree-shaken and gzipped, with all that it depends on. */
async function kilobytes(contents: string): Promise<number> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    external: ['node:*'],
    write: false,
    logLevel: 'error',
  });
  const missing = warnings.filter(({ id }) => id === 'import-is-undefined');
  if (missing.length > 0) throw new Error(missing.map(({ text }) => text).join('\n'));
  return outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0) / 1024;
}

async function sizes(programs: Readonly<Record<string, string>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, code] of Object.entries(programs)) rows.push({ name, kB: await kilobytes(code) });
  return rows;
}

const beside = { of: 'Mortise', to: 'openai SDK' } as const;

export const works: readonly Work[] = [
  {
    name: 'cold',
    title: 'A whole program that reads a stream of 100 deltas',
    about:
      'From the start of the process to its end, from what is published; the texts are the same. The first round, which reads the files from the disk, is not counted.',
    limits: [{ ...beside, by: 'ms', atMost: 0.95 }],
    measure: (rounds) => cold({ programs: ASKING, server: 'server.ts' }, rounds),
  },
  {
    name: 'import',
    title: 'A program that imports a chat model, and ends',
    about: 'From the start of the process to its end.',
    limits: [{ of: 'Mortise, OpenAILLM', to: 'Node alone', by: 'ms', atMost: 1, plus: 20 }],
    measure: (rounds) => cold({ programs: IMPORTING }, rounds),
  },
  {
    name: 'bundle',
    title: 'The same program that reads a stream, bundled',
    about: 'Minified, tree-shaken and gzipped, with everything that it depends on.',
    limits: [{ ...beside, by: 'kB', atMost: 1, plus: 22 }],
    measure: () => sizes(ASKING),
  },
  {
    name: 'bundle-parts',
    title: 'What one import adds to a bundle',
    about: 'As above; each is one name, exported again.',
    measure: () =>
      sizes({
        'Mortise, JsonParser': `export { JsonParser } from '@mortise/toolkit';`,
        'LangChain, JsonOutputParser': `export { JsonOutputParser } from '@langchain/core/output_parsers';`,
        'AI SDK, parsePartialJson': `export { parsePartialJson } from 'ai';`,
        'Mortise, OpenAIEmbedding': `export { OpenAIEmbedding } from '@mortise/openai';`,
        'LangChain, OpenAIEmbeddings': `export { OpenAIEmbeddings } from '@langchain/openai';`,
        'AI SDK, embedMany': `export { embedMany } from 'ai'; export { createOpenAI } from '@ai-sdk/openai';`,
      }),
  },
];
