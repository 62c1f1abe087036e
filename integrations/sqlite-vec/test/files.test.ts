import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
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
  path = join(folder, 'made', 'vectors.sqlite');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const entry = { node: createTextNode({ id: 'a', text: 'a' }), embedding: Float32Array.of(1, 0) };
const near = { topK: 1, embedding: Float32Array.of(1, 0) };

it('S-04: makes its folder at the first use', async () => {
  await using store = new SqliteVecVectorStore({ path });
  expect(existsSync(join(folder, 'made'))).toBe(false);
  await store.upsert([entry]);
  expect(await store.query(near)).toHaveLength(1);
});

it('S-04: waits for another writer while everything else goes on, and no more after an abort', async () => {
  await using store = new SqliteVecVectorStore({ path });
  await store.upsert([]);
  await store.query(near);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const controller = new AbortController();
  const left = store.delete({ ids: ['a'] }, { signal: controller.signal });
  const writing = store.upsert([entry]);
  const start = performance.now();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(performance.now() - start).toBeLessThan(5_000);
  controller.abort('enough');
  await expect(left).rejects.toBe('enough');
  other.exec('COMMIT');
  other.close();
  await writing;
  expect(await store.query(near)).toHaveLength(1);
});

it('S-04: is `overloaded`, to be tried again, after 10 seconds, opening included', async () => {
  await using first = new SqliteVecVectorStore({ path });
  await first.upsert([entry]);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await using second = new SqliteVecVectorStore({ path });
  await second.query(near).catch(() => undefined);
  vi.useFakeTimers();
  const told = [first, second].map((store) =>
    expect(store.upsert([entry])).rejects.toMatchObject({ code: 'overloaded', retryable: true }),
  );
  await vi.advanceTimersByTimeAsync(25_000);
  await Promise.all(told);
  other.close();
});

it('S-04: searches a file that may not be written, and writes are `permission`', async (context) => {
  const store = new SqliteVecVectorStore({ path });
  await store.upsert([entry]);
  await store.close();
  const kept = join(folder, 'made');
  chmodSync(folder, 0o755);
  chmodSync(path, 0o444);
  chmodSync(kept, 0o555);
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  // To root everything is allowed.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const program = join(import.meta.dirname, 'read-only.mjs');
  const reachable = spawnSync(process.execPath, ['--check', program], user).status === 0;
  if (!reachable) context.skip('this folder is closed to other users, and root may write everything');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...conditions, '--disable-warning=ExperimentalWarning', program, path],
    { ...user, encoding: 'utf8' },
  );
  chmodSync(kept, 0o755);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    query: ['a'],
    nothing: 'done',
    upsert: 'permission',
    delete: 'permission',
    missing: 'permission',
  });
});

it('S-04: tells of a node that was damaged, typed', async () => {
  await using store = new SqliteVecVectorStore({ path });
  await store.upsert([entry]);
  const database = new DatabaseSync(path);
  for (const damage of [`json = '{"type":"te'`, `json = '[1]'`, `json = ''`]) {
    database.exec(`UPDATE vector_nodes SET ${damage}`);
    for (const call of [
      () => store.query(near),
      () => store.query({ ...near, mode: 'mmr' }),
      () => store.delete({ ids: ['a'] }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'validation' });
  }
  database.exec('DELETE FROM vector_nodes');
  await expect(store.query(near)).rejects.toMatchObject({ code: 'validation' });
  database.close();
});
