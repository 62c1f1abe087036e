import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { FileKeyValueStore, SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'mortise-stores-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Paths of the files below the store's directory, its temporary ones included. */
function files(): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('FileKeyValueStore', () => {
  it('S-03: takes a file that was torn or is not its own as a miss, and writes it anew', async () => {
    const store = new FileKeyValueStore({ directory, durable: true });
    await store.setMany([
      ['a', Uint8Array.of(1, 2, 3, 4)],
      ['b', 'text'],
    ]);
    for (const [at, path] of files().entries()) {
      if (at === 0) truncateSync(path, 26);
      else writeFileSync(path, 'something else that is longer than the header');
    }
    expect(await store.getMany(['a', 'b'])).toEqual([undefined, undefined]);
    const found: unknown[] = [];
    for await (const entry of store.iterate()) found.push(entry);
    expect(found).toEqual([]);
    await store.set('a', 1);
    expect(await store.get('a')).toBe(1);
  });

  it('S-03: removes the file of an expired entry when it is read, and leaves no temporary ones', async () => {
    const store = new FileKeyValueStore({ directory });
    await store.set('a', 1, { ttlMs: 1 });
    await store.set('b', 2);
    await pause(20);
    expect(files()).toHaveLength(2);
    expect(await store.get('a')).toBeUndefined();
    expect(files()).toHaveLength(1);
  });

  it('removes what a killed process left half-written, and nothing newer', async () => {
    const tmp = join(directory, 'tmp');
    mkdirSync(tmp);
    for (const name of ['old', 'new']) writeFileSync(join(tmp, name), 'half');
    utimesSync(join(tmp, 'old'), 1, 1);
    await new FileKeyValueStore({ directory }).set('a', 1);
    expect(readdirSync(tmp)).toEqual(['new']);
  });

  it('touches no disk before its first use, and tells what is missing', async () => {
    const place = join(directory, 'later');
    const store = new FileKeyValueStore({ directory: place });
    expect(await store.get('a')).toBeUndefined();
    expect(existsSync(place)).toBe(false);
    expect(() => new FileKeyValueStore({} as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    writeFileSync(place, '');
    await expect(store.set('a', 1)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(place),
    });
    rmSync(place);
    await store.set('a', 1);
    expect(await store.get('a')).toBe(1);
  });
});

describe('SqliteKeyValueStore', () => {
  it('S-03: removes expired rows as others are written', async () => {
    const path = join(directory, 'store.sqlite');
    using store = new SqliteKeyValueStore({ path });
    await store.set('a', 1, { ttlMs: 1 });
    await pause(20);
    await store.set('b', 2);
    const database = new DatabaseSync(path);
    expect(database.prepare('SELECT count(*) AS rows FROM entries').get()).toEqual({ rows: 1 });
    database.close();
  });

  it('writes more than a slice at once, and lets timers run between', async () => {
    using store = new SqliteKeyValueStore({ path: join(directory, 'store.sqlite') });
    const entries = Array.from(
      { length: 12 },
      (_, at) => [`k${at}`, new Uint8Array(1_500_000).fill(at)] as const,
    );
    let turns = 0;
    let timer = setImmediate(function count() {
      turns++;
      timer = setImmediate(count);
    });
    await store.setMany(entries);
    const found = await store.getMany(entries.map(([key]) => key));
    clearImmediate(timer);
    expect(found.map((value) => (value as Uint8Array)[1_499_999])).toEqual(entries.map((_, at) => at));
    expect(turns).toBeGreaterThan(2);
  });

  it('S-03: says that the disk is full, keeps what it held, and writes again once there is room', async () => {
    const { exec } = DatabaseSync.prototype;
    let limit = (_pages: number): void => undefined;
    using _spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
      this: DatabaseSync,
      sql,
    ) {
      limit = (pages) => exec.call(this, `PRAGMA max_page_count = ${pages}`);
      exec.call(this, sql);
    });
    using store = new SqliteKeyValueStore({ path: join(directory, 'store.sqlite') });
    await store.set('a', 1);
    limit(30);
    await expect(store.set('b', new Uint8Array(500_000))).rejects.toMatchObject({
      code: 'quota',
      message: expect.stringContaining('database or disk is full'),
    });
    expect(await store.getMany(['a', 'b'])).toEqual([1, undefined]);
    limit(10_000);
    await store.set('b', 2);
    expect(await store.getMany(['a', 'b'])).toEqual([1, 2]);
  });

  it('refuses a file of a later version, and a store that was closed', async () => {
    const path = join(directory, 'store.sqlite');
    const store = new SqliteKeyValueStore({ path });
    await store.set('a', 1);
    store.close();
    store.close();
    await expect(store.get('a')).rejects.toMatchObject({ code: 'configuration' });
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    using later = new SqliteKeyValueStore({ path });
    await expect(later.get('a')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('later version'),
    });
    expect(() => new SqliteKeyValueStore({} as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});

describe('SqliteDocumentStore', () => {
  it('I-01: holds a database in memory for one run at a time', async () => {
    using store = new SqliteDocumentStore({ path: ':memory:' });
    const lock = await store.lock();
    await expect(store.lock()).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    await lock.release();
    const next = await store.lock();
    await lock.release();
    await expect(store.lock()).rejects.toMatchObject({ code: 'conflict' });
    await next.release();
  });

  it('S-03: takes a file of before there were terms, whose nodes have none yet', async () => {
    const path = join(directory, 'documents.sqlite');
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE document_layout (version INTEGER NOT NULL);
      INSERT INTO document_layout VALUES (1);
      CREATE TABLE nodes (row INTEGER PRIMARY KEY, id UNIQUE, json TEXT NOT NULL, embedding BLOB);
      CREATE TABLE sources (row INTEGER PRIMARY KEY, id UNIQUE, json TEXT NOT NULL, unsettled INTEGER NOT NULL);`);
    for (const id of ['a', 'b'])
      old
        .prepare('INSERT INTO nodes (id, json) VALUES (?, ?)')
        .run(id, JSON.stringify(createTextNode({ id, text: id })));
    const record = { sourceId: 'd', hash: 'h', nodeIds: ['a'] };
    old
      .prepare('INSERT INTO sources (id, json, unsettled) VALUES (?, ?, 0)')
      .run('d', JSON.stringify(record));
    old.close();
    using store = new SqliteDocumentStore({ path });
    const terms = store.terms('any');
    const missing: string[] = [];
    for await (const { id } of terms.missing()) missing.push(id);
    expect(missing).toEqual(['a']);
    await terms.set([
      { id: 'a', terms: ['word'] },
      { id: 'b', terms: ['word'] },
    ]);
    const found = await terms.rank({ terms: new Map([['word', 1]]), topK: 5 });
    expect(found.map(({ id }) => id)).toEqual(['a']);
  });

  it('shares a file with a key-value store, whichever comes first', async () => {
    for (const name of ['a', 'b']) {
      const path = join(directory, name);
      using documents = new SqliteDocumentStore({ path });
      using values = new SqliteKeyValueStore({ path });
      const uses = [
        () => documents.upsert([createTextNode({ id: 'n', text: 'x' })]),
        () => values.set('k', 1),
      ];
      for (const use of name === 'a' ? uses : uses.reverse()) await use();
      expect([(await documents.get('n'))?.text, await values.get('k')]).toEqual(['x', 1]);
    }
  });

  it('refuses a file of a later version, and a store that was closed', async () => {
    const path = join(directory, 'documents.sqlite');
    const store = new SqliteDocumentStore({ path });
    await store.upsert([]);
    await store.get('a');
    store.close();
    store.close();
    await expect(store.get('a')).rejects.toMatchObject({ code: 'configuration' });
    const database = new DatabaseSync(path);
    database.exec('UPDATE document_layout SET version = 99');
    database.close();
    using later = new SqliteDocumentStore({ path });
    const message = expect.stringContaining('later version');
    await expect(later.get('a')).rejects.toMatchObject({ code: 'configuration', message });
    const missing = expect.objectContaining({ code: 'configuration' });
    expect(() => new SqliteDocumentStore({} as never)).toThrow(missing);
  });
});
