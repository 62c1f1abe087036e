import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tooLarge, type SourceFile } from '@mortise/core/reader';

/** One reading of a file, which takes its hash on the way. */
export interface FileReading {
  readonly file: SourceFile;
  /** SHA-256 of its bytes, in hex, once they were all read; undefined where a format left before the end. */
  readonly hash: string | undefined;
  /** Bytes that were read. */
  readonly size: number;
}

/** A file as a format reads it. */
export function readingOf(
  path: string,
  id: string,
  location: string,
  signal: AbortSignal | undefined,
): FileReading {
  let hash: string | undefined;
  let size = 0;
  return {
    file: {
      path,
      id,
      async bytes({ maxBytes = Infinity } = {}) {
        // Before it is read, since it would be in memory as a whole.
        if (maxBytes < Infinity && (await stat(location)).size > maxBytes) throw tooLarge(path, maxBytes);
        const bytes = await readFile(location, { signal });
        size = bytes.length;
        hash = createHash('sha256').update(bytes).digest('hex');
        return bytes;
      },
      async *stream() {
        const sum = createHash('sha256');
        size = 0;
        for await (const piece of piecesOf(location, signal)) {
          sum.update(piece);
          size += piece.length;
          yield piece;
        }
        hash = sum.digest('hex');
      },
    },
    get hash() {
      return hash;
    },
    get size() {
      return size;
    },
  };
}

/** SHA-256 of a file's bytes, in hex. Nothing but a piece of it is held. */
export async function hashOfFile(location: string, signal: AbortSignal | undefined): Promise<string> {
  const sum: Hash = createHash('sha256');
  for await (const piece of piecesOf(location, signal)) sum.update(piece);
  return sum.digest('hex');
}

function piecesOf(location: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  return createReadStream(location, signal === undefined ? {} : { signal }) as AsyncIterable<Uint8Array>;
}
