import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JsonValue } from '@mortise/core';
import { sha256Hex } from '@mortise/core/shared';
import type { Node } from '@mortise/core/retriever';
import type { NodeTerms } from '@mortise/core/store';
import { bound, unbound } from './database.ts';
import { decodeNode } from './node-record.ts';

/*
 * `counted` has the ids that records name, `node_terms` a row for each node: whether it counts, and how many terms it
 * has, NULL before they are set. Triggers keep both in step with nodes, through whichever connection they are written. `words` is FTS5's inverted
 * index of the terms alone; `word_rows` lists for a term the rows that hold it, once for each time.
 */
export const TERM_SCHEMA = `
  CREATE TABLE IF NOT EXISTS term_analysis (name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS counted (id PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS node_terms (row INTEGER PRIMARY KEY, counts INTEGER NOT NULL, length INTEGER);
  CREATE INDEX IF NOT EXISTS nodes_without_terms ON node_terms (row) WHERE counts = 1 AND length IS NULL;
  CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
  CREATE VIRTUAL TABLE IF NOT EXISTS word_rows USING fts5vocab('words', 'instance');
  CREATE TRIGGER IF NOT EXISTS node_added AFTER INSERT ON nodes BEGIN
    INSERT INTO node_terms VALUES (new.row, EXISTS (SELECT 1 FROM counted WHERE id = new.id), NULL);
  END;
  CREATE TRIGGER IF NOT EXISTS node_replaced AFTER UPDATE ON nodes BEGIN
    DELETE FROM words WHERE rowid IN (SELECT row FROM node_terms WHERE row = old.row AND length IS NOT NULL);
    UPDATE node_terms SET length = NULL WHERE row = old.row;
  END;
  CREATE TRIGGER IF NOT EXISTS node_removed AFTER DELETE ON nodes BEGIN
    DELETE FROM words WHERE rowid IN (SELECT row FROM node_terms WHERE row = old.row AND length IS NOT NULL);
    DELETE FROM node_terms WHERE row = old.row;
  END;
  CREATE TRIGGER IF NOT EXISTS node_named AFTER INSERT ON counted BEGIN
    UPDATE node_terms SET counts = 1 WHERE row = (SELECT row FROM nodes WHERE id = new.id);
  END;
  CREATE TRIGGER IF NOT EXISTS node_unnamed AFTER DELETE ON counted BEGIN
    UPDATE node_terms SET counts = 0 WHERE row = (SELECT row FROM nodes WHERE id = old.id);
  END;
`;

/** The nodes that count and have terms, by row, and the mean of their lengths. */
export interface TermRows {
  readonly rows: Float64Array;
  readonly lengths: Float64Array;
  readonly mean: number;
}

/** What of an open file has to do with terms. */
export interface TermStatements {
  /** Changes with what this connection and others write. */
  stamp(): string;
  /** The analysis of the terms that are there. */
  analysis(): string | undefined;
  /** Forgets every term, and takes those of another analysis from now on. */
  reset(analysis: string): void;
  setTerms(entry: NodeTerms): void;
  name(id: string): void;
  unname(id: string): void;
  rows(): TermRows;
  /** The rows that hold a term, in their order, each as often as it holds it. */
  holding(term: string): number[];
  rowOf(id: string): number | undefined;
  idAt(row: number): string | undefined;
  metadataAt(row: number): Node['metadata'] | undefined;
  readonly missingPage: StatementSync;
}

