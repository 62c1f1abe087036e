/** A stretch of text, in UTF-16 units, up to where the next one begins: units follow each other without gaps. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly grain: Grain;
}

/** From coarse to fine. A unit that does not fit is cut into units of the next grain. */
export type Grain = 'section' | 'paragraph' | 'line' | 'sentence' | 'word' | 'slice';

/** The locale settles little besides abbreviations; one fixed locale makes chunks the same on every machine. */
const LOCALE = 'en';
let sentenceSegmenter: Intl.Segmenter | undefined;
let wordSegmenter: Intl.Segmenter | undefined;

/** The finer units of one unit; never none, and never the same unit in the same grain. */
export function refine(text: string, unit: Unit): Unit[] {
  switch (unit.grain) {
    case 'section':
      return cutAt(text, unit, 'paragraph', paragraphStarts);
    case 'paragraph':
      return cutAt(text, unit, 'line', lineStarts);
    case 'line':
      return cutAt(text, unit, 'sentence', sentenceStarts);
    case 'sentence':
      return cutAt(text, unit, 'word', wordStarts);
    case 'word':
    case 'slice':
      return halves(text, unit);
  }
}

/** Where the sentences of a stretch begin. */
export function sentencesIn(text: string, { start, end }: Pick<Unit, 'start' | 'end'>): Unit[] {
  const paragraphs = cutAt(text, { start, end, grain: 'section' }, 'paragraph', paragraphStarts);
  return paragraphs.flatMap((unit) => refine(text, unit)).flatMap((unit) => refine(text, unit));
}

/** Where the words of a stretch begin. */
export function wordsIn(text: string, { start, end }: Pick<Unit, 'start' | 'end'>): Unit[] {
  return cutAt(text, { start, end, grain: 'sentence' }, 'word', wordStarts);
}

function cutAt(text: string, unit: Unit, grain: Grain, find: (stretch: string) => Iterable<number>): Unit[] {
  const units: Unit[] = [];
  let { start } = unit;
  for (const offset of find(text.slice(unit.start, unit.end))) {
    const at = unit.start + offset;
    if (at <= start || at >= unit.end) continue;
    units.push({ start, end: at, grain });
    start = at;
  }
  units.push({ start, end: unit.end, grain });
  return units;
}

/** Whether the unit is fenced code, as `refine` leaves it whole. */
export function isFenced(text: string, { start }: Unit): boolean {
  return /\s*(`{3,}|~{3,})/y.test(text.slice(start, start + 80));
}

/** After blank lines, and around fenced code, which stays whole whatever blank lines it holds. */
function* paragraphStarts(text: string): Generator<number> {
  let fence: string | undefined;
  let blank = false;
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at);
    const next = found === -1 ? text.length : found + 1;
    const line = text.slice(at, next).trim();
    const marker = /^(`{3,}|~{3,})/.exec(line)?.[1];
    const opens = fence === undefined && marker !== undefined;
    if (line !== '' && fence === undefined && (blank || opens)) yield at;
    const closes = fence !== undefined && marker === line && marker.startsWith(fence);
    if (opens) fence = marker;
    else if (closes) fence = undefined;
    blank = line === '' || closes;
    at = next;
  }
}

/** Before list items and rows of tables, and at every line of code; other line ends are those of wrapped prose. */
function* lineStarts(text: string): Generator<number> {
  const isCode = /^\s*(`{3,}|~{3,})/.test(text);
  const starts = isCode ? /\n(?=.)/g : /\n(?=[ \t]*(?:[-*+][ \t]|\d+[.)][ \t]|\|))/g;
  for (const { index } of text.matchAll(starts)) yield index + 1;
}

function* sentenceStarts(text: string): Generator<number> {
  sentenceSegmenter ??= new Intl.Segmenter(LOCALE, { granularity: 'sentence' });
  // A line end would end the sentence (UAX #29, SB4); here it is one of wrapped prose.
  const joined = text.replace(/[\r\n]/g, ' ');
  for (const { index } of sentenceSegmenter.segment(joined)) yield index;
}

function* wordStarts(text: string): Generator<number> {
  wordSegmenter ??= new Intl.Segmenter(LOCALE, { granularity: 'word' });
  // Punctuation and white space go with the word before them.
  for (const { index, isWordLike } of wordSegmenter.segment(text)) if (isWordLike === true) yield index;
}

/**
 * What has no words (base64, a very long identifier) is halved until it fits: between characters as a reader sees them
 * where there is such a place, else between code points.
 */
function halves(text: string, { start, end }: Unit): Unit[] {
  const middle =
    cutNear(text, start, end, isBetweenCharacters) ?? cutNear(text, start, end, isBetweenCodePoints);
  if (middle === undefined) return [{ start, end, grain: 'slice' }];
  return [
    { start, end: middle, grain: 'slice' },
    { start: middle, end, grain: 'slice' },
  ];
}

/** The place nearest to the middle, looked for to its right and then to its left. */
function cutNear(
  text: string,
  start: number,
  end: number,
  allowed: (text: string, at: number) => boolean,
): number | undefined {
  const middle = Math.floor((start + end) / 2);
  for (let at = middle; at < end; at++) if (at > start && allowed(text, at)) return at;
  for (let at = middle - 1; at > start; at--) if (allowed(text, at)) return at;
  return undefined;
}

function isBetweenCodePoints(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 0xdc00 || code > 0xdfff;
}

/** Neither before a combining mark, a variation selector or a joiner, nor after a joiner. */
function isBetweenCharacters(text: string, at: number): boolean {
  if (!isBetweenCodePoints(text, at) || text[at - 1] === '\u200d') return false;
  return !/^(?:\p{M}|\p{Emoji_Modifier}|\u200d)/u.test(text.slice(at, at + 2));
}
