import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { tooLarge, type SourceFile } from '@mortise/core/reader';
import { readBounded } from './read-bounded.ts';

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
        const bytes = await readBounded(location, maxBytes, signal);
        if (bytes === undefined) throw tooLarge(path, maxBytes);
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
