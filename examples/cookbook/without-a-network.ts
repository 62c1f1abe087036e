/**
 * A conversation about a folder, all of it on this machine: `ollama pull qwen3`, then `node without-a-network.ts notes`.
 * The embedding model comes with its package; nothing is downloaded, and nothing is sent anywhere.
 */
import { createInterface } from 'node:readline/promises';
import { sourceId } from '@mortise/core/retriever';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { OpenAILLM } from '@mortise/openai';
import { ollama } from '@mortise/openai/presets';
import { createContextChatEngine, DirectoryReader, openIndex } from '@mortise/rag';

const [directory = 'notes'] = process.argv.slice(2);
const index = await openIndex({ embedding: new EnergeticAIEmbedding() }, { directory: '.index' });
const { failed } = await index.update(new DirectoryReader({ directory }));
for (const { item, error } of failed) console.error(`${item}: ${error.message}`);
console.log(`${index.size} documents`);

const baseURL = process.env['OLLAMA_URL'] ?? ollama.baseURL;
const llm = new OpenAILLM({ ...ollama, baseURL, model: 'qwen3' });
const chat = createContextChatEngine({ llm, retriever: index.retriever({ topK: 4 }) });

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const stream = chat.streamChat(line);
  for await (const text of stream.textStream) process.stdout.write(text);
  const { sources, citations } = await stream.final();
  const cited = citations.flatMap(({ number }) => sources.slice(number - 1, number));
  console.log(
    cited.length === 0 ? '' : `\n(${[...new Set(cited.map(({ node }) => sourceId(node)))].join(', ')})`,
  );
}
