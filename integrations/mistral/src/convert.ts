import { MortiseError, type Warning } from '@mortise/core';
import { isObject } from '@mortise/core/shared';
import type { About } from '@mortise/core/wire';

/** Something in a request or a reply. */
export type Wire = Record<string, unknown>;

/** Whose reply is read, for errors. */
export interface ReplyAbout extends About {
  readonly model: string;
  /** The text that the model was given to begin with: Mistral says it again. */
  readonly prefix?: string | undefined;
}

/** What to do with what the API has no place for. */
export class Notes {
  readonly #said = new Set<string>();
  readonly #context: NotesContext;
  readonly #strict: boolean;

  constructor(context: NotesContext, strict: boolean) {
    this.#context = context;
    this.#strict = strict;
  }

  /** A preference: left out with a warning, and refused under `strict`. */
  leaveOut(setting: string, why: string): void {
    if (this.#strict) this.refuse(setting, why);
    this.#warn({ type: 'unsupported-setting', setting, message: `${setting} was left out: ${why}` });
  }

  /** Something the caller should know, once a request. */
  note(message: string): void {
    this.#warn({ type: 'other', setting: 'messages', message });
  }

  /** A requirement. */
  refuse(what: string, remedy: string): never {
    const { model } = this.#context;
    const message = `${model} cannot be sent ${what}: ${remedy}`;
    throw new MortiseError('unsupported', message, { provider: 'mistral', model });
  }

  #warn(warning: Warning): void {
    if (!this.#said.has(warning.message)) this.#context.warn(warning);
    this.#said.add(warning.message);
  }
}

export interface NotesContext {
  readonly model: string;
  warn(warning: Warning): void;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list of objects, whatever the reply holds there. */
export function objectsOf(value: unknown): Wire[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** An object, whatever the reply holds there. */
export function objectOf(value: unknown): Wire {
  return isObject(value) ? value : {};
}

/** The members of an object that say something, without those that are known. */
export function membersBeside(object: Wire, known: ReadonlySet<string>): Wire | undefined {
  const entries = Object.entries(object).filter(([name, value]) => value != null && !known.has(name));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
