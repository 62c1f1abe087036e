import type { DatabaseSync } from 'node:sqlite';
import { bytesToVector, vectorToBytes } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson } from '@mortise/core/retriever';
import type { VectorEntry, VectorSelection, VectorStore } from '@mortise/core/store';

/** As much of a vector store on a disk as an ingestion writes to, one transaction a call. */
export class SqliteVectors implements VectorStore {
  readonly support = { modes: [] };
  readonly #database: DatabaseSync;

  constructor(path: string) {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS vectors (id TEXT PRIMARY KEY, node TEXT NOT NULL, vector BLOB NOT NULL)`);
  }

  async upsert(entries: readonly VectorEntry[]): Promise<void> {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)');
    this.#database.exec('BEGIN IMMEDIATE');
    for (const { node, embedding } of entries)
      insert.run(node.id, JSON.stringify(nodeToJson(node)), vectorToBytes(embedding));
    this.#database.exec('COMMIT');
  }

  async delete({ ids = [] }: VectorSelection): Promise<void> {
    const remove = this.#database.prepare('DELETE FROM vectors WHERE id = ?');
    this.#database.exec('BEGIN IMMEDIATE');
    for (const id of ids) remove.run(id);
    this.#database.exec('COMMIT');
  }

  query(): Promise<never> {
    return Promise.reject(new Error('It is not searched here.'));
  }

  /** In the order of the ids. */
  all(): VectorEntry[] {
    const rows = this.#database.prepare('SELECT node, vector FROM vectors ORDER BY id').all();
    return rows.map((row) => ({
      node: nodeFromJson(JSON.parse(row['node'] as string)),
      embedding: bytesToVector(row['vector'] as Uint8Array) as Float32Array,
    }));
  }

  close(): void {
    this.#database.close();
  }
}
