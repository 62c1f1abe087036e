import { checkOptions } from '@mortise/core/shared';
import { isMortiseError, MortiseError } from '@mortise/core';
import { runInSlices, timeSlices, type TimeSlices } from '@mortise/core/call';
import { checkedFormat, readText, type FileFormat } from '@mortise/core/reader';
import { scanElements, type JsonElement } from './json-elements.ts';
import { boundOf, type WholeFileOptions } from './whole-file.ts';
import { parseExactly } from './json-numbers.ts';
import { formatFingerprint, RecordDocuments, type RecordOptions } from './records.ts';

export interface JsonOptions extends RecordOptions, WholeFileOptions {
  /** A JSON pointer to the array of records, such as `/data/items`. Default: the whole file where that is an array. */
  records?: string | undefined;
}

/**
 * JSON: a document for each record, with `metadata.pointer`. A file that is not an array, when `records` does not say where
 * one is, is one record. The file is held while its records are read; JSON Lines is not. Numbers that a double cannot hold,
 * such as 12345678901234567890, are kept as text in ids and metadata.
 */
export function jsonFormat(given: JsonOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const maxBytes = boundOf(options);
  return checkedFormat({
    fingerprint: formatFingerprint('mortise-json-2', options),
    async *read(file, call) {
      const source = await readText(file, { maxBytes, signal: call.signal });
      const slices = timeSlices(call.signal);
      const pointer = options.records ?? '';
      const found = await checked(file.path, source, pointer, slices);
      if (pointer !== '' && found === undefined) {
        const message = `${file.path} cannot be read: there is no array at ${pointer}. Set \`records\` to where it is.`;
        throw new MortiseError('validation', message);
      }
      const whole = { start: source.length - source.trimStart().length, end: source.trimEnd().length };
      const documents = new RecordDocuments(file, 'application/json');
      for (const [number, { start, end }] of (found ?? [whole]).entries()) {
        const place = { pointer: found === undefined ? '' : `${pointer}/${number}` };
        try {
          const text = source.slice(start, end);
          const record = { value: parseExactly(text), source: text, start, number, place };
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
        const turn = slices.turn();
        if (turn !== undefined) await turn;
      }
    },
  });
}

/** The elements of the array, once all of the file is known to be JSON. */
async function checked(
  path: string,
  source: string,
  pointer: string,
  slices: TimeSlices,
): Promise<JsonElement[] | undefined> {
  try {
    return await runInSlices(scanElements(source, pointer), slices);
  } catch (cause) {
    if (!isSyntaxError(cause)) throw cause;
    const hint = isOfLines(source) ? ' It looks like JSON Lines: read it with jsonLinesFormat.' : '';
    const message = `${path} cannot be read: it is not JSON: ${cause.message}.${hint}`;
    throw new MortiseError('parse', message, { cause });
  }
}

function isSyntaxError(error: unknown): error is SyntaxError {
  return error instanceof SyntaxError;
}

/** A line that is JSON, and another one that begins like it. */
function isOfLines(source: string): boolean {
  const [first, second] = source.trimStart().slice(0, 1_000_000).split('\n', 2);
  return second?.trimStart().startsWith('{') === true && first?.trimEnd().endsWith('}') === true;
}
