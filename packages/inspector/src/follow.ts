import { errorText, MortiseError } from '@mortise/core';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { LineLog } from './line-log.ts';
import { isRecording } from './recorder.ts';

const POLL_MS = 300;
const PIECE = 262_144;
/** UTF-16 units: longer than any line that is recorded. */
const MAX_LINE = 8_388_608;

/** How far a file was read. */
interface Place {
  offset: number;
  header: string;
  /** Bytes after the last line's end. */
  rest: Buffer;
}

/**
 * Reads recordings into `log`: a file, or all of a folder. Resolves when everything that is there now has been read. Throws
 * `configuration` where there is nothing at `path`.
 */
export class Follower {
  readonly #path: string;
  readonly #log: LineLog;
  readonly #isLeftOut: (name: string) => boolean;
  readonly #places = new Map<string, Place>();

  constructor(path: string, log: LineLog, isLeftOut: (name: string) => boolean = () => false) {
    this.#path = path;
    this.#log = log;
    this.#isLeftOut = isLeftOut;
  }

  /** Reads what has come since. */
  async read(signal?: AbortSignal): Promise<void> {
    for (const file of await this.#files()) {
      signal?.throwIfAborted();
      await this.#readFile(file, signal);
    }
  }

  /** Goes on reading until `signal` aborts; then resolves. Files that are gone are left alone. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await setTimeout(POLL_MS, undefined, { signal });
        await this.read(signal);
      } catch (error) {
        if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  async #files(): Promise<string[]> {
    try {
      if (!(await stat(this.#path)).isDirectory()) return [this.#path];
      const entries = await readdir(this.#path, { withFileTypes: true });
      return entries
        .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && isRecording(entry.name))
        .map(({ name }) => name)
        .filter((name) => !this.#isLeftOut(name))
        .toSorted()
        .map((name) => join(this.#path, name));
    } catch (cause) {
      if (this.#places.size > 0) return [];
      const message = `Recorded runs cannot be read from ${this.#path}: ${errorText(cause)}. Record some with recordRuns(), or name another file or folder.`;
      throw new MortiseError('configuration', message, { cause });
    }
  }

  async #readFile(path: string, signal: AbortSignal | undefined): Promise<void> {
    const place = this.#places.get(path) ?? { offset: 0, header: unnamed(path), rest: Buffer.alloc(0) };
    this.#places.set(path, place);
    const file = await open(path, 'r').catch((error: unknown) => {
      // Deleted meanwhile, by the bound on files.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE), 0, PIECE, place.offset);
        if (bytesRead === 0) return;
        place.offset += bytesRead;
        this.#take(place, buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #take(place: Place, bytes: Buffer): void {
    const whole = place.rest.length === 0 ? bytes : Buffer.concat([place.rest, bytes]);
    const end = whole.lastIndexOf(0x0a);
    place.rest = Buffer.from(whole.subarray(end + 1));
    // No recording has such a line: what it is is of no use, and memory is bounded.
    if (place.rest.length > MAX_LINE) place.rest = Buffer.alloc(0);
    for (const line of whole.subarray(0, Math.max(end, 0)).toString('utf8').split(/\r?\n/)) {
      if (line === '') continue;
      if (line.includes('"mortise-runs"') && isHeader(line)) place.header = line;
      else this.#log.append(place.header, line);
    }
  }
}

function isHeader(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return (
      typeof value === 'object' && value !== null && 'format' in value && value.format === 'mortise-runs'
    );
  } catch {
    return false;
  }
}

/** For a file whose header is gone. */
function unnamed(path: string): string {
  return JSON.stringify({
    ...{ format: 'mortise-runs', version: 1, session: basename(path), startedAt: 0, content: false },
  });
}
