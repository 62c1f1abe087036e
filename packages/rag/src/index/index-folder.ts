import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { sha256Hex, canonicalJson } from '@mortise/core/shared';
import type { StoreLock } from '@mortise/core/store';
import { readBounded } from '../readers/read-bounded.ts';
import { lockIndex } from './folder-lock.ts';
import { decodeIndex, encodeIndex, type SavedIndex } from './saved-index.ts';

/** What the content of an index depends on; an index with another key is another index. */
export interface IndexKey {
  readonly provider: string;
  readonly model: string;
  /** Absent when the model does not say. */
  readonly dimensions?: number | undefined;
  /** The splitter's, with its settings. */
  readonly splitter: string;
}

/** Bytes of a saved index, at most: 1 GiB, which 300,000 nodes of 768 dimensions take. */
export const DEFAULT_MAX_INDEX_BYTES = 1_073_741_824;

/** Saved indexes in a folder, one file a key: going back to an earlier model finds its index again. */
export class IndexFolder {
  readonly path: string;
  readonly #folder: string;
  readonly #key: string;
  readonly #maxBytes: number;
  /** Of the file that was loaded or saved last. */
  #stamp: string | undefined;

  constructor(folder: string, key: IndexKey, maxBytes: number) {
    this.#folder = folder;
    this.#key = canonicalJson(key);
    this.#maxBytes = maxBytes;
    this.path = join(folder, `${sha256Hex(this.#key).slice(0, 16)}.index`);
  }

  /**
   * Undefined when nothing was saved; throws when what was saved cannot be used, and `configuration` when it is larger than
   * `maxBytes`: built again it would be as large.
   */
  async load(signal: AbortSignal | undefined): Promise<SavedIndex | undefined> {
    let bytes: Buffer | undefined;
    try {
      // Before it is read: a file that is replaced meanwhile is read once more, at worst.
      this.#stamp = await this.#stampNow();
      bytes = await readBounded(this.path, this.#maxBytes, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw error;
    }
    if (bytes === undefined) throw this.#tooLarge('cannot be read');
    return decodeIndex(this.#key, bytes, signal);
  }

  /** Whether another has written the file since it was loaded or saved here. */
  async isStale(): Promise<boolean> {
    return (await this.#stampNow()) !== this.#stamp;
  }

  /**
   * Holds the file for one writer; `conflict` where another holds it, undefined where nothing can be written. What killed
   * saves have left beside it goes.
   */
  async lock(): Promise<StoreLock | undefined> {
    const lock = await lockIndex(this.path);
    if (lock !== undefined) await this.#removeHalves();
    return lock;
  }

  /** The old file or the new one is there at any moment, never a part of either. */
  async save(index: SavedIndex): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${this.path}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, 'wx');
      try {
        let bytes = 0;
        for (const piece of encodeIndex(this.#key, index)) {
          bytes += piece.length;
          // Nobody could open it.
          if (bytes > this.#maxBytes) throw this.#tooLarge('cannot be written');
          await file.writeFile(piece);
        }
        // Else the rename may reach the disk before the content does.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
      this.#stamp = await this.#stampNow();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #tooLarge(what: string): MortiseError {
    const message = `The saved index ${this.path} ${what}: it has more than ${this.#maxBytes} bytes, which is maxBytes. Raise maxBytes of openIndex, give it stores (documents, vectors), which keep it on a disk, or remove the file.`;
    return new MortiseError('configuration', message);
  }

  async #removeHalves(): Promise<void> {
    const name = basename(this.path);
    for (const file of await readdir(this.#folder).catch(() => []))
      if (file.startsWith(`${name}.`) && file.endsWith('.tmp'))
        await rm(join(this.#folder, file), { force: true }).catch(() => undefined);
  }

  async #stampNow(): Promise<string | undefined> {
    try {
      const { ino, size, mtimeNs } = await stat(this.path, { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch {
      return undefined;
    }
  }
}
