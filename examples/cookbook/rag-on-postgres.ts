/**
 * Answers from a folder of Markdown, with what they rest on. Without DATABASE_URL the database is a folder beside the program.
 * `node rag-on-postgres.ts handbook "Can I return a lamp?" [2026/]`
 */
import { sourceId } from '@mortise/core/retriever';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { OpenAILLM } from '@mortise/openai';
import { openPostgres, PostgresDocumentStore, PostgresVectorStore } from '@mortise/postgres';
import { createQueryEngine, DirectoryReader, openIndex } from '@mortise/rag';

const [directory = 'handbook', question = 'What is in it?', part] = process.argv.slice(2);

const client = await openPostgres(process.env['DATABASE_URL'] ?? 'handbook-data');
const embedding = new EnergeticAIEmbedding(); // on this machine, 512 dimensions
const documents = new PostgresDocumentStore({ client });
const vectors = new PostgresVectorStore({ client, dimensions: 512, indexedKeys: ['path'] });

// Searches by words and by meaning in one query, and shows each document whole, in its old version or its new one.
const index = await openIndex({ embedding, documents, vectors });
const { added, updated, unchanged } = await index.update(new DirectoryReader({ directory }));
console.log(`${added} new, ${updated} changed, ${unchanged} as before`);

const llm = new OpenAILLM({ model: 'gpt-5.4-mini', baseURL: process.env['OPENAI_BASE_URL'] });
const filters = part === undefined ? undefined : ({ key: 'path', op: 'text-match', value: part } as const);
const engine = createQueryEngine({ llm, retriever: index.retriever({ topK: 5 }) });

const stream = engine.streamQuery(question, { filters });
for await (const text of stream.textStream) process.stdout.write(text);

const { sources, citations } = await stream.final();
for (const { number, quote, problem } of citations) {
  const source = sources[number - 1];
  const path = source === undefined ? 'no source' : sourceId(source.node);
  console.log(
    `\n[${number}] ${path}${quote === undefined ? '' : `: "${quote}"`}${problem === undefined ? '' : ` (${problem})`}`,
  );
}
await client.close();
