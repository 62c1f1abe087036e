import { isMortiseError, MortiseError } from '@mortise/core';
import {
  checkedFormat,
  readText,
  type FileFormat,
  type ReadCall,
  type SourceFile,
} from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { checkOptions, oneOf } from '@mortise/core/shared';
import { betterDelimiter, declaredDelimiter, detectDelimiter, SAMPLE_LENGTH } from '../csv/delimiter.ts';
import { CsvScanner, type CsvRow } from '../csv/rows.ts';
import { lengthOf, notText, notTextAtAll, recordError, textPieces, tooLong } from './pieces.ts';
import type { TextPiece } from '../text-piece.ts';
import { formatFingerprint, inRecord, RecordDocuments, type RecordOptions } from './records.ts';
import { excluded } from './shown.ts';
import { boundOf, type WholeFileOptions } from './whole-file.ts';

/** A row by the names of its columns. */
export type CsvRecord = Record<string, string>;

/** `maxBytes` is of `documents: 'file'`: rows are not held together. */
export interface CsvOptions extends RecordOptions<CsvRecord>, WholeFileOptions {
  /**
   * `rows`: a document for each row. `file`: one document of the file as it stands, which splitters cut between rows, with
   * the header in the metadata of each chunk. Default: `rows`.
   */
  documents?: 'rows' | 'file' | undefined;
  /**
   * One character. Default: what a first line `sep=;` says; else, of comma, semicolon, tab and `|`, the one that gives the
   * first rows as many fields as the header, more than one; else a comma (a tab in files named `.tsv` or `.tab`). A
   * delimiter given that leaves one column, where another one splits all rows, is reported.
   */
  delimiter?: string | undefined;
  /** `false`: no header; columns are named `1`, `2`, ... A list: no header; these are the names. Default: true. */
  header?: boolean | readonly string[] | undefined;
  /** Characters. A longer row is reported and passed over. Default: 16,777,216. */
  maxRecordLength?: number | undefined;
}

/**
 * CSV (RFC 4180), also with other delimiters: a document for each row, with `metadata.line`. Its text is that of the
 * columns of `text`, by default a line `name: value` for each column that is not empty. No more than a row and a piece of
 * the file is held. A row with another number of fields than the header, with a quote out of place, or with bytes that are
 * not text is reported with its line, and the others come. A quoted field that is not closed where it should be takes the
 * lines after it with it: the report says which.
 */
export function csvFormat(given: CsvOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const { delimiter } = options;
  const maxBytes = boundOf(options);
  const maxRecordLength = lengthOf(options);
  oneOf('documents', options.documents ?? 'rows', ['rows', 'file']);
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    const message = `delimiter is ${JSON.stringify(delimiter)}; it takes one character that is neither a quote nor a line end.`;
    throw new MortiseError('configuration', message);
  }
  return checkedFormat({
    fingerprint: formatFingerprint('mortise-csv-2', options),
    read: (file, call) =>
      options.documents === 'file'
        ? wholeFile(file, options, maxBytes, call.signal)
        : rowsOf(file, options, maxRecordLength, call),
  });
}

