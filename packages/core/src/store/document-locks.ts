import { MortiseError } from '../errors.ts';

/**
 * What is locked of a document store among the holders of one process: the whole of it, or documents, of which any number
 * are held at once. For stores whose backend has no lock, and within a connection that has one for all.
 */
export class DocumentLocks {
  readonly #documents = new Set<string>();
  #holders = 0;
  #whole = false;

  /** Gives what lets go of it, which is safe to repeat. Throws `conflict` where any of it is held; `place` is for the message. */
  take(place: string, sourceIds?: readonly string[]): () => void {
    const ids = new Set(sourceIds);
    const taken = [...ids].find((id) => this.#documents.has(id));
    if (taken !== undefined) throw lockedBy(`The document ${taken} of ${place}`);
    if (this.#whole || (sourceIds === undefined && this.#holders > 0)) throw lockedBy(`The store ${place}`);
    for (const id of ids) this.#documents.add(id);
    this.#whole = sourceIds === undefined;
    this.#holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const id of ids) this.#documents.delete(id);
      this.#whole = false;
      this.#holders -= 1;
    };
  }
}

/** `what` is the beginning of a sentence: `The store in ./index`. */
export function lockedBy(what: string): MortiseError {
  const message = `${what} is being written by another run. Wait for it to end, or take a store of your own.`;
  return new MortiseError('conflict', message);
}
