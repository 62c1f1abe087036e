import { MortiseError } from '@mortise/core';
import type { SourceFile } from '@mortise/core/reader';

/** A file that lies in memory. */
export function memoryFile(path: string, content: Uint8Array): SourceFile {
  return {
    path,
    id: path,
    bytes: async () => content,
    stream() {
      throw new MortiseError('internal', 'It is read whole.');
    },
  };
}