export function prepareTerms(connection: DatabaseSync): TermStatements {
  const version = connection.prepare('PRAGMA data_version');
  const changes = connection.prepare('SELECT total_changes() AS changes');
  const analysis = connection.prepare('SELECT name FROM term_analysis');
  const placeOf = connection.prepare(
    'SELECT row, length FROM nodes JOIN node_terms USING (row) WHERE nodes.id = ?',
  );
  const idAt = connection.prepare('SELECT id FROM nodes WHERE row = ?');
  const jsonAt = connection.prepare('SELECT json FROM nodes WHERE row = ?');
  const removeTerms = connection.prepare('DELETE FROM words WHERE rowid = ?');
  const addTerms = connection.prepare('INSERT INTO words (rowid, terms) VALUES (?, ?)');
  const setLength = connection.prepare('UPDATE node_terms SET length = ? WHERE row = ?');
  const name = connection.prepare('INSERT OR IGNORE INTO counted VALUES (?)');
  const unname = connection.prepare('DELETE FROM counted WHERE id = ?');
  const rows = connection.prepare(`
    SELECT json_group_array(row) AS rows, json_group_array(length) AS lengths
    FROM (SELECT row, length FROM node_terms WHERE counts = 1 AND length IS NOT NULL ORDER BY row)`);
  const holding = connection.prepare('SELECT json_group_array(doc) AS rows FROM word_rows WHERE term = ?');
  let known: { readonly stamp: string; readonly rows: TermRows } | undefined;
  const stamp = (): string =>
    `${version.get()?.['data_version'] as number} ${changes.get()?.['changes'] as number}`;
  return {
    stamp,
    analysis: () => analysis.get()?.['name'] as string | undefined,
    reset(next) {
      connection.exec(`
        INSERT INTO words (words) VALUES ('delete-all');
        UPDATE node_terms SET length = NULL WHERE length IS NOT NULL;
        DELETE FROM term_analysis`);
      connection.prepare('INSERT INTO term_analysis VALUES (?)').run(next);
    },
    setTerms({ id, terms }) {
      const found = placeOf.get(bound(id)) as { row: number; length: number | null } | undefined;
      if (found === undefined) return;
      if (found.length !== null) removeTerms.run(found.row);
      addTerms.run(found.row, terms.map(token).join(' '));
      setLength.run(terms.length, found.row);
    },
    name: (id) => void name.run(bound(id)),
    unname: (id) => void unname.run(bound(id)),
    rows() {
      const now = stamp();
      if (known?.stamp !== now) {
        const found = rows.get() as { rows: string; lengths: string };
        const lengths = Float64Array.from(JSON.parse(found.lengths) as number[]);
        known = {
          stamp: now,
          rows: {
            rows: Float64Array.from(JSON.parse(found.rows) as number[]),
            lengths,
            mean: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
          },
        };
      }
      return known.rows;
    },
    holding: (term) => JSON.parse(holding.get(token(term))?.['rows'] as string) as number[],
    rowOf: (id) => placeOf.get(bound(id))?.['row'] as number | undefined,
    idAt(row) {
      const id = idAt.get(row)?.['id'] as string | Uint8Array | undefined;
      return id === undefined ? undefined : unbound(id);
    },
    metadataAt(row) {
      const json = jsonAt.get(row)?.['json'] as string | undefined;
      return json === undefined ? undefined : decodeNode(JSON.parse(json) as JsonValue, undefined).metadata;
    },
    missingPage: connection.prepare(`
      SELECT nodes.* FROM node_terms JOIN nodes USING (row)
      WHERE counts = 1 AND length IS NULL AND row > ? ORDER BY row LIMIT ?`),
  };
}

/** A file from before there were terms: none of its nodes has any yet. */
export function addTermsTo(connection: DatabaseSync, named: Iterable<string>): void {
  connection.exec('INSERT INTO node_terms SELECT row, 0, NULL FROM nodes');
  const name = connection.prepare('INSERT OR IGNORE INTO counted VALUES (?)');
  for (const id of named) name.run(bound(id));
}

/** A term as one token of FTS5's `ascii` tokenizer: small letters and digits, no two terms the same. */
function token(term: string): string {
  if (/^[a-wyz0-9][a-z0-9]{0,63}$/.test(term)) return term;
  const hex = Buffer.from(term, 'utf16le').toString('hex');
  return hex.length <= 200 ? `x${hex}` : `xx${sha256Hex(hex)}`;
}
