import type { Warning } from '../call/contract.ts';
import { MortiseError } from '../errors.ts';

/** What to do with what an API has no place for, while a request is converted for it. */
export interface RequestNotes {
  /** A preference: left out with one warning for each setting, and refused under `strict` (C-08). */
  leaveOut(setting: string, message: string): void;
  /** Something that the caller should know, once a request. */
  note(message: string): void;
  /** A requirement: throws `unsupported`. */
  refuse(message: string): never;
}

/** Whose request it is, and where warnings go. */
export interface NotesContext {
  readonly model: string;
  warn(warning: Warning): void;
}

/** The notes of one request to `provider`. */
export function requestNotes(
  provider: string,
  { strict }: { readonly strict: boolean },
  context: NotesContext,
): RequestNotes {
  const said = new Set<string>();
  const say = (key: string, warning: Warning): void => {
    if (!said.has(key)) context.warn(warning);
    said.add(key);
  };
  const refuse = (message: string): never => {
    throw new MortiseError('unsupported', message, { provider, model: context.model });
  };
  return {
    leaveOut(setting, message) {
      if (strict) refuse(message);
      say(setting, { type: 'unsupported-setting', setting, message });
    },
    note: (message) => say(message, { type: 'other', message }),
    refuse,
  };
}
