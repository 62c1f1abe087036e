import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createTextNode, type Node } from '@mortise/core/retriever';
import type { DocumentStore, KeyValueStore } from '@mortise/core/store';
import {
  FileDocumentStore,
  FileKeyValueStore,
  KeyValueDocumentStore,
  SqliteDocumentStore,
  SqliteKeyValueStore,
} from '@mortise/stores';

/** Something that reads a text that is not ours: a file, a row, a key, a question. */
export interface TextReader {
  readonly name: string;
  /** Of the exports of this package, that which it reads with. */
  readonly exported: string;
  /** What stands before the text that is repeated, each in turn. Default: nothing. */
  readonly heads?: readonly string[];
  read(text: string): unknown;
}

/** The work in a folder that is gone afterwards. */
async function inFolder(work: (folder: string) => Promise<unknown>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-stores-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The text as a key, as a value, and among its lines as many entries. */
async function kept(store: KeyValueStore, text: string): Promise<void> {
  await store.set(text, text, { namespace: text });
  await store.get(text, { namespace: text });
  await store.setMany([['lines', text.split('\n')]]);
  await all(store.iterate());
}

/** The text in every member of a node and of a record, and a source of many nodes. */
async function documented(store: DocumentStore, text: string): Promise<void> {
  const node: Node = createTextNode({ id: text, text, metadata: { text, [text]: [text] } });
  await store.upsert([node]);
  await store.get(text);
  const nodeIds = [text, ...Array.from(text.slice(0, 400))].map((letter, at) => `${letter}${at}`);
  await store.setSource({ sourceId: text, hash: text, nodeIds });
  await store.getSource(text);
  await all(store.iterate());
  await all(store.sources());
  await store.deleteSource(text);
}

const JSON_HEADS = ['', '{"a":"', '["a'];

/** A row that another program has written, and what reads it. */
function inRow<T>(
  make: (path: string) => T & Disposable,
  fill: (store: T) => Promise<unknown>,
  statement: string,
  read: (store: T) => Promise<unknown>,
) {
  return (text: string): Promise<void> =>
    inFolder(async (folder) => {
      const path = join(folder, 'a.sqlite');
      using store = make(path);
      await fill(store);
      using database = new DatabaseSync(path);
      database.prepare(statement).run(text);
      await read(store);
    });
}

export const storeReaders: readonly TextReader[] = [
  {
    name: 'FileKeyValueStore, keys and values',
    exported: 'FileKeyValueStore',
    read: (text) => inFolder((directory) => kept(new FileKeyValueStore({ directory }), text)),
  },
  {
    name: 'FileKeyValueStore, a file that is not its own',
    exported: 'FileKeyValueStore',
    heads: ['', 'MKV1', 'MKV1\0\0\0\0\x01\0\0\0'],
    read: (text) =>
      inFolder(async (directory) => {
        const store = new FileKeyValueStore({ directory });
        await store.set('a', 1);
        const [file] = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
          entry.isFile(),
        );
        writeFileSync(join(file!.parentPath, file!.name), text);
        await store.get('a');
        await all(store.iterate());
      }),
  },
  {
    name: 'SqliteKeyValueStore, keys and values',
    exported: 'SqliteKeyValueStore',
    async read(text) {
      using store = new SqliteKeyValueStore({ path: ':memory:' });
      await kept(store, text);
    },
  },
  {
    name: 'SqliteKeyValueStore, a row that is not its own',
    exported: 'SqliteKeyValueStore',
    heads: JSON_HEADS,
    read: inRow(
      (path) => new SqliteKeyValueStore({ path }),
      (store) => store.set('a', 1),
      'UPDATE entries SET value = ?',
      (store) => store.get('a'),
    ),
  },
  {
    name: 'FileDocumentStore, nodes and records',
    exported: 'FileDocumentStore',
    read: (text) => inFolder((directory) => documented(new FileDocumentStore({ directory }), text)),
  },
  {
    name: 'KeyValueDocumentStore, nodes and records',
    exported: 'KeyValueDocumentStore',
    async read(text) {
      using store = new SqliteKeyValueStore({ path: ':memory:' });
      await documented(new KeyValueDocumentStore({ store }), text);
    },
  },
  {
    name: 'KeyValueDocumentStore, a vector that is not its own',
    exported: 'KeyValueDocumentStore',
    async read(text) {
      using store = new SqliteKeyValueStore({ path: ':memory:' });
      const documents = new KeyValueDocumentStore({ store });
      await documents.upsert([createTextNode({ id: 'a', text: 'a' })]);
      const node = (await store.get('a', { namespace: 'documents-nodes' })) as object;
      await store.set('a', { ...node, embedding: text }, { namespace: 'documents-nodes' });
      await documents.get('a');
    },
  },
  {
    name: 'SqliteDocumentStore, nodes and records',
    exported: 'SqliteDocumentStore',
    async read(text) {
      using store = new SqliteDocumentStore({ path: ':memory:' });
      await documented(store, text);
    },
  },
  {
    name: 'SqliteDocumentStore, a row that is not its own',
    exported: 'SqliteDocumentStore',
    heads: JSON_HEADS,
    read: inRow(
      (path) => new SqliteDocumentStore({ path }),
      (store) => store.upsert([createTextNode({ id: 'a', text: 'a' })]),
      'UPDATE nodes SET json = ?',
      (store) => store.get('a'),
    ),
  },
  {
    name: 'SqliteDocumentStore, one term',
    exported: 'SqliteDocumentStore',
    read: (text) => ranked(text, [text]),
  },
  {
    name: 'SqliteDocumentStore, a term for each character',
    exported: 'SqliteDocumentStore',
    read: (text) => ranked(text, Array.from(text)),
  },
  {
    name: 'SqliteDocumentStore, terms that differ',
    exported: 'SqliteDocumentStore',
    read: (text) =>
      ranked(
        text,
        Array.from(text)
          .slice(0, text.length / 8)
          .map((letter, at) => `${letter}${at}`),
      ),
  },
];

/** Terms of a node, and of a question about it. */
async function ranked(text: string, terms: readonly string[]): Promise<void> {
  using store = new SqliteDocumentStore({ path: ':memory:' });
  await store.upsert([createTextNode({ id: 'a', text })]);
  await store.setSource({ sourceId: 's', hash: 'h', nodeIds: ['a'] });
  const index = store.terms('analysis');
  await index.set([{ id: 'a', terms: [...terms] }]);
  await index.rank({ terms: new Map(terms.map((term) => [term, 1])), topK: 1 });
}
