/** The locale settles little besides abbreviations; one fixed locale makes chunks the same on every machine. */
export const SEGMENTER_LOCALE = 'en';
let segmenter: Intl.Segmenter | undefined;

/** Knows where sentences end: by UAX #29, after which a line end ends one too. */
export function sentenceSegmenter(): Intl.Segmenter {
  return (segmenter ??= new Intl.Segmenter(SEGMENTER_LOCALE, { granularity: 'sentence' }));
}

/**
 * Where the sentences of wrapped prose begin, whose line ends do not end one: those of `text` between `start` and `end`,
 * in UTF-16 units.
 */
export function* sentenceStarts(
  { text }: { readonly text: string },
  { start, end }: { readonly start: number; readonly end: number },
): Generator<number> {
  // A line end would end the sentence (UAX #29, SB4); here it is one of wrapped prose.
  const joined = text.slice(start, end).replace(/[\r\n]/g, ' ');
  for (const { index } of sentenceSegmenter().segment(joined)) yield start + index;
}
