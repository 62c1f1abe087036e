import { isMortiseError, MortiseError } from '@mortise/core';
import type { ReadFailure } from '@mortise/core/reader';

/** Whatever document is at hand, the next one would fare no better. */
const ABOUT_THE_SERVICE: ReadonlySet<string> = new Set([
  'aborted',
  'authentication',
  'budget',
  'configuration',
  'connection',
  'internal',
  'missing-dependency',
  'not-found',
  'overloaded',
  'permission',
  'quota',
  'rate-limit',
  'server',
  'timeout',
]);

/** A failure that one document is set aside for; any other ends the run. */
export function isAboutDocument(error: unknown): boolean {
  return isMortiseError(error) && !ABOUT_THE_SERVICE.has(error.code);
}

/** What a transform threw: code of any author, so what is not a `MortiseError` is about the document at hand. */
export function transformFailure(id: string, error: unknown): MortiseError {
  if (isMortiseError(error)) return error;
  const message = `${id} could not be cut into nodes: ${error instanceof Error ? error.message : String(error)}`;
  return new MortiseError('validation', message, { cause: error });
}

export function sameId(id: string): MortiseError {
  const message = `Two documents have the id ${id}; the second is left out. Give every document an id of its own.`;
  return new MortiseError('conflict', message);
}

/** Documents that are set aside, and whether an id is one of them or below one. */
export class Failures {
  readonly list: ReadFailure[] = [];
  readonly #items = new Set<string>();
  readonly #onError: ((failure: ReadFailure) => void) | undefined;

  constructor(onError: ((failure: ReadFailure) => void) | undefined) {
    this.#onError = onError;
  }

  add(failure: ReadFailure): void {
    this.list.push(failure);
    this.#items.add(failure.item);
    this.#onError?.(failure);
  }

  /** A document that failed is not gone; nor are those below a folder that could not be listed. */
  covers(id: string): boolean {
    if (this.#items.has(id)) return true;
    for (let at = id.indexOf('/'); at >= 0; at = id.indexOf('/', at + 1)) {
      if (this.#items.has(id.slice(0, at))) return true;
    }
    return false;
  }
}
