import { CustomLLM, MortiseError, type LLM, type LLMMetadata } from '@mortise/core';
import { readCitationPrompt } from '@mortise/rag';

/** In place of a model, where there is no key: it picks the sentences that share most words with the question, and cites them. */
class StandIn extends CustomLLM {
  override readonly metadata: LLMMetadata = {
    isChatModel: false,
    capabilities: { streaming: true, tools: false, inputModalities: ['text'] },
  };

  override async doComplete(prompt: string): Promise<string> {
    const read = readCitationPrompt(prompt);
    if (read === undefined)
      throw new MortiseError('unsupported', 'The stand-in only answers from sources. Give it a model.');
    const asked = wordsOf(read.question);
    const sentences = read.sources.flatMap(({ number, text }) =>
      sentencesOf(text).map((sentence) => {
        const score = [...wordsOf(sentence)].filter((word) => asked.has(word)).length;
        return { number, sentence, score };
      }),
    );
    const most = Math.max(1, ...sentences.map(({ score }) => score));
    const best = sentences.filter(({ score }) => score === most).slice(0, 2);
    return best.length === 0
      ? 'No sentence of the documents has the words of the question.'
      : best.map(({ sentence, number }) => `${sentence} [${number}]`).join(' ');
  }
}

function sentencesOf(text: string): string[] {
  const prose = text.replaceAll(/^#.*$/gm, '').replaceAll(/\s+/g, ' ');
  return Array.from(new Intl.Segmenter('en', { granularity: 'sentence' }).segment(prose), ({ segment }) =>
    segment.trim(),
  );
}

/** Words of four letters and more, without endings. */
function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .toLowerCase()
      .match(/\p{L}{4,}/gu)
      ?.map((word) => word.replace(/(?:es|s|ed|ing)$/, '')),
  );
}

export const standIn = (): LLM => new StandIn({ provider: 'stand-in', model: 'stand-in' });
