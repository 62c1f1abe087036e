import { createDocument } from '@mortise/core/retriever';
import { createGptTokenizer } from '@mortise/gpt-tokenizer';
import { SentenceSplitter } from '@mortise/rag';
import { english } from '../english.ts';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

const CHARACTERS = 10_000_000;
const MAX_TOKENS = 512;
const OVERLAP = 64;

/** The first run, which does not count, is looked at: no chunk above the limit, and every word of the text in some chunk. */
function checking(
  text: string,
  count: (chunk: string) => number,
  split: () => Promise<readonly string[]>,
): Run {
  let isChecked = false;
  return async () => {
    const chunks = await split();
    if (!isChecked) {
      const longest = chunks.reduce((most, chunk) => Math.max(most, count(chunk)), 0);
      if (longest > MAX_TOKENS) throw new Error(`A chunk has ${longest} tokens.`);
      if (!coversAll(text.match(/\S+/g) ?? [], chunks)) throw new Error('A word is in no chunk.');
      isChecked = true;
    }
    return 'every word, and no chunk too long';
  };
}

/** The chunks in order, each beginning at or before the first word that is not covered yet. */
function coversAll(all: readonly string[], chunks: readonly string[]): boolean {
  let covered = 0;
  for (const chunk of chunks) {
    const own = chunk.match(/\S+/g) ?? [];
    const overlap = Math.min(covered, own.length);
    let from = covered;
    while (from >= covered - overlap && !own.every((each, at) => all[from + at] === each)) from--;
    if (from < covered - overlap) return false;
    covered = Math.max(covered, from + own.length);
  }
  return covered === all.length;
}

export const contenders: Readonly<Record<string, Contender>> = {
  async LangChain() {
    const { RecursiveCharacterTextSplitter } = await import('@langchain/textsplitters');
    const tokenizer = await createGptTokenizer();
    const count = (piece: string): number => tokenizer.count(piece);
    const text = english(CHARACTERS);
    const splitter = new RecursiveCharacterTextSplitter({
      chunkSize: MAX_TOKENS,
      chunkOverlap: OVERLAP,
      lengthFunction: count,
    });
    return checking(text, count, () => splitter.splitText(text));
  },
  async Mortise() {
    const tokenizer = await createGptTokenizer();
    const text = english(CHARACTERS);
    const splitter = new SentenceSplitter({ tokenizer, maxTokens: MAX_TOKENS, overlap: OVERLAP });
    return checking(
      text,
      (chunk) => tokenizer.count(chunk),
      async () => splitter.split(createDocument({ id: 'd', text })).map((chunk) => chunk.text),
    );
  },
};

export const works: readonly Work[] = [
  {
    name: 'splitting',
    title: '10 MB of English into chunks of at most 512 tokens',
    about:
      'Overlap 64, counted by the same `o200k_base`; no chunk is too long, and every word of the text is in one.',
    limits: [{ of: 'Mortise', to: 'LangChain', by: 'cpuMs', atMost: 0.6 }],
    measure: (rounds) => race({ file: import.meta.filename, contenders, rounds: 3 }, rounds),
  },
];
