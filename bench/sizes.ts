/**
 * What an application pays for the same import from each: bundled, minified, tree-shaken and gzipped, with everything it
 * depends on. Run from `bench/`.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROWS: readonly { readonly what: string; readonly from: Readonly<Record<string, string>> }[] = [
  {
    what: 'a chat model of OpenAI, with its SDK',
    from: {
      mortise: `export { OpenAILLM } from '@mortise/openai';`,
      'openai alone': `export { default } from 'openai';`,
      langchain: `export { ChatOpenAI } from '@langchain/openai';`,
      'ai sdk': `export { generateText } from 'ai'; export { createOpenAI } from '@ai-sdk/openai';`,
    },
  },
  {
    what: 'embeddings of OpenAI, with its SDK',
    from: {
      mortise: `export { OpenAIEmbedding } from '@mortise/openai';`,
      langchain: `export { OpenAIEmbeddings } from '@langchain/openai';`,
      'ai sdk': `export { embedMany } from 'ai'; export { createOpenAI } from '@ai-sdk/openai';`,
    },
  },
  {
    what: 'the base of an embedding model',
    from: {
      mortise: `export { BaseEmbedding } from '@mortise/core';`,
      langchain: `export { Embeddings } from '@langchain/core/embeddings';`,
      'ai sdk': `export { embedMany } from 'ai';`,
    },
  },
  {
    what: 'the similarity of two vectors',
    from: {
      mortise: `export { similarity } from '@mortise/core';`,
      'ai sdk': `export { cosineSimilarity } from 'ai';`,
    },
  },
  {
    what: 'JSON out of a reply',
    from: {
      mortise: `export { JsonParser } from '@mortise/toolkit';`,
      langchain: `export { JsonOutputParser } from '@langchain/core/output_parsers';`,
      'ai sdk': `export { parsePartialJson } from 'ai';`,
    },
  },
];

async function kilobytes(code: string): Promise<number> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['mortise-source'],
    external: ['node:*'],
    write: false,
    logLevel: 'error',
  });
  const missing = warnings.filter(({ id }) => id === 'import-is-undefined');
  if (missing.length > 0) throw new Error(missing.map(({ text }) => text).join('\n'));
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1024;
}

for (const { what, from } of ROWS) {
  console.log(`\n${what}`);
  const { mortise = '', ...peers } = from;
  const ours = await kilobytes(mortise);
  console.log(`  mortise       ${ours.toFixed(1)} KB`);
  for (const [name, code] of Object.entries(peers)) {
    const theirs = await kilobytes(code);
    console.log(`  ${name.padEnd(13)} ${theirs.toFixed(1)} KB   ours is ${(ours / theirs).toFixed(2)} of it`);
  }
}
