import { DatabaseSync } from 'node:sqlite';
import * as core from '@mortise/core/retriever';
import { matchesFilter } from '@mortise/core/store';

/** Full-text search by SQLite's FTS5. */
export class SqliteRetriever extends core.BaseRetriever {
  override readonly supportsFilters = true;
  readonly #database = new DatabaseSync(':memory:');

  constructor(nodes: readonly core.Node[], options: core.BaseRetrieverOptions = {}) {
    super(options);
    this.#database.exec('CREATE VIRTUAL TABLE pages USING fts5 (text, node UNINDEXED)');
    const insert = this.#database.prepare('INSERT INTO pages VALUES (?, ?)');
    for (const node of nodes) insert.run(node.text, JSON.stringify(core.nodeToJson(node)));
  }

  async doRetrieve({ query }: core.Query, { topK = 10, filters }: core.RetrieveCall) {
    // In quotes, so that no word is taken for an operator.
    const words = (query.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`);
    const sql = 'SELECT node, -rank AS score FROM pages WHERE pages MATCH ? ORDER BY rank';
    const rows = words.length === 0 ? [] : this.#database.prepare(sql).all(words.join(' OR '));
    return rows
      .map((row) => ({
        node: core.nodeFromJson(JSON.parse(String(row['node']))),
        score: Number(row['score']),
      }))
      .filter(({ node }) => filters === undefined || matchesFilter(node.metadata, filters))
      .slice(0, topK);
  }
}
