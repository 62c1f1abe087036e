import { errorText, isMortiseError, MortiseError, type JsonObject, type JsonValue } from '@mortise/core';
import type { SourceFile } from '@mortise/core/reader';
import { canonicalJson } from '@mortise/core/shared';
import { createDocument, type Document } from '@mortise/core/retriever';
import { recordError } from './pieces.ts';
import { excluded } from './shown.ts';

/** What becomes of a record: an object of a JSON file, a line of a JSON Lines file, a row of a CSV file. */
export interface RecordOptions<R = JsonValue> {
  /**
   * Its text: the name of a member, or a JSON pointer (`/author/name`), or several, joined by an empty line; or a
   * function. A record without one is reported. Default: the record as it stands in the file.
   */
  text?: string | readonly string[] | ((record: R) => string | undefined) | undefined;
  /** The members that become metadata, by name or JSON pointer; or a function. Default: none. */
  metadata?: readonly string[] | ((record: R) => JsonObject) | undefined;
  /**
   * The member that names it, so that ids stay the same when records come in between: `path#name`, with `%23` for a `#` in
   * the name. A second record of one name is reported, also where one is the number 5 and the other one the text `5`.
   * Default: its number in the file.
   */
  id?: string | undefined;
}

/**
 * Undefined where a function is among the options: nobody can tell whether it is still the same. Bounds are not part of it: what
 * is beyond them has failed, and is read again.
 */
export function formatFingerprint(name: string, options: object): string | undefined {
  const shaping = Object.entries(options).filter(([key]) => !BOUNDS.has(key));
  if (shaping.some(([, value]) => typeof value === 'function')) return undefined;
  return `${name} ${canonicalJson(Object.fromEntries(shaping))}`;
}

const BOUNDS: ReadonlySet<string> = new Set(['maxBytes', 'maxRecordLength']);

/** Where a record stands in its file, and what it is there. */
export interface FoundRecord<R = JsonValue> {
  readonly value: R;
  /** As it stands in the file. */
  readonly source: string;
  /** In the file's text, in UTF-16 units. */
  readonly start: number;
  /** Its number, where no member names it. */
  readonly number: number;
  /** `line` or `pointer`. */
  readonly place: JsonObject;
}

/** The documents of the records of one file. Where `id` names records, their names are held. */
export class RecordDocuments {
  readonly #file: SourceFile;
  readonly #mediaType: string;
  readonly #names = new Set<string>();

  constructor(file: SourceFile, mediaType: string) {
    this.#file = file;
    this.#mediaType = mediaType;
  }

  /** Throws `validation` when it has no text or no name, `conflict` when an earlier one has its name. */
  create<R extends JsonValue>(
    { value, source, start, number, place }: FoundRecord<R>,
    { text, metadata, id }: RecordOptions<R>,
  ): Document {
    const shown = text === undefined ? source : textOf(value, text);
    const name = id === undefined ? String(number) : this.#take(nameOf(value, id), id);
    const where: JsonObject =
      text === undefined ? { bodyStart: start } : { recordStart: start, recordEnd: start + source.length };
    const all: JsonObject = {
      ...(typeof metadata === 'function' ? metadata(value) : pick(value, metadata ?? [])),
      path: this.#file.path,
      ...place,
      ...where,
      mediaType: text === undefined ? this.#mediaType : 'text/plain',
    };
    return createDocument({
      id: `${this.#file.id}#${escaped(name)}`,
      text: shown,
      metadata: all,
      ...excluded(all),
    });
  }

  #take(name: string, id: string): string {
    if (this.#names.has(name)) {
      const message = `an earlier record has the same ${id}, ${JSON.stringify(name)}. Give each its own.`;
      throw new MortiseError('conflict', message);
    }
    this.#names.add(name);
    return name;
  }
}

/** The last `#` of an id stands before the name of the record: one in a name is written `%23`, and `%23` as `%2523`. */
function escaped(name: string): string {
  return name.replaceAll(/%(?=23|25)/g, '%25').replaceAll('#', '%23');
}

/** A failure of a record, in words that say where it stands. */
export function inRecord(path: string, line: number, error: unknown): MortiseError {
  if (isMortiseError(error, 'parse')) return error;
  const why = errorText(error);
  const failure = recordError(path, line, why, error);
  return isMortiseError(error, 'conflict')
    ? new MortiseError('conflict', failure.message, { cause: error })
    : failure;
}

/** The member of that name, or at that JSON pointer (RFC 6901). */
export function memberAt(value: JsonValue, path: string): JsonValue | undefined {
  const keys = path.startsWith('/')
    ? path
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [path];
  let found: JsonValue | undefined = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as JsonObject)[key];
  }
  return found;
}

function textOf<R extends JsonValue>(value: R, text: NonNullable<RecordOptions<R>['text']>): string {
  if (typeof text === 'function') {
    const made = text(value);
    if (made !== undefined) return made;
    throw new MortiseError('validation', 'the function `text` gives no text for it.');
  }
  const paths = typeof text === 'string' ? [text] : text;
  const parts = paths
    .map((path) => memberAt(value, path))
    .filter((part) => part !== undefined && part !== null);
  if (parts.length > 0)
    return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('\n\n');
  throw new MortiseError(
    'validation',
    `it has no ${paths.join(' and no ')}. Name the member that is its text.`,
  );
}

function nameOf(value: JsonValue, id: string): string {
  const name = memberAt(value, id);
  if ((typeof name === 'string' && name !== '') || typeof name === 'number') return String(name);
  throw new MortiseError('validation', `it has no ${id} to be named by.`);
}

function pick(value: JsonValue, paths: readonly string[]): JsonObject {
  const picked: JsonObject = {};
  for (const path of paths) {
    const found = memberAt(value, path);
    const key = path.slice(path.lastIndexOf('/') + 1);
    if (found !== undefined) Object.defineProperty(picked, key, { value: found, ...OWN });
  }
  return picked;
}

/** Assigning `__proto__` would set the prototype. */
const OWN = { enumerable: true, writable: true, configurable: true };
