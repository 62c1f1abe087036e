import type { JsonValue } from '../json.ts';
import type { ValuePath } from './contract.ts';
import { JsonBuilder } from './json-builder.ts';
import { JsonReader } from './json-reader.ts';
import { TolerantReader, type JsonRepair } from './tolerant-reader.ts';

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

const START = 0;
const FENCE = 1;
const PROSE = 2;
const READING = 3;
const SCALAR_READ = 4;
const SKIPPING = 5;
const DONE = 6;

/**
 * Finds the first complete JSON value in text that comes in pieces: bare, in fences, in prose. Linear in the text.
 *
 * An object or an array may begin anywhere; a scalar only where the text or its fence begins, and nothing may stand
 * beside it. A bracket that turns out to be prose is forgotten. JSON that breaks is skipped as a whole, to its own
 * closing bracket: no part of it passes for the value.
 */
export class IncrementalJson {
  /** Characters looked at and children copied, by weight, for tests of linearity. */
  work = 0;
  readonly #maxDepth: number;
  readonly #kinds: ReadonlySet<JsonKind> | undefined;
  readonly #tolerant: boolean;
  #state: 0 | 1 | 2 | 3 | 4 | 5 | 6 = START;
  #builder = new JsonBuilder();
  #reader: JsonReader = new JsonReader(this.#builder, 0);
  /** Whether the value being read is of a kind that is looked for. */
  #wanted = true;
  /** Position of the first character of the chunk. */
  #base = 0;
  /** The text behind an opening quote of which it is not certain that it opened a string. */
  #doubtful = '';
  #credit = FIRST_CREDIT;
  #copy: JsonValue | undefined;
  #copiedVersion = -1;
  #unwanted: JsonValue | undefined;
  #repairs: readonly JsonRepair[] = [];
  /** The value began where the text or its fence did: a bracket is hardly prose. */
  #first = false;
  #failure: JsonFailure | undefined;
  // While skipping broken JSON:
  #skipDepth = 0;
  #skipInString = false;
  #skipEscaped = false;

  constructor(options: IncrementalJsonOptions = {}) {
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#tolerant = options.tolerant ?? false;
    this.#kinds = options.kinds === undefined ? undefined : new Set(options.kinds);
  }

  /** The value is complete; whatever follows is ignored. */
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

  push(chunk: string): void {
    if (this.#state === DONE) return;
    this.#credit += chunk.length * CREDIT_PER_CHARACTER;
    this.#scan(chunk, this.#base);
    this.#base += chunk.length;
  }

  /** The text is over. */
  end(): void {
    if (this.#state === READING) {
      this.#reader.end();
      const { status, committed } = this.#reader;
      const cut = status === 'reading' && this.#builder.depth > 0 && (committed || this.#first);
      if (status === 'complete' || (cut && this.#reader.finish(this.#base))) this.#state = SCALAR_READ;
    }
    if (this.#state === SCALAR_READ) this.#accept();
    if (this.#state === DONE) return;
    if (this.#unwanted !== undefined) {
      this.#builder = new JsonBuilder();
      this.#builder.add(this.#unwanted);
      this.#state = DONE;
      return;
    }
    if (this.#state === READING && this.#reader.status === 'reading') this.#fail('cut', this.#base);
    this.#failure ??= { position: 0, path: [], expected: 'a JSON value', reason: 'none' };
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
    while (at < text.length && this.#state !== DONE) {
      const from = at;
      if (this.#state === READING) at = this.#read(text, at, base);
      else if (this.#state === SCALAR_READ) at = this.#afterScalar(text, at, base);
      else if (this.#state === SKIPPING) at = this.#skip(text, at);
      else at = this.#search(text, at);
      this.work += Math.max(1, at - from);
    }
    const { stringAt } = this.#reader;
    const inDoubt = (this.#state === READING || this.#state === SCALAR_READ) && !this.#reader.committed;
    if (!inDoubt) this.#doubtful = '';
    else if (stringAt >= 0) this.#doubtful += text.slice(Math.max(0, stringAt + 1 - base));
  }

  /** Outside a value: to the next character that may begin one. */
  #search(text: string, at: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x7b || code === 0x5b) return this.#begin(code === 0x7b ? 'object' : 'array', at);
      if (this.#state === PROSE) continue;
      if (this.#state === FENCE) {
        if (code === 0x0a) this.#state = START;
        continue;
      }
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff) continue;
      const scalar = scalarKind(code);
      if (scalar !== undefined) return this.#begin(scalar, at);
      this.#state = code === 0x60 || code === 0x7e ? FENCE : PROSE;
    }
    return at;
  }

  #begin(kind: JsonKind, at: number): number {
    this.#wanted = this.#kinds === undefined || this.#kinds.has(kind);
    this.#builder = new JsonBuilder();
    this.#reader = new (this.#tolerant ? TolerantReader : JsonReader)(this.#builder, this.#maxDepth);
    this.#first = this.#state === START && (kind === 'object' || kind === 'array');
    if (this.#tolerant) this.#reader.committed = this.#first;
    this.#copiedVersion = -1;
    this.#doubtful = '';
    this.#state = READING;
    return at;
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
        this.#skipDepth = this.#builder.depth;
        this.#skipInString = reader.inString;
        this.#skipEscaped = reader.inEscape;
        this.#state = this.#skipDepth === 0 ? PROSE : SKIPPING;
      } else at = this.#forget(at, base);
    }
    return at;
  }

  /** The bracket or quote was prose. What was taken for a string is searched again, as it may hold the value. */
  #forget(at: number, base: number): number {
    const { stringAt } = this.#reader;
    const before = this.#doubtful;
    this.#doubtful = '';
    this.#state = PROSE;
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
    if (this.#unwanted === undefined) {
      this.#unwanted = this.#builder.value;
      this.#repairs = this.#reader.repairs;
    }
    this.#state = PROSE;
  }

  #fail(reason: 'cut' | 'broken', position: number): void {
    this.#failure ??= { position, path: this.#builder.path(), expected: this.#reader.expected, reason };
  }

  /** Through broken JSON to the bracket that closes it, as far as that can be told. */
  #skip(text: string, at: number): number {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#skipEscaped) this.#skipEscaped = false;
      else if (this.#skipInString) {
        if (code === 0x5c) this.#skipEscaped = true;
        else if (code === 0x22) this.#skipInString = false;
      } else if (code === 0x22) this.#skipInString = true;
      else if (code === 0x7b || code === 0x5b) this.#skipDepth++;
      else if ((code === 0x7d || code === 0x5d) && --this.#skipDepth === 0) {
        this.#state = PROSE;
        return at + 1;
      }
    }
    return at;
  }
}

function scalarKind(code: number): JsonKind | undefined {
  if (code === 0x22) return 'string';
  if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return 'number';
  if (code === 0x74 || code === 0x66) return 'boolean';
  return code === 0x6e ? 'null' : undefined;
}
