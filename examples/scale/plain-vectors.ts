import { nodeFromJson, nodeToJson, type NodeWithScore } from '@mortise/core/retriever';
import type { VectorEntry, VectorSelection, VectorStore } from '@mortise/core/store';
import { storeFailure } from '@mortise/core/store';
import { MortiseError } from '@mortise/core';
import type pg from 'pg';

/** Vectors in a table of a server without pgvector. Many processes may write them; nobody searches them. */
export class PlainVectorStore implements VectorStore {
  readonly support = { modes: ['dense'] } as const;
  readonly #pool: pg.Pool;
  readonly #table: string;

  constructor(pool: pg.Pool, table: string) {
    this.#pool = pool;
    this.#table = table;
  }

  /** Makes the table where there is none. */
  static async open(pool: pg.Pool, table: string): Promise<PlainVectorStore> {
    const columns = '(id text PRIMARY KEY, node jsonb, vector jsonb)';
    // Two that begin at once may both find none.
    await pool.query(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`).catch(async () => {
      await pool.query(`SELECT FROM ${table} LIMIT 0`);
    });
    return new PlainVectorStore(pool, table);
  }

  async upsert(entries: readonly VectorEntry[]): Promise<void> {
    const rows = entries.map(({ node, embedding }) => ({
      id: node.id,
      node: nodeToJson(node),
      vector: [...embedding],
    }));
    await this.#ask(
      `INSERT INTO ${this.#table} SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(id text, node jsonb, vector jsonb)
       ON CONFLICT (id) DO UPDATE SET node = excluded.node, vector = excluded.vector`,
      [JSON.stringify(rows)],
    );
  }

  async delete({ ids = [] }: VectorSelection): Promise<void> {
    await this.#ask(`DELETE FROM ${this.#table} WHERE id = ANY($1)`, [ids]);
  }

  async query(): Promise<NodeWithScore[]> {
    const { rows } = await this.#ask(`SELECT node FROM ${this.#table} ORDER BY id`, []);
    return (rows as { node: unknown }[]).map(({ node }) => ({ node: nodeFromJson(node), score: 1 }));
  }

  async #ask(text: string, values: unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.#pool.query(text, values);
    } catch (error) {
      const isGone = /ECONN|terminat|shutting down|starting up|recovery/i.test(
        `${String(error)} ${(error as { code?: string }).code}`,
      );
      if (isGone) throw new MortiseError('connection', 'Postgres is gone.', { cause: error });
      throw storeFailure(this.#table, 'written', error);
    }
  }
}
