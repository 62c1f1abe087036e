import { createDocument, type Document, type NodeInput, type TextNode } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { SplitterSettings } from './subject.ts';

const count = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** Counts as differently as real tokenizers do: the last takes more for a text than for its parts. */
export const TOKENIZERS: readonly TokenCounter[] = [
  { name: 'words', count },
  { name: 'bytes', count: (text) => new TextEncoder().encode(text).length },
  { name: 'quarters', count: (text) => Math.ceil(text.length / 4) },
  { name: 'superadditive', count: (text) => count(text) + Math.floor(text.length / 40) },
];

export const WORDS = TOKENIZERS[0] as TokenCounter;
export const BYTES = TOKENIZERS[1] as TokenCounter;

export const SETTINGS: readonly SplitterSettings[] = TOKENIZERS.flatMap((tokenizer) =>
  [24, 40, 120].map((maxTokens) => ({ tokenizer, maxTokens, overlap: Math.floor(maxTokens / 6) })),
);

const SENTENCE = 'The harbour was quiet, and nobody on the quay said a word. ';

/** Prose, lists, code, tables, scripts without spaces, repeats, line ends of all kinds, and things without words. */
export const TEXTS: readonly string[] = [
  SENTENCE.repeat(20),
  Array.from({ length: 12 }, (_, at) => `Paragraph ${at}. ${SENTENCE.repeat(1 + (at % 4))}`).join('\n\n'),
  `# Guide\n\nIntro.\n\n## Install\n\n### Windows\n\n${SENTENCE.repeat(6)}\n\n## Use\n\nSo.\n`,
  `Text before.\n\n\`\`\`js\nconst a = 1;\n\n${'call(a, "text");\n'.repeat(12)}\`\`\`\n\nText after.`,
  `| a | b |\n|---|---|\n${'| one cell | another cell |\n'.repeat(20)}`,
  `- first item of a list\n- second one\n${'- another, with more words than the others have\n'.repeat(9)}`,
  '東京は日本の首都です。人口は多い。京都は古い都です。'.repeat(8),
  '한국어 문장입니다. 다른 문장도 있습니다. '.repeat(8),
  `\r\n\r\n${SENTENCE.repeat(3)}\r\n\r\n${SENTENCE.repeat(3)}\r\n`,
  'x'.repeat(700),
  '👩‍👩‍👧‍👦'.repeat(30),
  'e\u0301'.repeat(120),
  `a\u0000b \ufeff ${'\u00a0word'.repeat(30)}`,
  '\n\n\nx',
  'x',
];

export function document(text: string, more: Partial<NodeInput> = {}): Document {
  return createDocument({ id: 'doc', text, ...more });
}

/** What is embedded: the chunks that no other chunk is a part of. */
export function leaves(chunks: readonly TextNode[]): TextNode[] {
  return chunks.filter(({ relationships }) => (relationships?.children ?? []).length === 0);
}

export function where({ tokenizer, maxTokens, overlap }: SplitterSettings, text: string): string {
  return `${JSON.stringify(text.slice(0, 24))}, at most ${maxTokens} ${tokenizer.name}, overlap ${overlap}`;
}
