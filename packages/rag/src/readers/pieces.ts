import { MortiseError } from '@mortise/core';
import { createTextDecoder, type SourceFile } from '@mortise/core/reader';

/** The longest record that is held, in UTF-16 units: a file without line ends must not fill the memory. */
export const MAX_RECORD_LENGTH = 1 << 24;

/** The text of a file piece by piece. */
export async function* textPieces(file: SourceFile): AsyncGenerator<string> {
  const decoder = createTextDecoder(file.path);
  for await (const bytes of file.stream()) {
    const text = decoder.decode(bytes);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
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
