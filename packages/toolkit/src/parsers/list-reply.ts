import { parserError } from '@mortise/core/parser';
import { Reasoning } from '../json/reasoning.ts';

/** Reads the items of a list in one style, as its text comes. */
export interface ListReader {
  /** The items that are whole. */
  readonly items: string[];
  /** `chunk` begins at `position`. */
  push(chunk: string, position: number): void;
  /** `text` is the whole reply, for errors. */
  end(text: string): string[];
}

/** The reply without the reasoning before it. */
export class ListReply {
  #text = '';
  /** How much of the text was read. */
  #read = 0;
  readonly #reader: ListReader;
  readonly #reasoning = new Reasoning();

  constructor(reader: ListReader) {
    this.#reader = reader;
  }

  get items(): readonly string[] {
    return this.#reader.items;
  }

  push(chunk: string): void {
    this.#text += chunk;
    this.#take(this.#reasoning.push(chunk));
  }

  end(): string[] {
    this.#take(this.#reasoning.end());
    const { closing: expected } = this.#reasoning;
    if (expected === undefined) return this.#reader.end(this.#text);
    const message = `The text ends inside the reasoning before the list: expected ${expected}.`;
    const details = { text: this.#text, position: this.#text.length, path: [], expected };
    throw parserError('parse', message, details);
  }

  #take(reply: string): void {
    if (reply === '') return;
    // The reply is all of the text from where it begins.
    if (this.#read === 0) this.#read = this.#text.length - reply.length;
    this.#reader.push(reply, this.#read);
    this.#read += reply.length;
  }
}
