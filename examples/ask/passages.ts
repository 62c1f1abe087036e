import type { PromptSource } from '@mortise/rag';

/** A sentence, a list item or a row of a table, with the source it stands in. */
export interface Passage {
  /** The source's number in the prompt. */
  readonly number: number;
  /** As in the source, with white space joined: a citation's quote must stand there. */
  readonly text: string;
  /** The headings above it. */
  readonly heading: string;
}

const FENCE = /^\s*(?:```|~~~)(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const ITEM = /^\s*([-*+]|\d+[.)])\s+/;
const ROW = /^\s*\|/;
/** Rulers, table separators, HTML, link definitions and images alone on a line say nothing. */
const FURNITURE =
  /^\s*(\|?[\s|:-]+\|?|<[^>]*>|\[[^\]]*\]:.*|!?\[!?\[?[^\]]*\](\([^)]*\))*\]?(\([^)]*\))?|[=-]+)\s*$/;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** What of a source can stand in an answer. Code cannot: an excerpt of it seldom answers and never reads well. */
export function passagesOf({ number, about, text }: PromptSource): Passage[] {
  const passages: Passage[] = [];
  let heading = about;
  let block: string[] = [];
  let inCode = false;

  const flush = (whole: boolean): void => {
    const joined = block.join(' ').replace(/\s+/g, ' ').trim();
    block = [];
    const parts = whole ? [joined] : Array.from(sentences.segment(joined), ({ segment }) => segment.trim());
    for (const part of parts)
      if (/\p{Letter}.*\s/u.test(part)) passages.push({ number, text: part, heading });
  };

  let isItem = false;
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line);
    const title = HEADING.exec(line)?.[1];
    if (fence !== null || inCode || title !== undefined || line.trim() === '' || FURNITURE.test(line)) {
      flush(isItem);
      isItem = false;
      // One that says a language begins code, also where the source was cut in the midst of some.
      if (fence !== null) inCode = !inCode || fence[1]?.trim() !== '';
      else if (!inCode && title !== undefined) heading = `${heading} ${title}`;
    } else if (ITEM.test(line) || ROW.test(line)) {
      flush(isItem);
      isItem = true;
      block.push(line.replace(ITEM, ''));
    } else {
      block.push(line.replace(/^\s*>\s?/, ''));
    }
  }
  flush(isItem);
  return passages;
}
