import type { JsonValue } from '@mortise/core/shared';
import type { ValuePath } from '@mortise/core/parser';
import { JsonBuilder } from './json-builder.ts';
import {
  checkJsonOptions,
  DEFAULT_MAX_DEPTH,
  isUnclosed,
  kindOf,
  type IncrementalJsonOptions,
  type JsonFailure,
  type JsonKind,
  type JsonRange,
} from './json-options.ts';
import { JsonReader } from './json-reader.ts';
import { BrokenRegion, Continuation } from './json-region.ts';
import { JsonSearch } from './json-search.ts';
import { Reasoning } from './reasoning.ts';
import { TolerantReader } from './tolerant-reader.ts';
import type { JsonRepair } from './json-repair.ts';

/**
 * What a character earns and what there is from the start, in the units of `JsonBuilder.cost`. A value with few open
 * children is copied at every chunk; a very wide one as often as its text pays for, so that work stays linear.
 */
const CREDIT_PER_CHARACTER = 64;
const FIRST_CREDIT = 65_536;

const SEARCHING = 0;
const READING = 1;
const SCALAR_READ = 2;
const SKIPPING = 3;
const DONE = 4;
const PASSED = 5;
const BRACES = 6;

/** How many braces too many a value may have around it. */
const MOST_BRACES = 8;

interface Region {
  readonly broken: BrokenRegion;
  readonly failure: JsonFailure;
  /** What closes the value, where one was looked for. */
  readonly kind: number | undefined;
}

/** A value that is whole. */
interface Found {
  readonly value: JsonValue;
  readonly repairs: readonly JsonRepair[];
  readonly range: JsonRange;
}

/**
 * Finds the first complete JSON value in text that comes in pieces: bare, in fences, in prose. Linear in the text.
 *
 * An object or an array may begin anywhere; a scalar only where the text or its fence begins, and nothing may stand
 * beside it. A bracket that turns out to be prose is forgotten. JSON that breaks is skipped as a whole, to its own
 * closing bracket: no part of it passes for the value.
 *
 * Reasoning in `<think>` tags is passed over. A value in a block of another language counts when there is none
 * elsewhere, and so does one before a `</think>` whose beginning the text lacks.
 */
export class IncrementalJson {
  /** Characters looked at and children copied, by weight, for tests of linearity. */
  work = 0;
  readonly #maxDepth: number;
  readonly #kinds: ReadonlySet<JsonKind> | undefined;
  readonly #prefers: IncrementalJsonOptions['prefers'];
  readonly #tolerant: boolean;
  #state: 0 | 1 | 2 | 3 | 4 | 5 | 6 = SEARCHING;
  #search = new JsonSearch();
  readonly #reasoning = new Reasoning();
  /** How much of the text is reasoning, or may be. */
  #held = 0;
  #builder = new JsonBuilder();
  #reader: JsonReader = new JsonReader(this.#builder, 0);
  /** Whether the value being read is of a kind that is looked for. */
  #wanted = true;
  /** Where what is scanned next begins. */
  #base = 0;
  /** The text behind an opening quote of which it is not certain that it opened a string. */
  #doubtful = '';
  #credit = FIRST_CREDIT;
  #copy: JsonValue | undefined;
  #copiedVersion = -1;
  /** A value that counts only where no other is found: one of another kind, or a draft. */
  #second: Found | undefined;
  /** The latest of another kind, of which it is not known yet whether it is whole. */
  #passed: Found | undefined;
  #repairs: readonly JsonRepair[] = [];
  #start = 0;
  #range: JsonRange = { start: 0, end: 0 };
  /** The value began where the text or its fence did: a bracket is hardly prose. */
  #first = false;
  #failure: JsonFailure | undefined;
  /** Braces around the value that hold nothing else: `{{"a":1}}`. */
  #braces = 0;
  /** The last character of the text before, and the one before the value. */
  #last = 0;
  #before = 0;
  /** The brackets that were given up, and how. */
  #region: Region | undefined;
  /** What opened the first value that broke, where one was looked for: what counts after it is of its kind. */
  #brokenKind: number | undefined;
  /** The value stands at the start of a line or a fence, behind a colon, or right behind one that broke. */
  #apart = false;
  /** A value may have been part of what was given up: no bracket may be closed behind it. */
  #suspect = false;
  /** Looks at what stands behind the value, until that is known to be the end of it. */
  #behind: Continuation | undefined;
  #openBehind = 0;

