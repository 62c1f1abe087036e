import { timeSlices } from '../call/time-slice.ts';
import { throwIfAborted } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import { wholeNumber } from '../shared/options.ts';
import type { SourceFile } from './contract.ts';
import { createTextDecoder } from './decode.ts';

/** Bytes of a file that a format holds as a whole, at most: 64 MiB. */
export const DEFAULT_MAX_FILE_BYTES: number = 67_108_864; // 64 * 1024 * 1024

/** How much of a file is held, and how reading it is cancelled. */
export interface ReadTextOptions {
  /** A larger file is `parse`, before more of it is read. Default: 67,108,864 (64 MiB). */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The text of a whole file, as `decodeText` reads it, for formats that cannot do with less. It is bounded, decoded piece by
 * piece, and left between two pieces for a turn of the event loop.
 */
export async function readText(file: SourceFile, options: ReadTextOptions = {}): Promise<string> {
  const { signal } = options;
  const maxBytes = wholeNumber('maxBytes', options.maxBytes ?? DEFAULT_MAX_FILE_BYTES, { orInfinity: true });
  const decoder = createTextDecoder(file.path);
  const parts: string[] = [];
  let bytes = 0;
  for await (const piece of filePieces(file, signal)) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(file.path, maxBytes);
    parts.push(decoder.decode(piece));
  }
  parts.push(decoder.end());
  return parts.join('');
}

/** The bytes of a whole file, bounded in the same way, for formats that are not text. */
export async function readBytes(file: SourceFile, options: ReadTextOptions = {}): Promise<Uint8Array> {
  const maxBytes = wholeNumber('maxBytes', options.maxBytes ?? DEFAULT_MAX_FILE_BYTES, { orInfinity: true });
  throwIfAborted(options.signal);
  const bytes = await file.bytes({ maxBytes });
  throwIfAborted(options.signal);
  if (bytes.length > maxBytes) throw tooLarge(file.path, maxBytes);
  return bytes;
}

const LARGEST_PIECE = 65_536;

/** A file in pieces of 64 KiB at most, however it comes; between two of them the event loop has its turn now and then. */
export async function* filePieces(file: SourceFile, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const slices = timeSlices(signal);
  for await (const piece of file.stream()) {
    for (let at = 0; at < piece.length; at += LARGEST_PIECE) {
      yield piece.subarray(at, at + LARGEST_PIECE);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
  }
}

/** What a file is refused with that is larger than its format holds. */
export function tooLarge(path: string, maxBytes: number): MortiseError {
  const message = `${path} cannot be read: it has more than ${maxBytes} bytes, which is maxBytes. Raise maxBytes where its format is made, or split the file.`;
  return new MortiseError('parse', message);
}
