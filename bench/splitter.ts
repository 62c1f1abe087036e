/**
 * 10 MB of English into chunks of at most 512 tokens, overlap 64, counted by the same `o200k_base`: `SentenceSplitter`
 * against LangChain's recursive splitter. Each output is checked before it counts: no chunk above the limit, and every
 * word of the text in some chunk.
 */
import { createGptTokenizer } from '@mortise/gpt-tokenizer';
import { createDocument } from '@mortise/core/retriever';
import { SentenceSplitter } from '@mortise/rag';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { english } from './english.ts';
import { compare, table } from './measure.ts';

const CHARACTERS = Number(process.env['CHARACTERS'] ?? 10_000_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const MAX_TOKENS = 512;
const OVERLAP = 64;

const text = english(CHARACTERS);
const tokenizer = await createGptTokenizer();
const made = new Map<string, readonly string[]>();
const calls = new Map<string, { calls: number; characters: number }>();

/** Whoever splits is asked what its tokenizer had to look at. */
function counting(name: string): { readonly name: string; count(piece: string): number } {
  const seen = { calls: 0, characters: 0 };
  calls.set(name, seen);
  return {
    name: tokenizer.name,
    count(piece) {
      seen.calls++;
      seen.characters += piece.length;
      return tokenizer.count(piece);
    },
  };
}

function keep(name: string, chunks: readonly string[]): string {
  made.set(name, chunks);
  return 'done';
}

const LANGCHAIN = "LangChain's RecursiveCharacterTextSplitter";
const OURS = 'SentenceSplitter';
const ours = new SentenceSplitter({ tokenizer: counting(OURS), maxTokens: MAX_TOKENS, overlap: OVERLAP });
const theirCounter = counting(LANGCHAIN);
const langchain = new RecursiveCharacterTextSplitter({
  chunkSize: MAX_TOKENS,
  chunkOverlap: OVERLAP,
  lengthFunction: (piece) => theirCounter.count(piece),
});

const rows = await compare(
  [
    { name: LANGCHAIN, run: async () => keep(LANGCHAIN, await langchain.splitText(text)) },
    {
      name: OURS,
      run: async () =>
        keep(
          OURS,
          ours.split(createDocument({ id: 'd', text })).map((chunk) => chunk.text),
        ),
    },
  ],
  ROUNDS,
);

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  table(`${CHARACTERS / 1_000_000} MB of English, at most ${MAX_TOKENS} tokens, overlap ${OVERLAP}`, rows),
);
console.log('\nWhat was made, checked:');
const words = text.match(/\S+/g) ?? [];
for (const [name, chunks] of made) {
  const tokens = chunks.map((chunk) => tokenizer.count(chunk));
  const longest = Math.max(...tokens);
  if (longest > MAX_TOKENS) throw new Error(`${name}: a chunk has ${longest} tokens`);
  if (!coversAll(words, chunks)) throw new Error(`${name}: a word is in no chunk`);
  const { calls: asked = 0, characters = 0 } = calls.get(name) ?? {};
  const rounds = ROUNDS + 1;
  const mean = Math.round(tokens.reduce((sum, each) => sum + each, 0) / tokens.length);
  console.log(
    `- ${name}: ${chunks.length} chunks, ${mean} tokens on average, ${longest} at most; the tokenizer was asked ${Math.round(asked / rounds)} times, for ${(characters / rounds / text.length).toFixed(2)} times the text`,
  );
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