  constructor(options: IncrementalJsonOptions = {}) {
    checkJsonOptions(options);
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#tolerant = options.tolerant ?? false;
    this.#kinds = options.kinds === undefined ? undefined : new Set(options.kinds);
    this.#prefers = options.prefers;
  }

  /** The value is complete. What follows is ignored, but for a `</think>`, which makes it a draft. */
  get done(): boolean {
    return this.#state === DONE;
  }

  /** The first complete value. After {@link end}, one of another kind when there was none of those looked for. */
  get value(): JsonValue | undefined {
    return this.#state === DONE ? this.#builder.value : undefined;
  }

  /** After {@link end} without a value: why. */
  get failure(): JsonFailure | undefined {
    return this.#state === DONE ? undefined : this.#failure;
  }

  /** What was mended in {@link value}, in order. Nothing when not `tolerant`. */
  get repairs(): readonly JsonRepair[] {
    return this.#state === DONE ? this.#repairs : [];
  }

  /** Where {@link value} stands. */
  get range(): JsonRange | undefined {
    return this.#state === DONE ? this.#range : undefined;
  }

  /** Where in the value that is being read the next one goes; undefined outside. */
  get path(): ValuePath | undefined {
    return this.#state === READING ? this.#builder.path() : undefined;
  }

  push(chunk: string): void {
    this.#credit += chunk.length * CREDIT_PER_CHARACTER;
    const held = this.#held;
    const reply = this.#reasoning.push(chunk);
    this.#held += chunk.length - reply.length;
    // What was held back for a while comes with the first of the reply; what stays away is reasoning.
    if (reply.length > 0 && this.#held > 0) {
      this.#base += held + chunk.length - reply.length;
      this.#held = 0;
    }
    this.#take(reply);
  }

