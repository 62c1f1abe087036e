/**
 * Files and functions of ours on the way of one call, counted by the runtime's precise coverage after a first call of the
 * same kind: what a reader who follows the call has to go through. With `--list` they are named, file by file.
 */
import { Session } from 'node:inspector/promises';
import { createDocument } from '@mortise/core';
import { HashEmbedding } from '@mortise/core/testing';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { openIndex } from '@mortise/rag';

const json = (body: object): Response =>
  new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

const answer = {
  id: 'c1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};
const vectors = {
  object: 'list',
  model: 'emb',
  data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
  usage: { prompt_tokens: 3, total_tokens: 3 },
};

const llm = new OpenAILLM({
  model: 'gpt',
  apiKey: 'test-key-of-nobody',
  api: 'chat-completions',
  fetch: () => Promise.resolve(json(answer)),
});
const embedding = new OpenAIEmbedding({
  model: 'emb',
  apiKey: 'test-key-of-nobody',
  fetch: () => Promise.resolve(json(vectors)),
});
const index = await openIndex({ embedding: new HashEmbedding() });

let at = 0;
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  chat: () => llm.chat('Is it so?'),
  embedTexts: () => embedding.embedTexts([`text ${at++}`]),
  'one ingested node': () => index.update([createDocument({ id: `d${at++}`, text: 'One sentence.' })]),
};

const session = new Session();
session.connect();
await session.post('Profiler.enable');
console.log('| call | files | functions |\n| --- | --- | --- |');
for (const [name, call] of Object.entries(calls)) {
  await call();
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await call();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const ours = result
    .filter(({ url }) => /\/(packages|integrations)\/[^/]+\/src\//.test(url) && !url.includes('/testing/'))
    .map(({ url, functions }) => ({
      file: url.replace(/^.*\/(?=(packages|integrations)\/)/, ''),
      called: functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
    }))
    .filter(({ called }) => called.length > 0);
  console.log(`| ${name} | ${ours.length} | ${ours.reduce((sum, { called }) => sum + called.length, 0)} |`);
  if (!process.argv.includes('--list')) continue;
  for (const { file, called } of ours)
    console.log(`    ${file}: ${called.map(({ functionName }) => functionName || '(anonymous)').join(', ')}`);
}
