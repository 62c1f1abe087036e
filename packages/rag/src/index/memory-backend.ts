import { isMortiseError, MortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Retriever } from '@mortise/core/retriever';
import type { StoreLock, StoreOptions, VectorStore } from '@mortise/core/store';
import type { Transform } from '@mortise/core/transform';
import { BM25Index, type BM25IndexOptions } from '../retrievers/bm25-index.ts';
import { sentence, warner, type IndexBackend, type QueryEmbedding } from './backend.ts';
import { HybridRetriever } from './hybrid-retriever.ts';
import type { HybridRetrieverOptions } from './hybrid-ranking.ts';
import { IndexContent } from './index-content.ts';
import { IndexFolder } from './index-folder.ts';
import type { SavedIndex } from './saved-index.ts';

export interface MemoryBackendOptions {
  readonly embedding: EmbeddingModel;
  readonly splitter: Transform;
  readonly directory: string | undefined;
  readonly maxBytes: number;
  readonly dimensions: number | undefined;
  readonly bm25: BM25IndexOptions | undefined;
  readonly onWarning: ((warning: Warning) => void) | undefined;
}

/** While embedding, the index is saved this often, so that a kill costs little. */
const SAVE_EVERY_MS = 5000;

/** An index in memory, saved to a file where there is a folder for it. */
export class MemoryBackend implements IndexBackend {
  readonly documents: IndexContent;
  /** It is all in memory anyway, and so a progress bar knows its length. */
  readonly readFirst = true;
  readonly #folder: IndexFolder | undefined;
  readonly #warn: (type: string, message: string) => void;
  /** Held by an update and by saves, which may meet. */
  #holding: { readonly lock: Promise<StoreLock | undefined>; users: number } | undefined;
  /** During an update, once it has taken in what the file holds: until it ends nobody else writes that. */
  #isCurrent = false;
  #saving = false;
  #dirty = false;
  #savedAt = 0;
  /** Settles with the last save that was asked for. */
  #saves: Promise<void> = Promise.resolve();

  constructor(options: MemoryBackendOptions) {
    this.#folder = options.directory === undefined ? undefined : folderAt(options.directory, options);
    this.#warn = warner(options.onWarning);
    this.documents = new IndexContent(new BM25Index(options.bm25), () => this.#changed());
  }

  get vectors(): VectorStore {
    return this.documents.incoming;
  }

  get size(): number {
    return this.documents.size;
  }

  get nodeCount(): number {
    return this.documents.bm25.size;
  }

  get path(): string | undefined {
    return this.#folder?.path;
  }

  open({ signal }: StoreOptions): Promise<void> {
    return this.#takeIn(signal, true);
  }

  async #takeIn(signal: AbortSignal | undefined, disposable = false): Promise<void> {
    this.#savedAt = performance.now();
    let saved: SavedIndex | undefined;
    try {
      saved = await this.#folder?.load(signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isMortiseError(error, 'configuration')) throw error;
      const message = `The saved index ${this.path} is not used: ${sentence(error)} It will be built again.`;
      return this.#warn('index-not-used', message);
    }
    if (saved !== undefined) await this.documents.restore(saved, signal, disposable);
  }

  async refresh(options: StoreOptions): Promise<void> {
    // During an update nobody else writes the file.
    if (!this.#isCurrent && (await this.#folder?.isStale()) === true) await this.#takeIn(options.signal);
  }

  /** Under the lock of the file; what another has saved since is taken in first, so that it is not lost. */
  async begin({ signal }: StoreOptions): Promise<(() => Promise<void>) | undefined> {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    const release = await this.#hold(folder);
    try {
      signal?.throwIfAborted();
      if (await folder.isStale()) await this.#takeIn(signal);
    } catch (error) {
      await release();
      throw error;
    }
    this.#isCurrent = true;
    return async () => {
      try {
        await this.#saveOrWarn();
      } finally {
        this.#isCurrent = false;
        await release();
      }
    };
  }

  /** Locks the file, once for all of this index that write it at the same time. Gives what lets go of it. */
  async #hold(folder: IndexFolder): Promise<() => Promise<void>> {
    const holding = (this.#holding ??= { lock: folder.lock(), users: 0 });
    holding.users += 1;
    let lock: StoreLock | undefined;
    const release = async (): Promise<void> => {
      holding.users -= 1;
      if (holding.users > 0) return;
      // Nothing is waited for in between, so that the next one of this index does not meet this lock.
      this.#holding = undefined;
      await lock?.release();
    };
    try {
      lock = await holding.lock;
    } catch (error) {
      await release();
      throw error;
    }
    return release;
  }

  /** One after the other: a larger save that began before another one would end after it, in its place. */
  save(): Promise<void> {
    const saving = this.#saves.then(() => this.#save());
    this.#saves = saving.catch(() => undefined);
    return saving;
  }

  async #save(): Promise<void> {
    if (this.#folder === undefined) return;
    // Outside of an update what another has saved meanwhile would be lost.
    const release = await this.#hold(this.#folder);
    try {
      if (!this.#isCurrent && (await this.#folder.isStale())) throw outdated(this.#folder.path);
      await this.#write(this.#folder);
    } finally {
      await release();
    }
  }

  async #write(folder: IndexFolder): Promise<void> {
    this.#dirty = false;
    try {
      await folder.save(await this.documents.saved());
    } catch (error) {
      this.#dirty = true;
      throw error;
    } finally {
      this.#savedAt = performance.now();
    }
  }

  retriever(embedding: QueryEmbedding, options: HybridRetrieverOptions): Retriever {
    const { bm25, vectors, swaps: lock } = this.documents;
    return new HybridRetriever({ bm25, vectors, embedding, lock }, options);
  }

  async #changed(): Promise<void> {
    this.#dirty = true;
    if (this.#saving || performance.now() - this.#savedAt < SAVE_EVERY_MS) return;
    this.#saving = true;
    try {
      await this.#saveOrWarn();
    } finally {
      this.#saving = false;
    }
  }

  async #saveOrWarn(): Promise<void> {
    if (!this.#dirty) return;
    try {
      await this.save();
    } catch (error) {
      const path = this.path ?? '';
      const message = `The index could not be saved to ${path}: ${sentence(error)} The next run builds it again.`;
      this.#warn('index-not-saved', message);
    }
  }
}

function outdated(path: string): MortiseError {
  const message = `The index ${path} was saved by another process since it was opened here. Call refresh(), or update(), which takes in what that process has saved.`;
  return new MortiseError('conflict', message);
}

function folderAt(
  directory: string,
  { embedding, splitter, dimensions, maxBytes }: MemoryBackendOptions,
): IndexFolder {
  const { provider, model, metadata } = embedding;
  const { fingerprint } = splitter;
  if (fingerprint === undefined) {
    const message =
      'An index cannot be saved with a splitter that has no fingerprint: nobody could tell whether it is still the same. Give the splitter one, or leave directory out.';
    throw new MortiseError('configuration', message);
  }
  const key = { provider, model, dimensions: dimensions ?? metadata.dimensions, splitter: fingerprint };
  return new IndexFolder(directory, key, maxBytes);
}
