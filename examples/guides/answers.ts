import {
  createServiceContext,
  type LLM,
  type QueryResponse,
  type Reranker,
  type Retriever,
} from '@mortise/core';
import {
  CompactSynthesizer,
  createContextChatEngine,
  createQueryEngine,
  LongContextReorder,
  RerankPostprocessor,
  RetrieverQueryEngine,
  RouterQueryEngine,
  SimilarityCutoff,
  SubQuestionQueryEngine,
  type ChatEngine,
  type DescribedEngine,
} from '@mortise/rag';

/** The usual engine, told apart from its citations: what holds, and what does not. */
export async function checkedAnswer(
  llm: LLM,
  retriever: Retriever,
  question: string,
): Promise<{ answer: QueryResponse; doubtful: string[] }> {
  const context = createServiceContext({ llm, retriever });
  const engine = createQueryEngine(context, { postprocessors: [new SimilarityCutoff({ cutoff: 0.3 })] });
  const answer = await engine.query(question);
  const doubtful = answer.citations
    .filter(({ problem }) => problem !== undefined)
    .map(({ number, quote, problem }) => `[${number}] ${problem}${quote === undefined ? '' : `: ${quote}`}`);
  return { answer, doubtful };
}

/** Many sources, the best of them by a reranker, in as few calls as the model's window allows. */
export function thoroughEngine(llm: LLM, retriever: Retriever, reranker: Reranker): RetrieverQueryEngine {
  return new RetrieverQueryEngine({
    retriever,
    topK: 100,
    postprocessors: [new RerankPostprocessor({ reranker }, { topN: 30 }), new LongContextReorder()],
    synthesizer: new CompactSynthesizer({ llm }),
  });
}

/** One engine of several, or all that a question needs. */
export function overSeveral(llm: LLM, engines: readonly DescribedEngine[]) {
  return {
    one: new RouterQueryEngine({ llm }, { engines }),
    all: new SubQuestionQueryEngine({ llm }, { engines, maxQuestions: 4 }),
  };
}

/** A turn of a conversation, written to the screen as it comes. */
export async function sayTurn(
  chat: ChatEngine,
  message: string,
  write: (text: string) => void,
): Promise<void> {
  const turn = chat.streamChat(message);
  for await (const event of turn) {
    if (event.type === 'text-delta') write(event.delta);
    if (event.type === 'citation' && event.citation.problem !== undefined) write(' (unsure)');
  }
}

/** A conversation that goes on where it was saved. */
export async function goOn(llm: LLM, retriever: Retriever, saved: string): Promise<ChatEngine> {
  const messages = JSON.parse(saved) as Awaited<ReturnType<ChatEngine['history']>>;
  return createContextChatEngine({ llm, retriever }, { messages, systemPrompt: 'You are a carpenter.' });
}