  #take(reply: string): void {
    this.#scan(reply, this.#base);
    this.#base += reply.length;
  }

  /** The text is over. */
  end(): void {
    this.#take(this.#reasoning.end());
    const { closing } = this.#reasoning;
    if (closing !== undefined) {
      const position = this.#base + this.#held;
      this.#failure ??= { position, path: [], expected: closing, reason: 'cut' };
      return;
    }
    this.#search.end();
    const { foreign } = this.#search;
    this.#finish(this.#base);
    for (const { text, position } of this.#state === DONE || this.#second !== undefined ? [] : foreign) {
      this.#search = new JsonSearch();
      this.#state = SEARCHING;
      this.#scan(text, position);
      this.#finish(position + text.length);
      if ((this.#state as number) === DONE) break;
    }
    if (this.#state !== DONE && this.#second !== undefined) {
      this.#builder = new JsonBuilder();
      this.#builder.add(this.#second.value);
      this.#repairs = this.#second.repairs;
      this.#range = this.#second.range;
      this.#state = DONE;
    }
    if (this.#state !== DONE)
      this.#failure ??= { position: 0, path: [], expected: 'a JSON value', reason: 'none' };
  }

  /** No more of the text that ends at `position`. */
  #finish(position: number): void {
    if (this.#state === READING) {
      this.#reader.end();
      const { status, committed } = this.#reader;
      const cut = status === 'reading' && this.#builder.depth > 0 && (committed || this.#first);
      if (status === 'complete' || (cut && this.#reader.finish(position))) this.#state = SCALAR_READ;
    }
    if (this.#state === PASSED) this.#keepPassed();
    if (this.#state === SKIPPING) this.#failure ??= this.#region?.failure;
    if (this.#state === SCALAR_READ) {
      if (this.#behind?.afterComma === true) this.#refuse(position);
      else this.#accept(position);
      if ((this.#state as number) === PASSED) this.#keepPassed();
    }
    if (this.#state === READING && this.#reader.status === 'reading') this.#fail('cut', position);
  }

  /** Whether the text so far pays for a {@link snapshot}. */
  get affordable(): boolean {
    return this.#copiedVersion === this.#builder.version || this.#credit >= this.#builder.cost;
  }

  /**
   * The value as far as it is known, `undefined` when nothing is. It never changes afterwards, shares what is complete
   * with other snapshots, and is the same object as before when nothing was added. Numbers and literals appear when
   * they are complete, strings as they grow.
   */
  snapshot(): JsonValue | undefined {
    const shown =
      this.#wanted && this.#state >= READING && this.#state !== SKIPPING && this.#state !== BRACES;
    if (!shown) return undefined;
    const { version, cost } = this.#builder;
    if (version !== this.#copiedVersion) {
      this.#copy = this.#builder.copy(this.#reader.partialString);
      this.#copiedVersion = version;
      if (this.#builder.value === undefined) {
        this.#credit -= cost;
        this.work += cost;
      }
    }
    return this.#copy;
  }

  /** One pass over `text`, whose first character stands at `base`. */
  #scan(text: string, base: number): void {
    let at = 0;
    while (at < text.length) {
      const from = at;
      if (this.#state === READING) at = this.#read(text, at, base);
      else if (this.#state === SCALAR_READ) at = this.#afterScalar(text, at, base);
      else if (this.#state === SKIPPING) at = this.#skip(text, at);
      else if (this.#state === DONE) at = this.#watch(text, at, base);
      else if (this.#state === PASSED) at = this.#afterPassed(text, at, base);
      else if (this.#state === BRACES) this.#begin('object', this.#first);
      else at = this.#find(text, at, base);
      this.work += Math.max(1, at - from);
    }
    if (text !== '') this.#last = text.charCodeAt(text.length - 1);
    const { stringAt } = this.#reader;
    const inDoubt = (this.#state === READING || this.#state === SCALAR_READ) && !this.#reader.committed;
    if (!inDoubt) this.#doubtful = '';
    else if (stringAt >= 0) this.#doubtful += text.slice(Math.max(0, stringAt + 1 - base));
  }

  /** Outside a value: to the next character that may begin one. */
  #find(text: string, at: number, base: number): number {
    const found = this.#search.find(text, at, base);
    if (this.#search.closed) this.#restart();
    else if (found < text.length) {
      this.#braces = 0;
      this.#before = found > 0 ? text.charCodeAt(found - 1) : this.#last;
      this.#apart = this.#search.apart;
      this.#start = base + found;
      const kind = kindOf(text.charCodeAt(found));
      this.#begin(kind, this.#search.atStart && (kind === 'object' || kind === 'array'));
    }
    return found;
  }

  /** Behind the value: to what shows that it was a part, and to a `</think>`. */
  #watch(text: string, at: number, base: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#search.closes(code)) {
        this.#restart();
        return at + 1;
      }
      if (this.#goesOn(code)) {
        this.#refuse(base + at);
        return at + 1;
      }
    }
    return at;
  }

  #goesOn(code: number): boolean {
    const verdict = this.#behind?.take(code);
    if (verdict === 'continues') return true;
    if (verdict === 'free') this.#behind = undefined;
    // Prose has `(0, 1]`, but no brace that closes nothing.
    if (code === 0x7b || (this.#suspect && code === 0x5b)) this.#openBehind++;
    else if (code === 0x7d || (this.#suspect && code === 0x5d)) this.#openBehind--;
    return this.#openBehind < 0 && (this.#suspect || !this.#first);
  }

  #skip(text: string, at: number): number {
    const end = this.#search.skip(text, at);
    if (this.#search.closed) this.#restart();
    else if (!this.#search.skipping) {
      this.#state = SEARCHING;
      this.#regionEnds();
    }
    return end;
  }

  /** Ends the value that was given up. Brackets of prose without any JSON are not a failure. */
  #regionEnds(): void {
    const { broken, failure, kind } = this.#region as Region;
    if (broken.hasJson) this.#brokenKind ??= kind;
    if (!broken.suspicious) return;
    this.#failure ??= failure;
    this.#suspect = true;
  }

  /** All before was reasoning: the reply begins here. */
  #restart(): void {
    if (this.#state === DONE)
      this.#second ??= {
        value: this.#builder.value as JsonValue,
        repairs: this.#repairs,
        range: this.#range,
      };
    this.#search = new JsonSearch();
    this.#failure = undefined;
    this.#suspect = false;
    this.#brokenKind = undefined;
    this.#state = SEARCHING;
  }

  #begin(kind: JsonKind, first: boolean): void {
    this.#wanted = this.#kinds === undefined || this.#kinds.has(kind);
    this.#builder = new JsonBuilder();
    this.#reader = new (this.#tolerant ? TolerantReader : JsonReader)(this.#builder, this.#maxDepth);
    this.#first = this.#reader.likely = first;
    this.#copiedVersion = -1;
    this.#doubtful = '';
    this.#state = READING;
    this.#search.prose();
  }

  #read(text: string, at: number, base: number): number {
    const reader = this.#reader;
    at = reader.read(text, at, base);
    if (reader.status === 'failed') return this.#failed(text, at, base);
    if (reader.status === 'complete') {
      const value = this.#builder.value;
      this.#behind = undefined;
      if (typeof value === 'object' && value !== null) this.#accept(base + at);
      else this.#state = SCALAR_READ;
    }
    return at;
  }

  /** The value breaks at `at`, or the bracket was prose. */
  #failed(text: string, at: number, base: number): number {
    const reader = this.#reader;
    const builder = this.#builder;
    const { committed, openKey } = reader;
    if (builder.depth === 0) return this.#forget(at, base);
    const code = text.charCodeAt(at);
    const previous = at > 0 ? text.charCodeAt(at - 1) : this.#last;
    if (builder.depth === 1 && !committed) {
      // A brace in ticks or quotes is what the text speaks of.
      if (
        code === this.#before &&
        (code === 0x60 || code === 0x27) &&
        (previous === 0x7b || previous === 0x5b)
      ) {
        this.#state = SEARCHING;
        return at;
      }
      if (this.#braces < MOST_BRACES) {
        if (reader.atFirstKey && code === 0x7b) return this.#oneMore(base, base + at);
        if (openKey === '{' && !reader.inString) return this.#oneMore(base, reader.stringAt + 1);
      }
    }
    const { tooDeep, inString, inEscape } = reader;
    const failure = this.#failureAt('broken', base + at);
    const likely = committed || this.#first || this.#apart;
    if (committed || tooDeep) this.#failure ??= failure;
    const closers = [...Array<number>(this.#braces).fill(0x7d), ...builder.closers()];
    const unclosed = !committed && openKey !== undefined && isUnclosed(openKey, inString && !inEscape);
    const broken = new BrokenRegion(
      unclosed
        ? { closers, inString: false, inEscape: false, previous: 0x22, likely, committed }
        : { closers, inString, inEscape, previous, likely, committed },
    );
    // Which quotes are text is the question there.
    if (this.#tolerant && inString && !unclosed) broken.endless = broken.suspicious = true;
    this.#giveUp(broken, failure, this.#wanted && likely && !tooDeep ? closers[0] : undefined);
    return unclosed ? this.#backTo(reader.stringAt + 1, base) : at;
  }

  /** A brace that holds an object and no key is one too many. */
  #oneMore(base: number, position: number): number {
    this.#braces++;
    this.#state = BRACES;
    return this.#backTo(position, base);
  }

  #giveUp(broken: BrokenRegion, failure: JsonFailure, kind?: number): void {
    this.#region = { broken, failure, kind };
    this.#search.beginSkip(broken);
    this.#state = SKIPPING;
  }

  /** What follows shows that the value was a part of something. */
  #refuse(position: number): void {
    const expected = 'the end of the value, which goes on behind it';
    const failure: JsonFailure = { position, path: [], expected, reason: 'broken' };
    this.#failure ??= failure;
    const start = {
      closers: [],
      inString: false,
      inEscape: false,
      previous: 0,
      likely: true,
      committed: true,
    };
    const broken = new BrokenRegion(start);
    broken.endless = true;
    this.#giveUp(broken, failure);
  }

  /** The bracket or quote was prose. What was taken for a string is searched again, as it may hold the value. */
  #forget(at: number, base: number): number {
    const { stringAt } = this.#reader;
    this.#state = SEARCHING;
    return stringAt < 0 ? at : this.#backTo(stringAt + 1, base);
  }

  /** Goes on at `position`, which is not before the string that was read last. */
  #backTo(position: number, base: number): number {
    const before = this.#doubtful;
    this.#doubtful = '';
    if (position >= base) return position - base;
    this.#reader = new JsonReader(this.#builder, 0);
    this.#last = 0x22;
    this.#scan(before, base - before.length);
    return 0;
  }

  /** A scalar is the value when only white space and the end of its fence follow. */
  #afterScalar(text: string, at: number, base: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x60 || code === 0x7e) continue;
      const isKey = code === 0x3a && this.#reader.stringAt >= 0;
      this.#behind ??= new Continuation();
      const verdict = isKey ? 'continues' : this.#behind.take(code);
      if (verdict === undefined) continue;
      this.#behind = undefined;
      if (verdict === 'free') return this.#forget(at, base);
      this.#refuse(base + at);
      return at;
    }
    return at;
  }

  /** The value is whole, and ends at `end`. */
  #accept(end: number): void {
    const value = this.#builder.value as JsonValue;
    const { repairs } = this.#reader;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#behind = new Continuation(this.#braces + (this.#first && isObject ? 1 : 0));
    this.#openBehind = this.#braces;
    if (!this.#standsFor(value)) {
      this.#state = SEARCHING;
      return;
    }
    const range = { start: this.#start, end };
    if (this.#wanted && this.#prefers?.(value) !== false) {
      this.#repairs = repairs;
      this.#range = range;
      this.#state = DONE;
      return;
    }
    this.#passed = { value, repairs, range };
    this.#state = PASSED;
  }

  /** Behind a value that broke, what prose has in brackets does not stand for it: `I used [1].` */
  #standsFor(value: JsonValue): boolean {
    if (this.#brokenKind === undefined) return true;
    const isArray = Array.isArray(value);
    if (isArray !== (this.#brokenKind === 0x5d)) return false;
    return this.#apart || (!isArray && Object.keys(value as object).length > 0);
  }

  /** Behind a value of another kind: whether it was whole. A list of numbers may be a citation beside others. */
  #afterPassed(text: string, at: number, base: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const verdict = this.#behind?.take(code);
      if (verdict === undefined) {
        this.#search.pass(code);
        continue;
      }
      const { value } = this.#passed as Found;
      const citation = Array.isArray(value) && value.every((item) => typeof item === 'number');
      if (verdict === 'continues' && !citation) this.#refuse(base + at);
      else {
        if (verdict === 'free') this.#keepPassed();
        this.#state = SEARCHING;
      }
      return at;
    }
    return at;
  }

  #keepPassed(): void {
    if (!this.#suspect) this.#second ??= this.#passed;
    this.#state = SEARCHING;
  }

  #fail(reason: 'cut' | 'broken', position: number): void {
    this.#failure ??= this.#failureAt(reason, position);
  }

  #failureAt(reason: 'cut' | 'broken', position: number): JsonFailure {
    return { position, path: this.#builder.path(), expected: this.#reader.expected, reason };
  }
}
