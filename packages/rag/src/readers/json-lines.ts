import { checkOptions } from '@mortise/core/shared';
import { checkedFormat } from '@mortise/core/reader';
import type { JsonValue } from '@mortise/core';
import type { FileFormat, ReadCall, SourceFile } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { parseExactly } from './json-numbers.ts';
import { lengthOf, notText, notTextAtAll, recordError, textPieces, tooLong } from './pieces.ts';
import { formatFingerprint, inRecord, RecordDocuments, type RecordOptions } from './records.ts';

export interface JsonLinesOptions extends RecordOptions {
  /** Characters. A longer line is reported and passed over. Default: 16,777,216. */
  maxRecordLength?: number | undefined;
}

/**
 * JSON Lines: a document for each line, with `metadata.line`. No more than a line and a piece of the file is held. A line
 * that is not JSON, or not text, is reported with its number, and the others come. Numbers that a double cannot hold, such
 * as 12345678901234567890, are kept as text in ids and metadata.
 */
export function jsonLinesFormat(given: JsonLinesOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const most = lengthOf(options);
  return checkedFormat({
    fingerprint: formatFingerprint('mortise-json-lines-2', options),
    async *read(file, call) {
      const documents = new RecordDocuments(file, 'application/json');
      const attempt = (line: Line): Document | undefined => toDocument(file, line, options, call, documents);
      // Until there is one that is text: it may be a file of another kind.
      let broken: Line[] | undefined = [];
      for await (const line of linesOf(file, most, call.signal)) {
        if (broken !== undefined && line.isBroken) {
          if (broken.push(line) >= MOST_BROKEN) break;
          continue;
        }
        if (line.text?.trim() === '') continue;
        broken?.forEach(attempt);
        broken = undefined;
        const document = attempt(line);
        if (document !== undefined) yield document;
      }
      if (broken !== undefined && broken.length > 0) throw notTextAtAll(file.path);
    },
  });
}

/** A file that begins with so many lines that are not text is refused as a whole. */
const MOST_BROKEN = 100;

interface Line {
  readonly number: number;
  readonly start: number;
  /** Undefined: too long. */
  readonly text: string | undefined;
  /** Bytes of it are not text. */
  readonly isBroken: boolean;
}

function toDocument(
  file: SourceFile,
  { number, start, text, isBroken }: Line,
  options: JsonLinesOptions,
  call: ReadCall,
  documents: RecordDocuments,
): Document | undefined {
  const most = lengthOf(options);
  try {
    if (text === undefined) throw tooLong(file.path, number, most);
    if (isBroken) throw notText(file.path, number);
    const source = text.trim();
    const value = parse(file.path, number, source);
    const record = { value, source, start: start + text.indexOf(source), number, place: { line: number } };
    return documents.create(record, options);
  } catch (thrown) {
    call.report({ item: `${file.path}#${number}`, error: inRecord(file.path, number, thrown) });
    return undefined;
  }
}

function parse(path: string, line: number, source: string): JsonValue {
  try {
    return parseExactly(source);
  } catch (cause) {
    throw recordError(path, line, `it is not JSON: ${(cause as Error).message}`, cause);
  }
}

async function* linesOf(
  file: SourceFile,
  most: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Line> {
  let held: string[] = [];
  let length = 0;
  let start = 0;
  let number = 1;
  let isBroken = false;
  const take = (part: string): void => {
    length += part.length;
    // What is too long is counted, and not kept.
    if (length <= most) held.push(part);
    else held = [];
  };
  const line = (): Line => ({ number, start, text: length > most ? undefined : held.join(''), isBroken });
  for await (const { text: piece, isBroken: isPieceBroken } of textPieces(file, signal)) {
    isBroken ||= isPieceBroken;
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      take(piece.slice(from, end));
      yield line();
      start += length + 1;
      number += 1;
      [held, length, from, isBroken] = [[], 0, end + 1, false];
    }
    take(piece.slice(from));
  }
  if (length > 0) yield line();
}
