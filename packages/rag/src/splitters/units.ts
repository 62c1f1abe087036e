import { SEGMENTER_LOCALE, sentenceStarts } from '../sentence-ends.ts';
import { lineEnd, type Block, type TextStructure } from './structure.ts';

/** A stretch of text, in UTF-16 units, up to where the next one begins: units follow each other without gaps. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly grain: Grain;
  /** What is left of a long unit of which the beginning was cut: to be cut itself, before anything is done with it. */
  readonly isRest?: boolean;
}

/** From coarse to fine. A unit that does not fit is cut into units of the next grain. */
export type Grain = 'section' | 'paragraph' | 'line' | 'sentence' | 'word' | 'slice';

type Stretch = Pick<Unit, 'start' | 'end'>;

/** A text and the blocks in it that are not cut like prose. */
export interface Source {
  readonly text: string;
  readonly structure: TextStructure;
}

let wordSegmenter: Intl.Segmenter | undefined;

/** The finer units of one unit, or of its beginning; never none, and never the same unit in the same grain. */
export function refine(source: Source, unit: Unit): Unit[] {
  switch (unit.grain) {
    case 'section':
      return cutAt(source, unit, 'paragraph', paragraphStarts);
    case 'paragraph':
      return cutAt(source, unit, 'line', lineStarts);
    case 'line':
      return cutAt(source, unit, 'sentence', sentenceStarts);
    case 'sentence':
      return cutAt(source, unit, 'word', wordStarts);
    case 'word':
    case 'slice':
      return halves(source.text, unit);
  }
}

/** Where the sentences of a stretch begin. */
export function sentencesIn(source: Source, { start, end }: Stretch): Unit[] {
  const units = refineAll(source, [{ start, end, grain: 'section' }]);
  return refineAll(source, refineAll(source, units));
}

/** Where the words of a stretch begin. */
export function wordsIn(source: Source, { start, end }: Stretch): Unit[] {
  return refineAll(source, [{ start, end, grain: 'sentence' }]);
}

/** Those of the next grain, of long units too. */
function refineAll(source: Source, units: readonly Unit[]): Unit[] {
  const finer: Unit[] = [];
  for (const unit of units) {
    let pending: Unit | undefined = unit;
    while (pending !== undefined) {
      const cut = refine(source, pending);
      pending = cut.at(-1)?.isRest === true ? cut.pop() : undefined;
      for (const one of cut) finer.push(one);
    }
  }
  return finer;
}

/** A unit that is much longer is cut piece by piece: looking for all its ends at once would hold the event loop. */
const WINDOW = 32_768;

/** In so many characters at the end of a window there is the end of a sentence, if there is one at all. */
const LAST_SENTENCES = 4_096;

function cutAt(
  source: Source,
  unit: Unit,
  grain: Grain,
  find: (source: Source, stretch: Stretch) => Iterable<number>,
): Unit[] {
  const isLong = unit.end - unit.start > 2 * WINDOW;
  const end = isLong ? unit.start + WINDOW : unit.end;
  const units: Unit[] = [];
  let { start } = unit;
  for (const at of find(source, { start, end })) {
    if (at <= start || at >= end) continue;
    units.push({ start, end: at, grain });
    start = at;
  }
  if (!isLong) return [...units, { start, end: unit.end, grain }];
  if (units.length === 0) {
    // The piece in front of the window's end is far too long for a chunk, and will be cut: by its own ends, if it has any.
    start = placeBefore(source, unit.start, end, unit.grain);
    units.push({ start: unit.start, end: start, grain });
  }
  return [...units, { start, end: unit.end, grain: unit.grain, isRest: true }];
}

/** Where a stretch without ends of its grain is cut: in front of a line, else a sentence, a word, a character. */
function placeBefore(source: Source, start: number, end: number, grain: Grain): number {
  const { text, structure } = source;
  const block = structure.blockAt(start);
  let last = start;
  if (block !== undefined) {
    for (const at of structure.lineStarts(text, block, start, end)) last = at;
  } else if (grain === 'section') {
    last = start + text.slice(start, end).lastIndexOf('\n') + 1;
  }
  if (last > start) return last;
  if (grain === 'section' || grain === 'paragraph')
    for (const at of sentenceStarts(source, { start: end - LAST_SENTENCES, end }))
      if (at > end - LAST_SENTENCES) last = at;
  if (last > start) return last;
  for (let at = end; at > end - 256 && at > start + 1; at--) if (/\s/.test(text.charAt(at - 1))) return at;
  return (
    cutNear(text, end - 64, end + 64, isBetweenCharacters) ??
    cutNear(text, end - 2, end + 2, isBetweenCodePoints) ??
    end
  );
}

/** Whether the unit begins with fenced code, as `refine` leaves it whole. */
export function isFenced(source: Source, unit: Unit): boolean {
  const block = source.structure.blockAt(pastSpace(source.text, unit));
  return block !== undefined && block.table === undefined && block.first >= unit.start;
}

function pastSpace(text: string, { start, end }: Stretch): number {
  let at = start;
  while (at < end && at < start + 80 && /\s/.test(text.charAt(at))) at++;
  return at;
}

/** After blank lines, and around fenced code and tables, which stay whole whatever stands in them. */
function* paragraphStarts({ text, structure }: Source, { start, end }: Stretch): Generator<number> {
  let isAfterGap = false;
  for (let at = start; at < end;) {
    const block = structure.blockAt(at);
    if (block !== undefined) {
      yield at;
      at = block.end;
      isAfterGap = true;
      continue;
    }
    const next = lineEnd(text, at, end);
    const isBlank = !/\S/.test(text.slice(at, next));
    if (!isBlank && isAfterGap) yield at;
    isAfterGap = isBlank;
    at = next;
  }
}

/** Before list items and rows of tables, and at every line of code; other line ends are those of wrapped prose. */
function* lineStarts(source: Source, { start, end }: Stretch): Generator<number> {
  const { text, structure } = source;
  const block: Block | undefined = structure.blockAt(pastSpace(text, { start, end }));
  if (block !== undefined) {
    yield* structure.lineStarts(text, block, start, end);
    return;
  }
  const starts = /\n(?=[ \t]{0,40}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|\|))/g;
  for (const { index } of text.slice(start, end).matchAll(starts)) yield start + index + 1;
}

function* wordStarts({ text }: Source, { start, end }: Stretch): Generator<number> {
  wordSegmenter ??= new Intl.Segmenter(SEGMENTER_LOCALE, { granularity: 'word' });
  // Punctuation and white space go with the word before them.
  for (const { index, isWordLike } of wordSegmenter.segment(text.slice(start, end)))
    if (isWordLike === true) yield start + index;
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
