import type { LLM } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { QueryEngine } from '@mortise/core/query-engine';
import type { Settings } from './arguments.ts';
import { findDocuments, SAMPLE_QUESTION, type Documents } from './documents.ts';
import { createEngine } from './engine.ts';
import { AskError, describeFailure } from './failure.ts';
import { buildIndex, type IndexSummary } from './indexing.ts';
import { readQuestion } from './interactive.ts';
import { createEmbedding, createLLM } from './models.ts';
import { jsonAnswer, printAnswer } from './print.ts';

/** Everything that answering a question takes. */
interface Session {
  readonly settings: Settings;
  readonly documents: Documents;
  readonly llm: LLM;
  readonly embedding: EmbeddingModel;
  readonly summary: IndexSummary;
  readonly engine: QueryEngine;
}

const EXTRACTIVE_NOTE =
  'The answer is extractive: sentences picked from the sources, no language model was asked. ' +
  'Plug one in with --llm openai:MODEL, or a model of another provider (see --help).\n';

/** Reads the documents, then answers one question, or one after the other in a terminal. */
export async function ask(settings: Settings): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY && !settings.json;
  const isSample = settings.docs === undefined && settings.question === undefined;
  if (settings.question === undefined && !isTerminal && !isSample) {
    throw new AskError('there is no question', 'Add --question "...".');
  }
  const session = await openSession(settings);
  if (settings.question !== undefined) return answer(session, settings.question);
  if (isSample) {
    process.stderr.write(`A sample question: ${SAMPLE_QUESTION}\n`);
    await answer(session, SAMPLE_QUESTION);
  }
  if (isTerminal) await converse(session);
}

async function openSession(settings: Settings): Promise<Session> {
  const documents = findDocuments(settings.docs);
  const llm = await createLLM(settings);
  const embedding = await createEmbedding(settings);
  const { index, summary } = await buildIndex(documents, embedding);
  const engine = createEngine(index, llm);
  return { settings, documents, llm, embedding, summary, engine };
}

/** Until ctrl-D. A failure ends the answer, not the conversation. */
async function converse(session: Session): Promise<void> {
  for (;;) {
    const question = await readQuestion('\nQuestion (ctrl-D to leave): ');
    if (question === undefined) return;
    if (question === '') continue;
    try {
      await answer(session, question);
    } catch (error) {
      process.stderr.write(`${describeFailure(error, session.settings.preset)}\n`);
    }
  }
}

async function answer(session: Session, question: string): Promise<void> {
  const { settings, documents, llm, embedding, summary, engine } = session;
  const stream = engine.streamQuery(question);
  if (settings.json) {
    const about = { llm: nameOf(llm), embedding: nameOf(embedding), index: summary };
    process.stdout.write(await jsonAnswer(question, await stream.final(), documents.root, about));
    return;
  }
  const response = await printAnswer(stream, documents.root, process.stdout);
  for (const { message } of response.warnings) process.stderr.write(`warning: ${message}\n`);
  if (llm.provider === 'extractive' && response.outcome === 'answered') {
    process.stderr.write(`\n${EXTRACTIVE_NOTE}`);
  }
}

function nameOf({ provider, model }: LLM | EmbeddingModel): string {
  return provider === model ? provider : `${provider}:${model}`;
}
