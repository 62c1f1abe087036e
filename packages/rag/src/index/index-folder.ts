import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256Hex, canonicalJson } from '@mortise/core/shared';
import type { StoreLock } from '@mortise/core/store';
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

/** Saved indexes in a folder, one file a key: going back to an earlier model finds its index again. */
export class IndexFolder {
  readonly path: string;
  readonly #folder: string;
  readonly #key: string;
  /** Of the file that was loaded or saved last. */
  #stamp: string | undefined;

  constructor(folder: string, key: IndexKey) {
    this.#folder = folder;
    this.#key = canonicalJson(key);
    this.path = join(folder, `${sha256Hex(this.#key).slice(0, 16)}.index`);
  }

  /** Undefined when nothing was saved; throws when what was saved cannot be used. */
  async load(signal: AbortSignal | undefined): Promise<SavedIndex | undefined> {
    let bytes: Buffer;
    try {
      // Before it is read: a file that is replaced meanwhile is read once more, at worst.
      this.#stamp = await this.#stampNow();
      bytes = await readFile(this.path, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw error;
    }
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
        for (const piece of encodeIndex(this.#key, index)) await file.writeFile(piece);
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
