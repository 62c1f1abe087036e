import { vectorToBytes } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson, sourceId } from '@mortise/core/retriever';
import type { VectorEntry } from '@mortise/core/store';
import type { Database } from './database.ts';
import { encodeText, membersOf, type Member, type SqlValue } from './encode.ts';
import type { Sql } from './filter-sql.ts';

/** An entry as it is bound: nothing of it is the caller's any more. */
export interface EntryRow {
  readonly id: Uint8Array;
  readonly source: Uint8Array | null;
  readonly json: string;
  readonly embedding: Uint8Array;
  readonly members: readonly Member[];
}

/** A node that is there. */
interface NodeRow {
  readonly row: number;
  readonly json: string;
}

export function toRow({ node, embedding }: VectorEntry): EntryRow {
  const { embedding: _embedding, ...kept } = node;
  const source = sourceId(node);
  return {
    id: encodeText(node.id),
    source: source === undefined ? null : encodeText(source),
    json: JSON.stringify(nodeToJson(kept)),
    embedding: vectorToBytes(embedding.slice()),
    members: membersOf(node.metadata),
  };
}

/** Writes a node with its vector, in the place of the one with its id. */
export function writeRow(database: Database, { id, source, json, embedding, members }: EntryRow): void {
  deleteRows(database, 'id = ?', [id]);
  const { lastInsertRowid: row } = database
    .prepare('INSERT INTO vector_nodes (id, source, json) VALUES (?, ?, ?)')
    .run(id, source, json);
  database.prepare('INSERT INTO vector_embeddings (row, embedding) VALUES (?, ?)').run(row, embedding);
  const insert = database.prepare(
    'INSERT OR IGNORE INTO vector_members (key, kind, value, row, folded) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { key, kind, value, folded } of members) insert.run(key, kind, value, row, folded);
}

/** The nodes that a condition on `vector_nodes` holds for. */
function rowsOf(database: Database, condition: string, values: readonly SqlValue[]): NodeRow[] {
  const text = `SELECT row, json FROM vector_nodes WHERE ${condition}`;
  return database.prepare(text).all(...values) as unknown as NodeRow[];
}

/** Deletes the nodes that a condition on `vector_nodes` holds for. */
export function deleteRows(database: Database, condition: string, values: readonly SqlValue[]): void {
  for (const row of rowsOf(database, condition, values)) deleteRow(database, row);
}

/** The numbers of these rows. */
export function rowNumbers(database: Database, { text, values }: Sql): number[] {
  const numbers = `SELECT json_group_array(row) AS numbers FROM vector_nodes WHERE ${text}`;
  return JSON.parse(database.prepare(numbers).get(...values)?.['numbers'] as string) as number[];
}

function deleteRow(database: Database, { row, json }: NodeRow): void {
  // The node says which members it has: an index by row would hold every value once more.
  const remove = database.prepare(
    'DELETE FROM vector_members WHERE key = ? AND kind = ? AND value = ? AND row = ?',
  );
  for (const { key, kind, value } of membersOf(nodeFromJson(JSON.parse(json)).metadata))
    remove.run(key, kind, value, row);
  database.prepare('DELETE FROM vector_embeddings WHERE row = ?').run(row);
  database.prepare('DELETE FROM vector_nodes WHERE row = ?').run(row);
}
