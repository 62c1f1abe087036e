import type { JsonValue } from '../json.ts';
import type { ValuePath } from './contract.ts';
import { JsonBuilder } from './json-builder.ts';
import { JsonReader } from './json-reader.ts';
import { JsonSearch } from './json-search.ts';
import { Reasoning } from './reasoning.ts';
import { TolerantReader } from './tolerant-reader.ts';
import type { JsonRepair } from './tolerant-strings.ts';

/** What a JSON value is. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export interface IncrementalJsonOptions {
  /** Containers inside one another. Default: 512. */
  maxDepth?: number | undefined;
  /**
   * The kinds that are looked for. A complete value of another kind is passed over, and counts only when none of
   * these follows. Default: all.
   */
  kinds?: readonly JsonKind[] | undefined;
  /**
   * Read what models write for JSON as well: trailing and missing commas, other quotes, unquoted keys, comments,
   * Python's literals, raw line ends and quotes in strings, and a text that ends inside. What was mended stands in
   * `repairs`. Default: false.
   */
  tolerant?: boolean | undefined;
}

/** Why there is no value. */
export interface JsonFailure {
  /** In UTF-16 units. */
  position: number;
  path: ValuePath;
  expected: string;
  /** `none`: nothing looked like JSON. `cut`: the text ended inside. `broken`: it is not JSON. */
  reason: 'none' | 'cut' | 'broken';
}

const DEFAULT_MAX_DEPTH = 512;

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
  readonly #tolerant: boolean;
  #state: 0 | 1 | 2 | 3 | 4 = SEARCHING;
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
  /** A value that counts only when there is no other: of another kind, or a draft. */
  #second: { value: JsonValue; repairs: readonly JsonRepair[] } | undefined;
  #repairs: readonly JsonRepair[] = [];
  /** The value began where the text or its fence did: a bracket is hardly prose. */
  #first = false;
  #failure: JsonFailure | undefined;

  constructor(options: IncrementalJsonOptions = {}) {
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#tolerant = options.tolerant ?? false;
    this.#kinds = options.kinds === undefined ? undefined : new Set(options.kinds);
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
    if (this.#state === SCALAR_READ) this.#accept();
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
    const shown = this.#wanted && this.#state >= READING && this.#state !== SKIPPING;
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
      else if (this.#state === DONE) at = this.#watch(text, at);
      else at = this.#find(text, at, base);
      this.work += Math.max(1, at - from);
    }
    const { stringAt } = this.#reader;
    const inDoubt = (this.#state === READING || this.#state === SCALAR_READ) && !this.#reader.committed;
    if (!inDoubt) this.#doubtful = '';
    else if (stringAt >= 0) this.#doubtful += text.slice(Math.max(0, stringAt + 1 - base));
  }

  /** Outside a value: to the next character that may begin one. */
  #find(text: string, at: number, base: number): number {
    const found = this.#search.find(text, at, base);
    if (this.#search.closed) this.#restart();
    else if (found < text.length) this.#begin(kindOf(text.charCodeAt(found)));
    return found;
  }

  /** Behind the value: to a `</think>`. */
  #watch(text: string, at: number): number {
    for (; at < text.length; at++) {
      if (this.#search.closes(text.charCodeAt(at))) {
        this.#restart();
        return at + 1;
      }
    }
    return at;
  }

  #skip(text: string, at: number): number {
    const end = this.#search.skip(text, at);
    if (this.#search.closed) this.#restart();
    else if (!this.#search.skipping) this.#state = SEARCHING;
    return end;
  }

  /** All before was reasoning: the reply begins here. */
  #restart(): void {
    if (this.#state === DONE)
      this.#second ??= { value: this.#builder.value as JsonValue, repairs: this.#repairs };
    this.#search = new JsonSearch();
    this.#failure = undefined;
    this.#state = SEARCHING;
  }

  #begin(kind: JsonKind): void {
    this.#wanted = this.#kinds === undefined || this.#kinds.has(kind);
    this.#builder = new JsonBuilder();
    this.#reader = new (this.#tolerant ? TolerantReader : JsonReader)(this.#builder, this.#maxDepth);
    this.#first = this.#search.atStart && (kind === 'object' || kind === 'array');
    this.#reader.likely = this.#first;
    this.#copiedVersion = -1;
    this.#doubtful = '';
    this.#state = READING;
    this.#search.prose();
  }

  #read(text: string, at: number, base: number): number {
    const reader = this.#reader;
    at = reader.read(text, at, base);
    if (reader.status === 'complete') {
      const value = this.#builder.value;
      if (typeof value === 'object' && value !== null) this.#accept();
      else this.#state = SCALAR_READ;
    } else if (reader.status === 'failed') {
      if (reader.committed || reader.tooDeep) {
        this.#fail('broken', base + at);
        const { inString, inEscape } = reader;
        this.#search.beginSkip({ depth: this.#builder.depth, inString, inEscape });
        this.#state = SKIPPING;
      } else at = this.#forget(at, base);
    }
    return at;
  }

  /** The bracket or quote was prose. What was taken for a string is searched again, as it may hold the value. */
  #forget(at: number, base: number): number {
    const { stringAt } = this.#reader;
    const before = this.#doubtful;
    this.#doubtful = '';
    this.#state = SEARCHING;
    if (stringAt < 0) return at;
    if (stringAt + 1 >= base) return stringAt + 1 - base;
    this.#reader = new JsonReader(this.#builder, 0);
    this.#scan(before, base - before.length);
    return 0;
  }

  /** A scalar is the value when only white space and the end of its fence follow. */
  #afterScalar(text: string, at: number, base: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const blank = code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
      if (!blank && code !== 0x60 && code !== 0x7e) return this.#forget(at, base);
    }
    return at;
  }

  #accept(): void {
    if (this.#wanted) {
      this.#repairs = this.#reader.repairs;
      this.#state = DONE;
      return;
    }
    this.#second ??= { value: this.#builder.value as JsonValue, repairs: this.#reader.repairs };
    this.#state = SEARCHING;
  }

  #fail(reason: 'cut' | 'broken', position: number): void {
    this.#failure ??= { position, path: this.#builder.path(), expected: this.#reader.expected, reason };
  }
}

/** The kind of value that a first character begins. */
function kindOf(code: number): JsonKind {
  if (code === 0x7b) return 'object';
  if (code === 0x5b) return 'array';
  if (code === 0x22) return 'string';
  if (code === 0x74 || code === 0x66) return 'boolean';
  return code === 0x6e ? 'null' : 'number';
}
