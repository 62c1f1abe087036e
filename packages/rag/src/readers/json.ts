import { isMortiseError, MortiseError, type JsonValue } from '@mortise/core';
import { decodeText, type FileFormat } from '@mortise/core/reader';
import { elementsAt, type JsonElement } from './json-elements.ts';
import { parseExactly } from './json-numbers.ts';
import { formatFingerprint, memberAt, RecordDocuments, type RecordOptions } from './records.ts';

export interface JsonOptions extends RecordOptions {
  /** A JSON pointer to the array of records, such as `/data/items`. Default: the whole file where that is an array. */
  records?: string | undefined;
}

/**
 * JSON: a document for each record, with `metadata.pointer`. A file that is no array, when `records` does not say where
 * one is, is one record. The file is held while its records are read; JSON Lines is not. Numbers that a double cannot hold,
 * such as 12345678901234567890, are kept as text in ids and metadata.
 */
export function jsonFormat(options: JsonOptions = {}): FileFormat {
  return {
    fingerprint: formatFingerprint('mortise-json-2', options),
    async *read(file, call) {
      const source = decodeText(file.path, await file.bytes());
      const whole = parse(file.path, source);
      const pointer = options.records ?? '';
      const found = pointer === '' ? whole : memberAt(whole, pointer);
      if (pointer !== '' && !Array.isArray(found)) {
        const message = `${file.path} cannot be read: there is no array at ${pointer}. Set \`records\` to where it is.`;
        throw new MortiseError('validation', message);
      }
      const documents = new RecordDocuments(file, 'application/json');
      const elements: readonly JsonElement[] = Array.isArray(found)
        ? elementsAt(source, pointer)
        : [{ start: source.length - source.trimStart().length, end: source.trimEnd().length }];
      for (const [number, { start, end }] of elements.entries()) {
        call.signal?.throwIfAborted();
        const value = Array.isArray(found) ? (found[number] as JsonValue) : whole;
        const place = { pointer: Array.isArray(found) ? `${pointer}/${number}` : '' };
        try {
          const record = { value, source: source.slice(start, end), start, number, place };
          yield documents.create(record, options);
        } catch (thrown) {
          if (!isMortiseError(thrown)) throw thrown;
          const code = thrown.code === 'conflict' ? 'conflict' : 'parse';
          const message = `${file.path} cannot be read at ${place.pointer || 'its beginning'}: ${thrown.message}`;
          call.report({
            item: `${file.path}#${number}`,
            error: new MortiseError(code, message, { cause: thrown }),
          });
        }
      }
    },
  };
}

function parse(path: string, source: string): JsonValue {
  try {
    return parseExactly(source);
  } catch (cause) {
    const hint = isOfLines(source) ? ' It looks like JSON Lines: read it with jsonLinesFormat.' : '';
    const message = `${path} cannot be read: it is not JSON: ${(cause as Error).message}.${hint}`;
    throw new MortiseError('parse', message, { cause });
  }
}

/** A line that is JSON, and another one that begins like it. */
function isOfLines(source: string): boolean {
  const [first, second] = source.trimStart().slice(0, 1_000_000).split('\n', 2);
  return second?.trimStart().startsWith('{') === true && first?.trimEnd().endsWith('}') === true;
}
