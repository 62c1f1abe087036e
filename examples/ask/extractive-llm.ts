import { CustomLLM, MortiseError, type LLMMetadata, type TextAttempt, type TextReply } from '@mortise/core';
import { readCitationPrompt } from '@mortise/rag';
import { passagesOf, type Passage } from './passages.ts';
import { termsOf } from './terms.ts';

/** Sentences in an answer, at most. */
const MAX_SENTENCES = 3;
/** A further sentence must score this part of the best one's, or it only makes the answer longer. */
const ENOUGH_OF_THE_BEST = 0.75;
/** Words; what is longer is a table or a list rather than a sentence, and pays for it. */
const USUAL_LENGTH = 40;
/** What a heading says about every sentence below it counts less than the sentence's own words. */
const HEADING_WEIGHT = 0.5;
/** Between two sentences that say the same, the one of the better source wins. */
const RANK_WEIGHT = 0.04;

/**
 * A language model that writes nothing of its own: it picks the sentences of the sources that answer best and cites
 * them. Deterministic, local, without a key. It reads the prompt that `@mortise/rag` writes for every model.
 *
 * A sentence scores by the words it shares with the question, each weighted by how rare it is among the sentences
 * (inverse document frequency): the same measure that full-text search uses, on a smaller scale.
 */
export class ExtractiveLLM extends CustomLLM {
  override readonly metadata: LLMMetadata = {
    isChatModel: false,
    capabilities: { streaming: true, tools: false, stop: false, inputModalities: ['text'] },
  };

  constructor() {
    super({ provider: 'extractive', model: 'extractive' });
  }

  override doComplete(prompt: string): Promise<TextReply> {
    return Promise.resolve({ text: this.#answer(prompt).join('') });
  }

  override async *doStreamComplete(prompt: string, attempt: TextAttempt): AsyncGenerator<string> {
    for (const sentence of this.#answer(prompt)) {
      attempt.signal.throwIfAborted();
      yield sentence;
    }
  }

  #answer(prompt: string): string[] {
    const read = readCitationPrompt(prompt);
    if (read === undefined) {
      const message =
        'This model only picks sentences from the numbered sources of a citation prompt. Use another model.';
      throw new MortiseError('unsupported', message, { provider: this.provider, model: this.model });
    }
    const picked = pick(termsOf(read.question), read.sources.flatMap(passagesOf));
    return picked.map(({ text, number }, at) => `${at === 0 ? '' : '\n'}${text} [${number}]`);
  }
}

interface Scored {
  readonly passage: Passage;
  readonly terms: ReadonlySet<string>;
  readonly score: number;
}

function pick(question: ReadonlySet<string>, passages: readonly Passage[]): Passage[] {
  const weights = weightsOf(question, passages);
  const scored = passages.map((passage) => scorePassage(passage, weights)).sort((a, b) => b.score - a.score);
  const [best, ...rest] = scored;
  if (best === undefined) return [];
  const picked = [best];
  for (const next of rest) {
    if (picked.length === MAX_SENTENCES || next.score < best.score * ENOUGH_OF_THE_BEST) break;
    if (picked.every((other) => other.passage.text !== next.passage.text)) picked.push(next);
  }
  return picked.map(({ passage }) => passage);
}

/** The weight of each of the question's terms: rare ones tell sentences apart. They sum to 1. */
function weightsOf(question: ReadonlySet<string>, passages: readonly Passage[]): Map<string, number> {
  const frequency = new Map<string, number>();
  for (const { text } of passages) {
    for (const term of termsOf(text)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const idf = [...question].map((term) => {
    return [term, Math.log(1 + passages.length / (frequency.get(term) ?? 0.5))] as const;
  });
  const sum = idf.reduce((total, [, weight]) => total + weight, 0);
  return new Map(idf.map(([term, weight]) => [term, weight / sum]));
}

function scorePassage(passage: Passage, weights: ReadonlyMap<string, number>): Scored {
  const terms = termsOf(passage.text);
  const heading = termsOf(passage.heading);
  let score = 0;
  for (const [term, weight] of weights) {
    if (terms.has(term)) score += weight;
    else if (heading.has(term)) score += weight * HEADING_WEIGHT;
  }
  const words = passage.text.split(' ').length;
  const tooLong = Math.max(0, words - USUAL_LENGTH) / USUAL_LENGTH;
  return { passage, terms, score: score / (1 + tooLong) - RANK_WEIGHT * (passage.number - 1) };
}
