import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-sqlite-vec-'));
  path = join(folder, 'vectors.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: string, ...numbers: number[]) => ({
  node: createTextNode({ id, text: id }),
  embedding: Float32Array.from(numbers),
});
const near = (...numbers: number[]) => ({ topK: 10_000, embedding: Float32Array.from(numbers) });

it('S-04: refuses the dimensions of another model, from the options and from the file', async () => {
  await using store = new SqliteVecVectorStore({ path, dimensions: 2 });
  expect(store.support.dimensions).toBe(2);
  await expect(store.upsert([entry('a', 1, 2, 3)])).rejects.toMatchObject({ code: 'invalid-request' });
  await store.upsert([entry('a', 1, 0)]);
  await using other = new SqliteVecVectorStore({ path, dimensions: 3 });
  await expect(other.query(near(1, 0, 0))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('of 2 dimensions, not 3'),
  });
  await using unset = new SqliteVecVectorStore({ path });
  await expect(unset.query(near(1, 0, 0))).rejects.toMatchObject({ code: 'invalid-request' });
  expect(unset.support.dimensions).toBe(2);
});

it('S-04: lets one process settle the dimensions for another that has the file open', async () => {
  await using first = new SqliteVecVectorStore({ path });
  await using second = new SqliteVecVectorStore({ path });
  expect(await first.query(near(1))).toEqual([]);
  await second.upsert([entry('a', 1, 0)]);
  await expect(first.upsert([entry('b', 1, 0, 0)])).rejects.toMatchObject({ code: 'invalid-request' });
  await first.upsert([entry('b', 1, 0)]);
  expect(await second.query(near(1, 0))).toHaveLength(2);
});

it('finds more than the 4,096 that a vec0 table gives, in slices that let others run', async () => {
  await using store = new SqliteVecVectorStore({ path });
  const text = 'x'.repeat(500);
  const entries = Array.from({ length: 5_000 }, (_, at) => ({
    node: createTextNode({ id: `n${at}`, text }),
    embedding: Float32Array.of(Math.cos(at), Math.sin(at)),
  }));
  await store.upsert(entries.slice(0, 1));
  let turns = 0;
  const turn = (): void => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await store.upsert(entries);
  clearImmediate(next);
  expect(turns).toBeGreaterThan(0);
  expect(await store.query(near(1, 0))).toHaveLength(5_000);
});

it('shares a file with other tables', async () => {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE mine (a); PRAGMA user_version = 7');
  await using store = new SqliteVecVectorStore({ path });
  await store.upsert([entry('a', 1, 0)]);
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 7 });
  database.close();
});

it('touches no disk before its first call, and tells what is wrong with a path', async () => {
  await using store = new SqliteVecVectorStore({ path });
  expect(existsSync(path)).toBe(false);
  await store.query(near(1));
  expect(existsSync(path)).toBe(true);
  expect(() => new SqliteVecVectorStore({} as never)).toThrow(
    expect.objectContaining({ code: 'configuration' }),
  );
  expect(() => new SqliteVecVectorStore({ path, dimensions: 1.5 })).toThrow(
    expect.objectContaining({ code: 'configuration' }),
  );
  const text = join(folder, 'text');
  writeFileSync(text, 'This is no database, and long enough to be seen as none.'.repeat(99));
  await using none = new SqliteVecVectorStore({ path: text });
  await expect(none.query(near(1))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('no SQLite database'),
  });
  await using below = new SqliteVecVectorStore({ path: join(text, 'none', 'vectors.sqlite') });
  await expect(below.query(near(1))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining(join('none', 'vectors.sqlite')),
  });
  await using itself = new SqliteVecVectorStore({ path: folder });
  await expect(itself.query(near(1))).rejects.toMatchObject({ code: 'configuration' });
});

it('says that its library is missing, and opens once it is there', async () => {
  await using store = new SqliteVecVectorStore({ path, extension: join(folder, 'vec0') });
  for (let at = 0; at < 2; at++)
    await expect(store.query(near(1))).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining(join(folder, 'vec0')),
    });
});

it('tells the call that a file could not be opened, also when the store is closed meanwhile', async () => {
  const store = new SqliteVecVectorStore({ path, extension: join(folder, 'vec0') });
  const writing = store.upsert([entry('a', 1)]);
  const closing = store.close();
  await expect(writing).rejects.toMatchObject({ code: 'missing-dependency' });
  await expect(closing).resolves.toBeUndefined();
});

it('refuses a file of a later version, and a store that was closed', async () => {
  const store = new SqliteVecVectorStore({ path });
  await store.upsert([entry('a', 1, 0)]);
  await store.close();
  await store.close();
  await expect(store.query(near(1, 0))).rejects.toMatchObject({ code: 'configuration' });
  const database = new DatabaseSync(path);
  database.exec("UPDATE vector_about SET value = 99 WHERE name = 'layout'");
  database.close();
  await using later = new SqliteVecVectorStore({ path });
  await expect(later.query(near(1, 0))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('later version'),
  });
});

it('keeps nothing of an entry that could not be written whole', async () => {
  await using store = new SqliteVecVectorStore({ path });
  await store.upsert([entry('a', 1, 0)]);
  const database = new DatabaseSync(path);
  database.exec(
    `CREATE TRIGGER fails BEFORE INSERT ON vector_embeddings BEGIN SELECT RAISE(ABORT, 'full'); END`,
  );
  const replacing = store.upsert([entry('b', 0, 1), { ...entry('a', 0, 1) }]);
  await expect(replacing).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('full'),
  });
  database.exec('DROP TRIGGER fails');
  database.close();
  expect(await store.query(near(1, 0))).toMatchObject([{ node: { id: 'a' }, score: 1 }]);
});

it('says that the disk is full, keeps what it held, and writes again once there is room', async () => {
  const { exec } = DatabaseSync.prototype;
  let limit = (_pages: number): void => undefined;
  using _spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
    this: DatabaseSync,
    sql,
  ) {
    limit = (pages) => exec.call(this, `PRAGMA max_page_count = ${pages}`);
    exec.call(this, sql);
  });
  await using store = new SqliteVecVectorStore({ path });
  await store.upsert([entry('a', 1, 0)]);
  const many = Array.from({ length: 2_000 }, (_, at) => entry(`n${at}`, 0, 1));
  limit(30);
  await expect(store.upsert(many)).rejects.toMatchObject({
    code: 'quota',
    message: expect.stringContaining('database or disk is full'),
  });
  expect(await store.query(near(1, 0))).toHaveLength(1);
  limit(10_000);
  await store.upsert(many);
  expect(await store.query(near(1, 0))).toHaveLength(2_001);
});
