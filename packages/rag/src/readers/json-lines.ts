import { isMortiseError, type JsonValue } from '@mortise/core';
import type { FileFormat, ReadCall, SourceFile } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { MAX_RECORD_LENGTH, recordError, textPieces, tooLong } from './pieces.ts';
import { formatFingerprint, recordDocument, type RecordOptions } from './records.ts';

export interface JsonLinesOptions extends RecordOptions {
  /** Characters. A longer line is reported and passed over. Default: 16,777,216. */
  maxRecordLength?: number | undefined;
}

/**
 * JSON Lines: a document for each line, with `metadata.line`. No more than a line and a piece of the file is held. A line
 * that is no JSON is reported with its number, and the others come.
 */
export function jsonLinesFormat(options: JsonLinesOptions = {}): FileFormat {
  return {
    fingerprint: formatFingerprint('mortise-json-lines-1', options),
    async *read(file, call) {
      for await (const line of linesOf(file, options.maxRecordLength ?? MAX_RECORD_LENGTH)) {
        const document = attempt(file, line, options, call);
        if (document !== undefined) yield document;
      }
    },
  };
}

interface Line {
  readonly number: number;
  readonly start: number;
  /** Undefined: too long. */
  readonly text: string | undefined;
}

function attempt(
  file: SourceFile,
  { number, start, text }: Line,
  options: JsonLinesOptions,
  call: ReadCall,
): Document | undefined {
  const most = options.maxRecordLength ?? MAX_RECORD_LENGTH;
  try {
    if (text === undefined) throw tooLong(file.path, number, most);
    const source = text.trim();
    if (source === '') return undefined;
    const value = parse(file.path, number, source);
    const record = { value, source, start: start + text.indexOf(source), number, place: { line: number } };
    return recordDocument(file, record, options, 'application/json');
  } catch (thrown) {
    const known = isMortiseError(thrown, 'parse') ? thrown : undefined;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const error = known ?? recordError(file.path, number, why, thrown);
    call.report({ item: `${file.path}#${number}`, error });
    return undefined;
  }
}

function parse(path: string, line: number, source: string): JsonValue {
  try {
    return JSON.parse(source) as JsonValue;
  } catch (cause) {
    throw recordError(path, line, `it is not JSON: ${(cause as Error).message}`, cause);
  }
}

async function* linesOf(file: SourceFile, most: number): AsyncGenerator<Line> {
  let held: string[] = [];
  let length = 0;
  let start = 0;
  let number = 1;
  const take = (part: string): void => {
    length += part.length;
    // What is too long is counted, and not kept.
    if (length <= most) held.push(part);
    else held = [];
  };
  const line = (): Line => ({ number, start, text: length > most ? undefined : held.join('') });
  for await (const piece of textPieces(file)) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      take(piece.slice(from, end));
      yield line();
      start += length + 1;
      number += 1;
      [held, length, from] = [[], 0, end + 1];
    }
    take(piece.slice(from));
  }
  if (length > 0) yield line();
}
