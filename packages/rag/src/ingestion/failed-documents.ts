import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import type { ReadFailure } from '@mortise/core/reader';
import { isObject } from '@mortise/core/shared';
import type { Document } from '@mortise/core/retriever';
import type { SourceRecord } from '@mortise/core/store';
import type { IngestFailure } from './contract.ts';

/** Failures that would meet every other document too. */
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

/**
 * A failure that one document is set aside for; any other ends the run. It is tried once in a run, and again by
 * every later run (I-03).
 */
export function isAboutDocument(error: unknown): boolean {
  return isMortiseError(error) && !ABOUT_THE_SERVICE.has(error.code);
}

/** What a transform threw: code of any author, so what is not a `MortiseError` is about the document at hand. */
export function transformFailure(id: string, error: unknown): MortiseError {
  if (isMortiseError(error)) return error;
  const message = `${id} could not be cut into nodes: ${errorText(error)}`;
  return new MortiseError('validation', message, { cause: error });
}

export function sameId(id: string): MortiseError {
  const message = `Two documents have the id ${id}; the second is left out. Give every document an id of its own.`;
  return new MortiseError('conflict', message);
}

/** It is not locked, so that another run may be writing it. */
export function notAsked(id: string): MortiseError {
  const message = `The source gave ${id}, which is not among the \`sourceIds\` of the run. Give its id there too, or leave it out of the source.`;
  return new MortiseError('invalid-request', message);
}

export function withoutText(id: string): MortiseError {
  const message = `${id} holds no text, so there is nothing to find in it. Check how it is read, or leave it out of what is read.`;
  return new MortiseError('parse', message);
}

/** Nobody could say later which document it was, so that the run ends. */
export function checkIdentity(document: unknown): asserts document is Pick<Document, 'id'> {
  if (isObject(document) && typeof document['id'] === 'string') return;
  const message = 'A source gave what is not a document with an `id`. Make documents with createDocument().';
  throw new MortiseError('invalid-request', message);
}

/** Set aside and reported: what else is read is written. */
export function checkDocument({ id, text, metadata }: Document): void {
  const lacks = typeof text === 'string' ? (isObject(metadata) ? undefined : 'metadata') : 'text';
  if (lacks === undefined) return;
  const kind = lacks === 'text' ? 'a string' : 'an object';
  const message = `The document ${id} has no \`${lacks}\` that is ${kind}. Make documents with createDocument().`;
  throw new MortiseError('invalid-request', message);
}

/** What could not be read or written in a run. */
export class Failures {
  readonly list: IngestFailure[] = [];
  /** Items of which something could not be read. */
  readonly #items = new Set<string>();
  readonly #onError: ((failure: IngestFailure) => void) | undefined;

  constructor(onError: ((failure: IngestFailure) => void) | undefined) {
    this.#onError = onError;
  }

  /** Reported by the reader: of this item there may be more documents than came. */
  ofItem(failure: ReadFailure): void {
    this.#items.add(failure.item);
    this.#add(failure);
  }

  /** A document that came, and could not be cut, embedded or written. */
  ofDocument({ id, item }: Pick<Document, 'id' | 'item'>, error: Error): void {
    const part = item === undefined || item === id ? {} : { part: id };
    this.#add({ item: item ?? id, ...part, error, documentId: id });
  }

  /**
   * Whether the document of a record that did not come may still be there: something of its item could not be read, or
   * the item is below a folder that could not be listed. A record without an item may be of any item.
   */
  cover({ item }: SourceRecord): boolean {
    if (item === undefined) return this.#items.size > 0;
    if (this.#items.has(item) || this.#items.has('.')) return true;
    for (let at = item.indexOf('/'); at >= 0; at = item.indexOf('/', at + 1)) {
      if (this.#items.has(item.slice(0, at))) return true;
    }
    return false;
  }

  #add(failure: IngestFailure): void {
    this.list.push(failure);
    this.#onError?.(failure);
  }
}
