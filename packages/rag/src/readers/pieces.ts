import { MortiseError } from '@mortise/core';
import { wholeNumber } from '@mortise/core/shared';
import { createTextDecoder, filePieces, type SourceFile } from '@mortise/core/reader';
import type { TextPiece } from '../text-piece.ts';

/** The longest record that is held, in UTF-16 units: a file without line ends must not fill the memory. */
const MAX_RECORD_LENGTH = 16_777_216;

/** The bound, checked. */
export function lengthOf({
  maxRecordLength = MAX_RECORD_LENGTH,
}: {
  maxRecordLength?: number | undefined;
}): number {
  return wholeNumber('maxRecordLength', maxRecordLength, { orInfinity: true });
}

/**
 * The text of a file piece by piece: UTF-8, or UTF-16 where a byte order mark says so, without the mark. What is not text
 * in UTF-8 spoils its own line only; in UTF-16 it is refused, as `decodeText` does.
 */
export async function* textPieces(file: SourceFile, signal?: AbortSignal): AsyncGenerator<TextPiece> {
  let head: Uint8Array = new Uint8Array();
  let decode: Decode | undefined;
  for await (const bytes of filePieces(file, signal)) {
    head = decode === undefined ? joined(head, bytes) : bytes;
    // Three bytes are needed to see a mark.
    if (decode === undefined && head.length < 3) continue;
    decode ??= decoderOf(file.path, head);
    yield* decode(head, false);
  }
  // What is shorter was not decoded yet.
  const rest = decode === undefined ? head : new Uint8Array();
  decode ??= decoderOf(file.path, head);
  yield* decode(rest, true);
}

/** `isLast`: nothing follows. */
type Decode = (bytes: Uint8Array, isLast: boolean) => Iterable<TextPiece>;

function decoderOf(path: string, [first, second]: Uint8Array): Decode {
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isUtf16 ? wholeDecoder(path) : lineDecoder();
}

function wholeDecoder(path: string): Decode {
  const decoder = createTextDecoder(path);
  return function* (bytes, isLast) {
    const text = decoder.decode(bytes) + (isLast ? decoder.end() : '');
    if (text !== '') yield { text, isBroken: false };
  };
}

/** UTF-8. Pieces that are not text are decoded again line by line. */
function lineDecoder(): Decode {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
  let held: Uint8Array = new Uint8Array();
  let isFirst = true;

  const read = (bytes: Uint8Array): TextPiece => {
    const text = attempt(strict, bytes);
    const isBroken = text === undefined || text.includes('\0');
    const decoded = text ?? lenient.decode(bytes);
    const piece = { text: isFirst && decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded, isBroken };
    isFirst = false;
    return piece;
  };
  return function* (bytes, isLast) {
    const all = joined(held, bytes);
    const end = isLast ? all.length : characterEnd(all);
    const whole = all.subarray(0, end);
    held = all.slice(end);
    if (whole.length === 0) return;
    const text = attempt(strict, whole);
    if (text !== undefined && !text.includes('\0')) yield read(whole);
    else for (const line of linesOf(whole)) yield read(line);
  };
}

function attempt(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const LF = 10;
const CR = 13;

/** Each with its end, which is LF, CR or both. */
function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LF && (bytes[at] !== CR || bytes[at + 1] === LF)) continue;
    yield bytes.subarray(start, at + 1);
    start = at + 1;
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

/** Without the first bytes of a character that goes on in the next piece. */
function characterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0)
      return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** A record that cannot be read, in words; `item` begins with the item it is of. */
export function recordError(path: string, line: number, why: string, cause?: unknown): MortiseError {
  return new MortiseError('parse', `${path} cannot be read at line ${line}: ${why}`, { cause });
}

export function tooLong(path: string, line: number, most: number): MortiseError {
  return recordError(
    path,
    line,
    `the record is longer than ${most} characters. Raise maxRecordLength, or split it.`,
  );
}

/** Of a file of which no line is text. */
export function notTextAtAll(path: string): MortiseError {
  const message = `${path} cannot be read: it is not text in utf-8. Save it as UTF-8, or leave it out.`;
  return new MortiseError('parse', message);
}

export function notText(path: string, line: number): MortiseError {
  return recordError(path, line, 'it is not text in utf-8. Save the file as UTF-8.');
}
