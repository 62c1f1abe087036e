import { createTextNode } from '@mortise/core';
import type { TextNode } from '@mortise/core/retriever';
import { FILTER_OPERATORS, matchesFilter, type MetadataFilter } from '@mortise/core/store';
import { PostgresDocumentStore, PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import { expect } from 'vitest';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { emptySchema, pglite } from './pglite.ts';

/** What an operator compares with a list, given or kept. */
const LISTED = new Set<string>(['in', 'nin', 'any', 'all', 'contains']);
const embedding = Float32Array.of(1, 0);

const nodeOf = (text: string): TextNode =>
  createTextNode({
    id: text,
    text,
    metadata: { [text]: text, list: [text, 'other'], 'a key': text },
    relationships: { source: { id: text } },
  });
const bystander = nodeOf('bystander');
const nodes = [bystander, ...HOSTILE_TEXTS.map(nodeOf)];

/** Stores on one schema, with a node of each hostile text among the vectors, and a bystander in every table. */
export interface Attacked {
  readonly values: PostgresKeyValueStore;
  readonly documents: PostgresDocumentStore;
  readonly vectors: PostgresVectorStore;
  /** The texts of which Postgres kept a word. */
  readonly worded: ReadonlySet<string>;
  /** The tables and indexes that there are, and in how many rows a bystander stands. */
  state(): Promise<unknown>;
}

export async function attacked(): Promise<Attacked> {
  const place = await emptySchema();
  const { schema } = place;
  const client = await pglite();
  await client.exec('CREATE TABLE canary (alive boolean); INSERT INTO canary VALUES (true)');
  const values = new PostgresKeyValueStore(place);
  const documents = new PostgresDocumentStore(place);
  const vectors = new PostgresVectorStore({ ...place, dimensions: 2 });
  await values.set('bystander', true);
  await documents.upsert([bystander]);
  await documents.setSource({ sourceId: 'bystander', hash: '', nodeIds: ['bystander'] });
  await vectors.upsert(nodes.map((node) => ({ node, embedding })));
  const words = await client.query<{ node: string }>(
    `SELECT node FROM "${schema}".vectors WHERE length(words) > 0`,
  );
  const worded = new Set(words.rows.map(({ node }) => (JSON.parse(node) as TextNode).id));
  const state = async (): Promise<unknown> => {
    const { rows } = await client.query(`SELECT
      (SELECT string_agg(relname, ' ' ORDER BY oid) FROM pg_class WHERE relkind IN ('r', 'i')) AS relations,
      (SELECT count(*) FROM canary WHERE alive) AS canaries,
      (SELECT count(*) FROM "${schema}".entries WHERE key = 'bystander') AS entries,
      (SELECT count(*) FROM "${schema}".nodes WHERE id = 'bystander') AS nodes,
      (SELECT count(*) FROM "${schema}".sources WHERE id = 'bystander') AS sources,
      (SELECT count(*) FROM "${schema}".vectors) AS vectors`);
    return rows;
  };
  return { values, documents, vectors, worded, state };
}

type Way = (text: string, stores: Attacked) => Promise<void>;

/** Every way in for a text of somebody else's. Each expects what a text gives that is no syntax, and leaves nothing behind. */
export const WAYS_IN: Readonly<Record<string, Way>> = {
  async 'a key'(text, { values }) {
    await values.set(text, 1);
    expect(await values.get(text)).toBe(1);
    await values.delete(text);
    expect(await values.get(text)).toBeUndefined();
  },
  async 'a namespace'(text, { values }) {
    await values.set('a', 1, { namespace: text });
    const found: unknown[] = [];
    for await (const entry of values.iterate({ namespace: text })) found.push(entry);
    expect(found).toEqual([['a', 1]]);
    await values.delete('a', { namespace: text });
  },
  async 'a value that is set, and one that is expected'(text, { values }) {
    await values.set('a', text);
    expect(await values.compareAndSet('a', `${text}x`, 1)).toBe(false);
    expect(await values.get('a')).toBe(text);
    expect(await values.compareAndSet('a', text, 1)).toBe(true);
    await values.delete('a');
  },
  async 'a node of a document'(text, { documents }) {
    await documents.upsert([nodeOf(text)]);
    expect(await documents.get(text)).toEqual(nodeOf(text));
    await documents.delete([text]);
    expect(await documents.get(text)).toBeUndefined();
  },
  async 'a record of a source'(text, { documents }) {
    const record = { sourceId: text, hash: text, nodeIds: [text], strayIds: [text] };
    await documents.setSource(record);
    expect(await documents.getSource(text)).toEqual(record);
    await documents.deleteSource(text);
    expect(await documents.getSource(text)).toBeUndefined();
  },
  'an id of a vector': (text, stores) => deleted(text, stores, { ids: [text] }),
  'a source of a vector': (text, stores) => deleted(text, stores, { sourceIds: [text] }),
  'a filter of a delete': (text, stores) =>
    deleted(text, stores, { filter: { key: text, op: '==', value: text } }),
  async 'a question of words'(text, { vectors, worded }) {
    const asked = await vectors.query({ mode: 'text', text, topK: 100 });
    if (worded.has(text)) expect(asked.map(({ node }) => node)).toContainEqual(nodeOf(text));
    else expect(asked).toEqual([]);
  },
  async 'a question of words and vectors'(text, { vectors }) {
    const asked = await vectors.query({ mode: 'hybrid', text, embedding, topK: 100 });
    expect(idsOf(asked.map(({ node }) => node))).toEqual(idsOf(nodes));
  },
  ...Object.fromEntries(
    FILTER_OPERATORS.flatMap((op): [string, Way][] => [
      [`a key of a filter by ${op}`, (text, stores) => filtered(stores, text, op, text)],
      [
        `a value of a filter by ${op}`,
        (text, stores) => filtered(stores, LISTED.has(op) ? 'list' : 'a key', op, text),
      ],
    ]),
  ),
};

async function deleted(
  text: string,
  stores: Attacked,
  selection: Parameters<PostgresVectorStore['delete']>[0],
): Promise<void> {
  await stores.vectors.delete(selection);
  expect(await found(stores)).toEqual(idsOf(nodes.filter(({ id }) => id !== text)));
  await stores.vectors.upsert([{ node: nodeOf(text), embedding }]);
}

async function filtered(
  stores: Attacked,
  key: string,
  op: (typeof FILTER_OPERATORS)[number],
  text: string,
): Promise<void> {
  const value = op === 'contains' || !LISTED.has(op) ? text : [text];
  const filter = (op === 'is-empty' ? { key, op } : { key, op, value }) as MetadataFilter;
  const passing = nodes.filter(({ metadata }) => matchesFilter(metadata, filter));
  expect(await found(stores, filter)).toEqual(idsOf(passing));
}

async function found({ vectors }: Attacked, filter?: MetadataFilter): Promise<string[]> {
  return idsOf((await vectors.query({ embedding, topK: 100, filter })).map(({ node }) => node));
}

function idsOf(all: readonly { readonly id: string }[]): string[] {
  return all.map(({ id }) => id).toSorted();
}
