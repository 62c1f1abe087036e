import { isMortiseError, MortiseError } from '@mortise/core';
import { decodeText, type FileFormat, type ReadCall, type SourceFile } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { csvRows, type CsvRow } from './csv-rows.ts';
import { MAX_RECORD_LENGTH, recordError, textPieces, tooLong } from './pieces.ts';
import { formatFingerprint, recordDocument, type RecordOptions } from './records.ts';
import { excluded } from './shown.ts';

/** A row by the names of its columns. */
export type CsvRecord = Record<string, string>;

export interface CsvOptions extends RecordOptions<CsvRecord> {
  /** `rows`: a document for each row. `file`: one document of the file as it stands. Default: `rows`. */
  documents?: 'rows' | 'file' | undefined;
  /** One character. Default: a tab in files named `.tsv` or `.tab`, else a comma. */
  delimiter?: string | undefined;
  /** `false`: there is no header, and columns are named `1`, `2`, ... Names: there is none, and these are they. Default: true. */
  header?: boolean | readonly string[] | undefined;
  /** Characters. A longer row is reported and passed over. Default: 16,777,216. */
  maxRecordLength?: number | undefined;
}

/**
 * CSV (RFC 4180), also with other delimiters: a document for each row, with `metadata.line`. Its text is that of the
 * columns of `text`, by default a line `name: value` for each column that is not empty. No more than a row and a piece of
 * the file is held. A row with another number of fields than the header, or with a quote out of place, is reported with
 * its line, and the others come.
 */
export function csvFormat(options: CsvOptions = {}): FileFormat {
  const { delimiter } = options;
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    const message = `delimiter is ${JSON.stringify(delimiter)}; it takes one character that is no quote and no line end.`;
    throw new MortiseError('configuration', message);
  }
  return {
    fingerprint: formatFingerprint('mortise-csv-1', options),
    read: (file, call) => (options.documents === 'file' ? wholeFile(file) : rowsOf(file, options, call)),
  };
}

async function* wholeFile(file: SourceFile): AsyncGenerator<Document> {
  const metadata = { path: file.path, mediaType: 'text/csv' };
  const text = decodeText(file.path, await file.bytes());
  yield createDocument({ id: file.id, text, metadata, ...excluded(metadata) });
}

async function* rowsOf(file: SourceFile, options: CsvOptions, call: ReadCall): AsyncGenerator<Document> {
  const { header = true, maxRecordLength = MAX_RECORD_LENGTH } = options;
  const delimiter = options.delimiter ?? (/\.(tsv|tab)$/i.test(file.path) ? '\t' : ',');
  let names = typeof header === 'boolean' ? undefined : header;
  let number = 0;
  for await (const row of csvRows(textPieces(file), delimiter, maxRecordLength)) {
    if (names === undefined && header === true) {
      if (row.problem !== undefined) throw problemOf(file, row, maxRecordLength);
      names = unique(row.fields);
      continue;
    }
    names ??= row.fields.map((_, at) => String(at + 1));
    number += 1;
    try {
      yield rowDocument(file, row, names, number, options, maxRecordLength);
    } catch (thrown) {
      if (!isMortiseError(thrown)) throw thrown;
      const { code, message } = thrown;
      const error = code === 'parse' ? thrown : recordError(file.path, row.line, message, thrown);
      call.report({ item: `${file.path}#${number}`, error });
    }
  }
}

function rowDocument(
  file: SourceFile,
  row: CsvRow,
  names: readonly string[],
  number: number,
  options: CsvOptions,
  most: number,
): Document {
  const { fields, source, start, line } = row;
  if (row.problem !== undefined) throw problemOf(file, row, most);
  if (fields.length !== names.length) {
    const why = `it has ${fields.length} fields, where there are ${names.length} columns. Quote fields that hold the delimiter.`;
    throw recordError(file.path, line, why);
  }
  const value: CsvRecord = Object.fromEntries(names.map((name, at) => [name, fields[at] as string]));
  const { text = () => shown(names, fields), ...others } = options;
  return recordDocument(
    file,
    { value, source, start, number, place: { line } },
    { ...others, text },
    'text/csv',
  );
}

/** In the order of the columns; the members of an object come otherwise where their names are numbers. */
function shown(names: readonly string[], fields: readonly string[]): string {
  return names.flatMap((name, at) => (fields[at] === '' ? [] : [`${name}: ${fields[at]}`])).join('\n');
}

function problemOf({ path }: SourceFile, { line, problem }: CsvRow, most: number): MortiseError {
  if (problem === 'too long') return tooLong(path, line, most);
  return recordError(path, line, `it has ${problem}. Double the quotes within a quoted field.`);
}

/** Columns without a name have their number, and a name that comes again has its number behind it. */
function unique(fields: readonly string[]): string[] {
  const seen = new Set<string>();
  return fields.map((field, at) => {
    const name = field.trim() === '' ? String(at + 1) : field.trim();
    const own = seen.has(name) ? `${name} ${at + 1}` : name;
    seen.add(own);
    return own;
  });
}
