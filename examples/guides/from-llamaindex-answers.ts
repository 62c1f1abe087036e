import { OpenAILLM, OpenAIEmbedding } from '@mortise/openai';
import { withDefaults } from '@mortise/toolkit';
import { SentenceSplitter, openIndex, createQueryEngine, createContextChatEngine } from '@mortise/rag';
import { createDocument } from '@mortise/core';

const llm = withDefaults(new OpenAILLM({ model: 'gpt-4o-mini', api: 'chat-completions' }), {
  temperature: 0,
});
const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const splitter = new SentenceSplitter({ maxTokens: 512, overlap: 200 });

/** The answer to a question, and the notes that it rests on. */
export async function answerFromNotes(notes: string[], question: string): Promise<string[]> {
  const documents = notes.map((text, number) => createDocument({ text, id: `note-${number}` }));
  const index = await openIndex({ embedding }, { splitter });
  await index.update(documents);
  const engine = createQueryEngine({
    llm,
    retriever: index.retriever({ topK: 3, weights: { bm25: 0, vector: 1 } }),
  });
  const { text: message, sources: sourceNodes } = await engine.query(question);
  return [message, ...sourceNodes.map(({ node }) => node.text)];
}

/** The answer as it is written. */
export async function streamFromNotes(notes: string[], question: string, write: (text: string) => void) {
  const index = await openIndex({ embedding }, { splitter });
  await index.update(notes.map((text) => createDocument({ text })));
  const stream = createContextChatEngine({
    llm,
    retriever: index.retriever({ topK: 2, weights: { bm25: 0, vector: 1 } }),
  }).streamChat(question);
  for await (const chunk of stream.textStream) write(chunk);
}
