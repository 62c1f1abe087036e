import { isMortiseError, type ChatResponse, type LLM } from '@mortise/core';
import { createQueryEngine, type DocumentIndex } from '@mortise/rag';
import { runTools, structured, type Tool } from '@mortise/toolkit';
import { z } from 'zod';

const Ticket = z.object({
  product: z.string(),
  urgency: z.enum(['low', 'high']),
});

/** What a customer's mail is about. */
export async function sortMail(llm: LLM, mail: string): Promise<z.infer<typeof Ticket>> {
  const { value } = await structured(llm, Ticket, `Sort this mail.\n\n${mail}`);
  return value;
}

/** Shows the answer while it is written. One that breaks off is kept, and said to be unfinished. */
export async function answerMail(llm: LLM, mail: string, show: (text: string) => void): Promise<string> {
  const stream = llm.streamChat(`Answer this mail.\n\n${mail}`);
  try {
    for await (const text of stream.textStream) show(text);
    return (await stream.final()).text;
  } catch (error) {
    if (!isMortiseError(error)) throw error;
    const partial = error.partial as ChatResponse | undefined;
    return `${partial?.text ?? ''} [unfinished: ${error.code}]`;
  }
}

/** Looks the order up, and tells where it is. */
export async function traceOrder(llm: LLM, mail: string, lookUp: Tool): Promise<string> {
  const { text } = await runTools(llm, mail, { tools: [lookUp], maxSteps: 3 });
  return text;
}

/** Answers from the handbook, with what it stands on. */
export async function askHandbook(llm: LLM, handbook: DocumentIndex, question: string) {
  const engine = createQueryEngine({ llm, retriever: handbook.retriever({ topK: 2 }) });
  const { text, citations } = await engine.query(question);
  return { text, quoted: citations.map(({ quote }) => quote) };
}
