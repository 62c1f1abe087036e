import { MortiseError } from '@mortise/core';
import { isFenced, refine, sentencesIn, wordsIn, type Source, type Unit } from './units.ts';

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
  /** `false`: paragraphs, lines and sentences stay whole where they fit. `true`: chunks are filled word by word. */
  readonly fill: boolean;
  /** Tokens of a text by itself. */
  count(text: string): number;
  /** Tokens that the chunk of a stretch takes of the budget. The sum of its parts is only an estimate of it. */
  measure(span: Span): number;
}

/**
 * No vocabulary has this many characters to a token on average: what is longer is cut without being counted, so that
 * tokenizers that are slow on very long words never see one. Cut too finely, it is put together again.
 */
const MOST_CHARACTERS_PER_TOKEN = 16;

/**
 * Fills chunks with whole units, as coarse as fit. Counting is what takes the time, so a chunk is filled by an estimate
 * from what was counted before, and counted where the estimate does not settle whether a unit fits, and at its end:
 * little more than once. The time is linear in the text. Between two steps it can be left for a turn of the event loop.
 */
export function* packUnits(source: Source, stretch: Span, limits: PackLimits): Generator<void, Span[]> {
  const { text } = source;
  const whole = trimmed(text, stretch.start, stretch.end);
  if (whole === undefined) return [];
  // So short that it is hardly ever more than a chunk: nothing is filled or cut then.
  const isShort = whole.end - whole.start <= limits.budget;
  if (isShort && limits.measure(whole) <= limits.budget) return [whole];
  const spans: Span[] = [];
  const scale = createScale(limits.budget);
  // A stack, next unit on top.
  const pending: Unit[] = [{ ...stretch, grain: 'section' }];
  let repeatFrom: number | undefined;

  for (let next = yield* top(); next !== undefined; next = yield* top()) {
    const chunk = new Filling(text, repeatFrom ?? next.start, limits, scale);
    yield* fill(chunk, repeatFrom === undefined);
    for (const unit of chunk.close().toReversed()) pending.push(unit);

    if (chunk.taken.length > 0) {
      const span = trimmed(text, chunk.start, chunk.end);
      if (span !== undefined) spans.push(span);
      // From where the chunk really begins: white space before it is not part of it.
      repeatFrom =
        pending.length === 0
          ? undefined
          : tail(source, span?.start ?? chunk.start, chunk.taken, limits, scale);
    } else if (repeatFrom !== undefined) {
      // The next unit fits without what would be repeated, or has to be cut.
      repeatFrom = undefined;
    } else {
      const unit = pending.pop() as Unit;
      const finer = refine(source, unit);
      if (finer.length === 1 && unit.grain === 'slice')
        throw tooSmall(text.slice(unit.start, unit.end), limits);
      push(finer);
    }
    yield;
  }
  return spans;

  /** The next unit; of a long one, more of its pieces are cut off when it is their turn. */
  function* top(): Generator<void, Unit | undefined> {
    for (;;) {
      const next = pending.at(-1);
      if (next?.isRest !== true) return next;
      pending.pop();
      push(refine(source, next));
      yield;
    }
  }

  function* fill(chunk: Filling, mayBeAlone: boolean): Generator<void> {
    for (let next = yield* top(); next !== undefined; next = yield* top()) {
      if (chunk.take(next, mayBeAlone && chunk.taken.length === 0)) {
        pending.pop();
      } else if (chunk.taken.length > 0 && isWorthCutting(next, chunk)) {
        pending.pop();
        push(refine(source, next));
        yield;
      } else {
        break;
      }
    }
  }

  /** A heading or a short paragraph is not left alone: some of what follows goes with it, unless it is code. */
  function isWorthCutting(unit: Unit, chunk: Filling): boolean {
    if (chunk.isOver) return false;
    if (limits.fill) return unit.grain !== 'word' && unit.grain !== 'slice';
    return COARSE.has(unit.grain) && chunk.isShort && !(isFenced(source, unit) && fitsAlone(unit));
  }

  function fitsAlone({ start, end }: Unit): boolean {
    const span = trimmed(text, start, end);
    if (span === undefined || end - start > limits.budget * MOST_CHARACTERS_PER_TOKEN) return false;
    return limits.measure(span) <= limits.budget;
  }

  function push(units: readonly Unit[]): void {
    for (const unit of units.toReversed()) pending.push(unit);
  }
}

/** What may be cut into smaller pieces of good sense; the pieces of a sentence have none. */
const COARSE: ReadonlySet<Unit['grain']> = new Set(['section', 'paragraph', 'line']);

/** What is known of a text's tokens per character. */
interface Scale {
  /** Tokens per character where the text was counted last; undefined before. */
  rate: number | undefined;
  /** How far an estimate may be off, as a part of it: the fewer tokens there are, the less they even out. */
  readonly doubt: number;
}

function createScale(budget: number): Scale {
  return { rate: undefined, doubt: doubtAbout(budget) };
}

/** Chunks of one kind of text even out; another kind of text counts at once. */
function learn(scale: Scale, measured: number): void {
  const { rate } = scale;
  const isLike = rate !== undefined && Math.abs(measured / rate - 1) < 0.1;
  scale.rate = Math.max(isLike ? (3 * rate + measured) / 4 : measured, 1 / MOST_CHARACTERS_PER_TOKEN);
}

function doubtAbout(tokens: number): number {
  return Math.min(1, 0.2 / Math.sqrt(tokens));
}