async function* wholeFile(
  file: SourceFile,
  { header }: CsvOptions,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Document> {
  const mediaType = header === undefined || header === true ? 'text/csv' : 'text/csv; header=absent';
  const metadata = { path: file.path, mediaType };
  const text = await readText(file, { maxBytes, signal });
  yield createDocument({ id: file.id, text, metadata, ...excluded(metadata) });
}

async function* rowsOf(
  file: SourceFile,
  options: CsvOptions,
  maxRecordLength: number,
  call: ReadCall,
): AsyncGenerator<Document> {
  const { header = true } = options;
  const pieces = textPieces(file, call.signal);
  const head = await firstPieces(pieces);
  const { delimiter, hasDeclaration } = delimiterOf(file, head, options, call);
  const documents = new RecordDocuments(file, 'text/csv');
  let names = typeof header === 'boolean' ? undefined : header;
  let number = 0;
  let isFirst = true;
  for await (const row of csvRows(head.pieces, pieces, new CsvScanner(delimiter, maxRecordLength))) {
    const isDeclaration = isFirst && hasDeclaration;
    isFirst = false;
    if (isDeclaration) continue;
    if (names === undefined && header === true) {
      if (row.problem === 'not text') throw notTextAtAll(file.path);
      if (row.problem !== undefined) throw problemOf(file, row, maxRecordLength);
      names = unique(row.fields);
      continue;
    }
    names ??= row.fields.map((_, at) => String(at + 1));
    number += 1;
    try {
      yield rowDocument(file, row, names, number, options, maxRecordLength, documents);
    } catch (thrown) {
      if (!isMortiseError(thrown)) throw thrown;
      call.report({ item: `${file.path}#${number}`, error: inRecord(file.path, row.line, thrown) });
    }
  }
}

/** The beginning of a file, by which its delimiter is known. */
interface Head {
  readonly pieces: readonly TextPiece[];
  readonly text: string;
  readonly isWhole: boolean;
}

async function firstPieces(pieces: AsyncGenerator<TextPiece>): Promise<Head> {
  const first: TextPiece[] = [];
  let text = '';
  while (text.length < SAMPLE_LENGTH) {
    const step = await pieces.next();
    if (step.done === true) return { pieces: first, text, isWhole: true };
    first.push(step.value);
    text += step.value.text;
  }
  return { pieces: first, text: text.slice(0, SAMPLE_LENGTH), isWhole: false };
}

async function* csvRows(
  first: readonly TextPiece[],
  others: AsyncGenerator<TextPiece>,
  scanner: CsvScanner,
): AsyncGenerator<CsvRow> {
  try {
    for (const piece of first) yield* scanner.push(piece);
    for await (const piece of others) yield* scanner.push(piece);
    yield* scanner.end();
  } finally {
    // Left among the first ones, it would keep its file open.
    await others.return(undefined);
  }
}

function delimiterOf(
  { path }: SourceFile,
  { text, isWhole }: Head,
  { delimiter, header }: CsvOptions,
  call: ReadCall,
): { delimiter: string; hasDeclaration: boolean } {
  const declared = declaredDelimiter(text);
  const hasDeclaration = declared !== undefined;
  if (delimiter === undefined) {
    if (declared !== undefined) return { delimiter: declared, hasDeclaration };
    const preferred = /\.(tsv|tab)$/i.test(path) ? '\t' : ',';
    const columns = typeof header === 'object' ? header.length : undefined;
    return { delimiter: detectDelimiter(text, isWhole, preferred, columns) ?? preferred, hasDeclaration };
  }
  const better = hasDeclaration ? undefined : betterDelimiter(text, isWhole, delimiter);
  if (better !== undefined) {
    const message = `${path} has one column by the delimiter ${JSON.stringify(delimiter)}, and several in each row by ${JSON.stringify(better)}. Give delimiter: ${JSON.stringify(better)}, or none, to have it found.`;
    call.report({ item: path, error: new MortiseError('parse', message) });
  }
  return { delimiter, hasDeclaration };
}

function rowDocument(
  file: SourceFile,
  row: CsvRow,
  names: readonly string[],
  number: number,
  options: CsvOptions,
  most: number,
  documents: RecordDocuments,
): Document {
  const { fields, source, start, line } = row;
  if (row.problem !== undefined) throw problemOf(file, row, most);
  if (fields.length !== names.length) {
    const why = `it has ${fields.length} fields, where there are ${names.length} columns. Quote fields that hold the delimiter.`;
    throw recordError(file.path, line, why);
  }
  const value: CsvRecord = Object.fromEntries(names.map((name, at) => [name, fields[at] as string]));
  const { text = () => shown(names, fields), ...others } = options;
  return documents.create({ value, source, start, number, place: { line } }, { ...others, text });
}

/** In the order of the columns; the members of an object come otherwise where their names are numbers. */
function shown(names: readonly string[], fields: readonly string[]): string {
  return names.flatMap((name, at) => (fields[at] === '' ? [] : [`${name}: ${fields[at]}`])).join('\n');
}

function problemOf({ path }: SourceFile, { line, lastLine, problem }: CsvRow, most: number): MortiseError {
  if (problem === 'not text') return notText(path, line);
  // What stands in a quoted field that should have ended before looks like a row, and like text.
  const lost =
    lastLine === line
      ? ''
      : ` Lines ${line} to ${lastLine} cannot be told apart, and none of them was read as a row of its own.`;
  if (problem === 'too long') {
    const error = tooLong(path, line, most);
    return lost === '' ? error : new MortiseError('parse', `${error.message}${lost}`);
  }
  return recordError(path, line, `it has ${problem}.${lost} Double the quotes within a quoted field.`);
}

/** Columns without a name have their number, and a name that comes again has its number behind it. */
function unique(fields: readonly string[]): string[] {
  const given = fields.map((field, at) => (field.trim() === '' ? String(at + 1) : field.trim()));
  const names = new Set(given);
  const seen = new Set<string>();
  return given.map((name, at) => {
    let own = name;
    while (seen.has(own) || (own !== name && names.has(own))) own = `${own} ${at + 1}`;
    seen.add(own);
    return own;
  });
}
