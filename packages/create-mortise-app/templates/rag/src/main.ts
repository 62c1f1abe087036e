import { openEngine } from './answer.ts';
import { chooseEmbedding, chooseModel } from './model.ts';
import { standIn } from './stand-in.ts';

const question = process.argv.slice(2).join(' ') || 'What does the introduction to the table saw cost?';
console.log(`Question: ${question}\n`);

const engine = await openEngine({ llm: chooseModel(standIn), embedding: chooseEmbedding() });
const stream = engine.streamQuery(question);
for await (const text of stream.textStream) process.stdout.write(text);

const { sources, citations } = await stream.final();
console.log(sources.length > 0 ? '\n\nSources' : '');
for (const [at, { node }] of sources.entries()) {
  const isCited = citations.some(({ number, problem }) => number === at + 1 && problem === undefined);
  if (isCited) console.log(`  [${at + 1}] ${String(node.metadata['path'])}: ${node.text.split('\n')[0]}`);
}
for (const { number, problem } of citations)
  if (problem !== undefined) console.log(`  [${number}] does not hold: ${problem}`);
