import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { createQueryEngine, DirectoryReader, openIndex } from '@mortise/rag';

const llm = new OpenAILLM({ model: 'gpt-4o-mini', api: 'chat-completions' });
const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });

/** What the documents of a folder say, and which of them say it. */
export async function askDocuments(
  directory: string,
  question: string,
): Promise<{ text: string; sources: unknown[] }> {
  const index = await openIndex({ embedding });
  await index.update(new DirectoryReader({ directory }));
  const engine = createQueryEngine({ llm, retriever: index.retriever({ topK: 2 }) });
  const { text, sources } = await engine.query(question);
  return { text, sources: sources.map(({ node }) => node.metadata['path']) };
}
