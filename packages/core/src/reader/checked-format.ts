import { throwIfAborted } from '../call/timers.ts';
import { checkOptions } from '../shared/options.ts';
import type { FileFormat, ReadCall, SourceFile } from './contract.ts';
import { readError } from './errors.ts';

/**
 * `format`, whose errors are ours or the reason of the caller's signal, whatever the file is: what it throws itself, or what
 * was given that is none.
 */
export function checkedFormat(format: FileFormat): FileFormat {
  return {
    ...format,
    async *read(file: SourceFile, given: ReadCall) {
      const call = checkOptions(given);
      try {
        yield* format.read(file, call);
      } catch (error) {
        throwIfAborted(call.signal);
        throw readError(pathOf(file), error);
      }
    },
  };
}

function pathOf(file: SourceFile): string {
  try {
    if (typeof file.path === 'string') return file.path;
  } catch {
    // A getter that throws, or no file.
  }
  return 'What was given as a file';
}