/** One chunk while it is filled. What is taken up to `#sure` was counted and fits. */
class Filling {
  readonly start: number;
  readonly taken: Unit[] = [];
  readonly #text: string;
  readonly #limits: PackLimits;
  readonly #scale: Scale;
  #sure: { units: number; end: number; tokens: number };
  /** It was counted, and is above the budget. */
  #over = false;

  constructor(text: string, start: number, limits: PackLimits, scale: Scale) {
    this.#text = text;
    this.start = start;
    this.#limits = limits;
    this.#scale = scale;
    this.#sure = { units: 0, end: start, tokens: 0 };
  }

  get end(): number {
    return this.taken.at(-1)?.end ?? this.start;
  }

  /** Whether there is much room left, by an estimate where it was not counted. */
  get isShort(): boolean {
    return this.#estimate(this.end) < this.#limits.budget / 4;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Whether the unit fits, and is now part of the chunk. `alone`: it is cut if it does not. */
  take(unit: Unit, alone: boolean): boolean {
    // White space takes no room until something follows it; looking at all of it again for each piece would be quadratic.
    if (this.#isBlank(unit)) {
      this.taken.push(unit);
      return true;
    }
    let verdict = this.#judge(unit.end);
    const isLikely = verdict === 'unclear' && this.#estimate(unit.end) <= this.#limits.budget;
    if (verdict !== 'fits' && !isLikely && this.taken.length > this.#sure.units) {
      // Counting what is taken makes the estimate of the rest sharper, and is to be done anyway.
      if (!this.#settle()) return false;
      verdict = this.#judge(unit.end);
    }
    if (verdict === 'does not' && alone && this.#isCountable(unit)) verdict = 'unclear';
    if (verdict === 'unclear') verdict = this.#fits(unit.end, this.taken.length + 1) ? 'fits' : 'does not';
    if (verdict === 'fits') this.taken.push(unit);
    return verdict === 'fits';
  }

  #isBlank({ start, end }: Unit): boolean {
    return /\s/.test(this.#text.charAt(start)) && !/\S/.test(this.#text.slice(start, end));
  }

  /** Gives back the units that do not fit after all. */
  close(): Unit[] {
    const dropped: Unit[] = [];
    for (let step = 1; !this.#settle(); step *= 2) {
      const spare = this.taken.length - this.#sure.units;
      dropped.unshift(...this.taken.splice(-Math.min(step, spare)));
      this.#over = false;
    }
    return dropped;
  }

  #settle(): boolean {
    if (this.taken.length === this.#sure.units) return true;
    this.#over ||= !this.#fits(this.end, this.taken.length);
    return !this.#over;
  }

  /** Counts the chunk up to there. */
  #fits(end: number, units: number): boolean {
    const span = trimmed(this.#text, this.start, end);
    const tokens = span === undefined ? 0 : this.#limits.measure(span);
    if (span !== undefined) learn(this.#scale, tokens / (end - this.start));
    if (tokens > this.#limits.budget) return false;
    this.#sure = { units, end, tokens };
    return true;
  }

  #estimate(end: number): number {
    return this.#sure.tokens + (this.#scale.rate ?? 0) * (end - this.#sure.end);
  }

  #judge(end: number): 'fits' | 'does not' | 'unclear' {
    const { budget } = this.#limits;
    if (end - this.start > budget * MOST_CHARACTERS_PER_TOKEN) return 'does not';
    if (this.#scale.rate === undefined) return 'unclear';
    const tokens = this.#estimate(end);
    const doubt = 1 + (tokens - this.#sure.tokens) * this.#scale.doubt;
    return tokens + doubt <= budget ? 'fits' : tokens - doubt > budget ? 'does not' : 'unclear';
  }

  /** Before something is cut it is counted, unless it is far too long. */
  #isCountable({ end, grain }: Unit): boolean {
    const { budget } = this.#limits;
    if (end - this.start > budget * MOST_CHARACTERS_PER_TOKEN) return false;
    return grain === 'slice' || this.#estimate(end) < 2 * budget;
  }
}

/**
 * Where the last sentences of a chunk begin (words, where chunks are filled with them): as many as may be repeated, and
 * never all of it.
 */
function tail(
  source: Source,
  start: number,
  taken: readonly Unit[],
  limits: PackLimits,
  { rate: rateOfChunk = 1 }: Scale,
): number | undefined {
  const { text } = source;
  const { overlap, fill } = limits;
  const end = (taken.at(-1) as Unit).end;
  // Further back than it should be: the estimate may be wrong.
  const from = Math.max(start, end - Math.ceil((1.4 * overlap + 8) / rateOfChunk));
  const starts: number[] = [];
  for (const unit of taken.toReversed()) {
    if (unit.end <= from) break;
    // What is cut off in front is the rest of a sentence, and falls away with it.
    const stretch = { start: Math.max(unit.start, from), end: unit.end };
    for (const part of (fill ? wordsIn : sentencesIn)(source, stretch).reverse())
      if (part.start > from) starts.push(part.start);
  }
  const hopeful = overlap + 1;
  let rate = rateOfChunk;
  let most = starts.length;
  while (most > 0) {
    const likely = starts.findLastIndex((at, index) => index < most && (end - at) * rate <= hopeful);
    const at = starts[likely];
    if (at === undefined) return undefined;
    const tokens = limits.count(text.slice(at, end).trim());
    if (tokens <= overlap) return at;
    [rate, most] = [tokens / (end - at), likely];
  }
  return undefined;
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
