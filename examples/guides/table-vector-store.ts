import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { bytesToVector, similarity, vectorToBytes } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson, sourceId, type NodeWithScore } from '@mortise/core/retriever';
import * as core from '@mortise/core/store';

/** Vectors in a table of SQLite, compared one by one. */
export class TableVectorStore implements core.VectorStore {
  readonly #database: DatabaseSync;
  #dimensions: number | undefined;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('CREATE TABLE IF NOT EXISTS vectors (id PRIMARY KEY, source, node, embedding)');
    const first = this.#database.prepare('SELECT embedding FROM vectors LIMIT 1').get();
    this.#dimensions = bytesToVector(first?.['embedding'])?.length;
  }

  get support(): core.VectorStoreSupport {
    const dimensions = this.#dimensions === undefined ? {} : { dimensions: this.#dimensions };
    return { modes: ['dense'], operators: core.FILTER_OPERATORS, ...dimensions };
  }

  // #region calls
  async upsert(entries: readonly core.VectorEntry[], { signal }: core.StoreOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const dimensions = core.checkVectorEntries(entries, this.#dimensions);
    const rows = entries.map(({ node, embedding }) => {
      const json = JSON.stringify(nodeToJson(node));
      return [keyOf(node.id), keyOf(sourceId(node)), json, vectorToBytes(embedding)];
    });
    this.#write('INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)', rows);
    this.#dimensions = dimensions;
  }

  async query(query: core.VectorQuery, { signal }: core.StoreOptions = {}): Promise<NodeWithScore[]> {
    signal?.throwIfAborted();
    core.checkVectorQuery(query, this.support);
    const asked = query.embedding as Float32Array; // checked: a dense query has one
    return Array.from(this.#rows(query.filter), ({ node, embedding }) => {
      const score = similarity(asked, embedding);
      return { node, score, evidence: { similarity: score } };
    })
      .sort((a, b) => b.score - a.score)
      .slice(0, query.topK);
  }
  // #endregion

  async delete(
    { ids = [], sourceIds = [], filter }: core.VectorSelection,
    { signal }: core.StoreOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    if (filter !== undefined) core.checkFilter(filter, core.FILTER_OPERATORS);
    const matching = filter === undefined ? [] : [...this.#rows(filter)].map(({ node }) => node.id);
    const rows = [
      ...[...ids, ...matching].map((id) => [keyOf(id), null]),
      ...sourceIds.map((id) => [null, keyOf(id)]),
    ];
    this.#write('DELETE FROM vectors WHERE id = ? OR source = ?', rows);
  }

  *#rows(filter: core.MetadataFilter = { and: [] }): Generator<core.VectorEntry> {
    for (const row of this.#database.prepare('SELECT node, embedding FROM vectors').iterate()) {
      const node = nodeFromJson(JSON.parse(String(row['node'])));
      const embedding = bytesToVector(row['embedding']) as Float32Array;
      if (core.matchesFilter(node.metadata, filter)) yield { node, embedding };
    }
  }

  /** All of them or none. */
  #write(sql: string, rows: readonly SQLInputValue[][]): void {
    const statement = this.#database.prepare(sql);
    this.#database.exec('BEGIN');
    try {
      for (const row of rows) statement.run(...row);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #rollback(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // A full disk ends the transaction by itself; why the write failed is what the caller must hear.
    }
  }
}

/** As JSON, since SQLite loses half of a surrogate pair and what follows a NUL. */
function keyOf(id: string | undefined): string | null {
  return id === undefined ? null : JSON.stringify(id);
}
