import { MortiseError } from '@mortise/core';
import { refine, sentencesIn, type Unit } from './units.ts';

/** A stretch of text without white space at its ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface PackLimits {
  /** Tokens for a chunk's text. */
  readonly budget: number;
  /** Tokens that a chunk may repeat. */
  readonly overlap: number;
  count(text: string): number;
  /** Whether this text can be a chunk. The sum of its units' tokens is only an estimate of it. */
  fits(text: string): boolean;
}

/**
 * No vocabulary has this many characters to a token on average: what is longer is cut without being counted, so that
 * tokenizers that are slow on very long words never see one. Cut too finely, it is put together again.
 */
const MOST_CHARACTERS_PER_TOKEN = 16;

/**
 * Fills chunks with whole units, as coarse as fit: each text is looked at a fixed number of times a grain, so the time
 * is linear in the text.
 */
export function packUnits(text: string, stretch: Span, limits: PackLimits): Span[] {
  const spans: Span[] = [];
  const { budget } = limits;
  // A stack, next unit on top.
  const pending: Counted[] = [counted(text, { ...stretch, grain: 'section' }, limits)];
  let repeated: Counted | undefined;

  while (pending.length > 0) {
    const taken: Counted[] = [];
    let tokens = repeated?.tokens ?? 0;
    for (let next = pending.at(-1); next !== undefined; next = pending.at(-1)) {
      if (tokens + next.tokens <= budget) {
        tokens += next.tokens;
        taken.push(next);
        pending.pop();
      } else if (taken.length > 0 && tokens < budget / 4 && COARSE.has(next.grain)) {
        // A heading or a short paragraph is not left alone: some of what follows goes with it.
        pending.pop();
        push(refine(text, next));
      } else {
        break;
      }
    }
    const start = repeated?.start ?? taken[0]?.start ?? 0;
    while (taken.length > 0 && !limits.fits(text.slice(start, taken.at(-1)?.end).trim())) {
      pending.push(taken.pop() as Counted);
    }

    const last = taken.at(-1);
    if (last !== undefined) {
      const span = trimmed(text, start, last.end);
      if (span !== undefined) spans.push(span);
      // From where the chunk really begins: white space before it is no part of it.
      repeated = pending.length === 0 ? undefined : tail(text, span?.start ?? start, taken, limits);
    } else if (repeated !== undefined) {
      // The next unit fits without what would be repeated, or has to be cut.
      repeated = undefined;
    } else {
      const unit = pending.pop() as Counted;
      const finer = refine(text, unit);
      if (finer.length === 1 && unit.grain === 'slice')
        throw tooSmall(text.slice(unit.start, unit.end), limits);
      push(finer);
    }
  }
  return spans;

  function push(units: readonly Unit[]): void {
    for (const unit of units.toReversed()) pending.push(counted(text, unit, limits));
  }
}

/** What may be cut into smaller pieces of good sense; the pieces of a sentence have none. */
const COARSE: ReadonlySet<Unit['grain']> = new Set(['section', 'paragraph', 'line']);

interface Counted extends Unit {
  readonly tokens: number;
}

function counted(text: string, unit: Unit, limits: PackLimits): Counted {
  const certainlyTooLong = unit.end - unit.start > limits.budget * MOST_CHARACTERS_PER_TOKEN;
  return { ...unit, tokens: certainlyTooLong ? Infinity : limits.count(text.slice(unit.start, unit.end)) };
}

/** The last sentences of a chunk, as many as may be repeated; never all of it. */
function tail(
  text: string,
  start: number,
  taken: readonly Counted[],
  limits: PackLimits,
): Counted | undefined {
  const end = (taken.at(-1) as Counted).end;
  let found: Counted | undefined;
  let tokens = 0;
  for (const unit of taken.toReversed()) {
    for (const sentence of sentencesIn(text, unit).reverse()) {
      tokens += limits.count(text.slice(sentence.start, sentence.end));
      if (tokens > limits.overlap || sentence.start <= start) return found;
      found = { start: sentence.start, end, grain: 'sentence', tokens };
    }
  }
  return found;
}

function trimmed(text: string, start: number, end: number): Span | undefined {
  const piece = text.slice(start, end);
  const from = start + piece.length - piece.trimStart().length;
  const to = end - (piece.length - piece.trimEnd().length);
  return from < to ? { start: from, end: to } : undefined;
}

function tooSmall(character: string, { budget }: PackLimits): MortiseError {
  const message = `The single character ${JSON.stringify(character)} takes more than the ${budget} tokens that a chunk has for its text. Raise maxTokens, or exclude metadata from what models see.`;
  return new MortiseError('configuration', message);
}
