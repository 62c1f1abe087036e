import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import type { Lack } from './messages.ts';
import { ThreadLoss, type Bounds } from './thread.ts';

/** Of the file as a whole. */
export function openError(
  path: string,
  password: string | undefined,
  bounds: Bounds,
  cause: unknown,
): MortiseError {
  if (cause instanceof ThreadLoss) return lossError(`${path} cannot be opened`, bounds, cause);
  const { name, message } = cause as Error;
  if (name === 'PasswordException') {
    const why =
      password === undefined
        ? 'it is encrypted. Give its password: pdfFormat({ password })'
        : 'the password is not the one it wants';
    return new MortiseError('permission', `${path} cannot be read: ${why}.`, { cause });
  }
  if (/encryption method|security handler|crypt/i.test(message)) {
    const why = `it is encrypted in a way that pdf.js does not know (${message}). Save it without, and read that`;
    return new MortiseError('unsupported', `${path} cannot be read: ${why}.`, { cause });
  }
  const why = `it is no PDF, or a damaged one: ${message} Where a viewer still shows it, print it into a new PDF and read that.`;
  return new MortiseError('parse', `${path} cannot be read: ${why}`, { cause });
}

export function pageError(path: string, page: number, bounds: Bounds, cause: unknown): MortiseError {
  return readError(`${path} cannot be read at page ${page}`, bounds, cause);
}

/** A page of which there is text, though not all of it. */
export function damageError(path: string, page: number, damage: string): MortiseError {
  return new MortiseError('parse', `${path} can only be read in part at page ${page}: ${damage}`);
}

/** Of a file as a whole, of which there is something left to read. */
export function missingError(path: string, missing: 'end' | 'root'): MortiseError {
  const what =
    missing === 'end'
      ? 'is cut off: its end is missing, as after a download that broke'
      : 'has lost the list of its pages';
  return new MortiseError('parse', `${path} ${what}. What is left of it was read. Get it anew.`);
}

export function lackError(path: string, page: number, lack: Lack): MortiseError {
  return new MortiseError('unsupported', `${path} has no text at page ${page}: ${LACKS[lack]}`);
}

/** Of a file whose pages all have none. */
export function withoutText(path: string, lacks: ReadonlySet<Lack>): MortiseError {
  // What says most of the file as a whole.
  const lack = ORDER.find((one) => lacks.has(one)) ?? 'blank';
  return new MortiseError('unsupported', `${path} cannot be read: it has no text, and ${LACKS[lack]}`);
}

/** Of a file of which no page could be read, and why the first one could not. */
export function withoutPages(path: string, pages: number, bounds: Bounds, cause: unknown): MortiseError {
  const none = pages === 1 ? 'its page cannot be' : `none of its ${pages} pages can be`;
  return readError(`${path} cannot be read: ${none}`, bounds, cause);
}

const LACKS: Readonly<Record<Lack, string>> = {
  pictures: 'it holds only pictures, as scans do. Run it through text recognition (OCR) first.',
  drawing:
    'it holds only lines and shapes; if they draw letters, these are outlines. Run it through text recognition (OCR) first.',
  letters:
    'its fonts do not say which characters its letters are. Run it through text recognition (OCR) first.',
  fields: 'it holds only fields of a form, and none has a value. Fill it in, if it should.',
  blank:
    'it is blank: nothing is drawn on it. If something should be there, run its source through text recognition (OCR).',
};

const ORDER: readonly Lack[] = ['pictures', 'letters', 'drawing', 'fields', 'blank'];

function readError(what: string, bounds: Bounds, cause: unknown): MortiseError {
  // It had to be opened anew, and could not be.
  if (isMortiseError(cause)) return cause;
  if (cause instanceof ThreadLoss) return lossError(what, bounds, cause);
  const why = errorText(cause);
  return new MortiseError('parse', `${what}: ${why}`, { cause });
}

function lossError(what: string, { timeoutMs, memoryMb }: Bounds, cause: ThreadLoss): MortiseError {
  if (cause.loss === 'time') {
    const message = `${what}: it took longer than pageTimeoutMs, ${timeoutMs} ms. If it is not hostile, raise it: pdfFormat({ pageTimeoutMs }).`;
    return new MortiseError('timeout', message, { cause, retryable: false });
  }
  if (cause.loss === 'memory') {
    const message = `${what}: it took more memory than maxMemoryMb, ${memoryMb} MiB. If it is not hostile, raise it: pdfFormat({ maxMemoryMb }).`;
    return new MortiseError('parse', message, { cause });
  }
  return new MortiseError('internal', `${what}: its thread broke: ${cause.message}`, { cause });
}
