import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import type { DocumentStore } from '@mortise/core/store';
import {
  FileDocumentStore,
  FileKeyValueStore,
  SqliteDocumentStore,
  SqliteKeyValueStore,
} from '@mortise/stores';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mortise-files-'));
  path = join(directory, 'store.sqlite');
});
afterEach(() => {
  vi.useRealTimers();
  chmodSync(directory, 0o755);
  rmSync(directory, { recursive: true, force: true });
});

const node = createTextNode({ id: 'a', text: 'x' });
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];

describe('an entry above maxBytes', () => {
  it('C-13: is refused before it is written, and not read where it stands; the error says what helps', async () => {
    const large = new FileKeyValueStore({ directory });
    const small = new FileKeyValueStore({ directory, maxBytes: 1_000 });
    await small.set('fits', 'x'.repeat(900));
    const refused = 'maxBytes. Raise maxBytes of the store';
    await expect(small.set('k', 'x'.repeat(1_000))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(refused),
    });
    expect(await small.get('k')).toBeUndefined();
    await large.set('k', 'x'.repeat(1_000));
    const unread = { code: 'validation', message: expect.stringContaining(refused) };
    await expect(small.get('k')).rejects.toMatchObject(unread);
    await expect(all(small.iterate())).rejects.toMatchObject(unread);
    expect(await small.get('fits')).toBe('x'.repeat(900));
    for (const maxBytes of [0, -1, 1.5, Number.NaN])
      expect(() => new FileKeyValueStore({ directory, maxBytes })).toThrow(/maxBytes/);
  });

  it('C-13: is refused in a document store likewise', async () => {
    const documents = new FileDocumentStore({ directory, maxBytes: 1_000 });
    const long = createTextNode({ id: 'b', text: 'x'.repeat(1_000) });
    await expect(documents.upsert([long])).rejects.toMatchObject({ code: 'invalid-request' });
    await new FileDocumentStore({ directory }).upsert([long]);
    await expect(documents.get('b')).rejects.toMatchObject({ code: 'validation' });
  });
});

describe('a file that another holds', () => {
  /** Another writer, as another process has it. */
  function writer(): DatabaseSync {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    return other;
  }

  it('S-03: is waited for while everything else goes on', async () => {
    using documents = new SqliteDocumentStore({ path });
    using values = new SqliteKeyValueStore({ path });
    await documents.upsert([]);
    await values.set('k', 0);
    const other = writer();
    const calls = [
      documents.upsert([node]),
      documents.setSource({ sourceId: 'd', hash: 'h', nodeIds: ['a'] }),
      values.set('k', 1),
    ];
    // Were they to wait in SQLite, each of them would stand for as long as it takes to give up.
    const start = performance.now();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - start).toBeLessThan(5_000);
    other.exec('COMMIT');
    await Promise.all(calls);
    expect([await documents.get('a'), await values.get('k')]).toEqual([node, 1]);
    other.close();
  });

  it('S-03: is `overloaded`, to be tried again, after 10 seconds', async () => {
    using values = new SqliteKeyValueStore({ path });
    await values.set('k', 0);
    const other = writer();
    vi.useFakeTimers();
    const setting = values.set('k', 1);
    const told = expect(setting).rejects.toMatchObject({
      code: 'overloaded',
      retryable: true,
      message: expect.stringContaining('Another process is writing'),
    });
    let isTold = false;
    void told.then(() => (isTold = true));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(isTold).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await told;
    other.close();
    await values.set('k', 2);
    expect(await values.get('k')).toBe(2);
  });

  it('C-01: is not waited for after an abort', async () => {
    using documents = new SqliteDocumentStore({ path });
    await documents.upsert([]);
    const other = writer();
    const controller = new AbortController();
    const writing = documents.upsert([node], { signal: controller.signal });
    controller.abort('enough');
    await expect(writing).rejects.toBe('enough');
    other.close();
    expect(await documents.get('a')).toBeUndefined();
  });
});

describe('a place', () => {
  it('S-03: is made, folders and all, at the first use', async () => {
    const deep = join(directory, 'made', 'by', 'the store.sqlite');
    using documents = new SqliteDocumentStore({ path: deep });
    expect(existsSync(join(directory, 'made'))).toBe(false);
    await documents.upsert([node]);
    expect(await documents.get('a')).toEqual(node);
    using values = new SqliteKeyValueStore({ path: join(directory, 'other', 'values.sqlite') });
    await values.set('k', 1);
    const files = new FileDocumentStore({ directory: join(directory, 'third', 'files') });
    await (await files.lock()).release();
  });

  it.each([
    ['a folder', '.', 'configuration'],
    ['below a file', 'file/store.sqlite', 'configuration'],
    ['no database', 'file', 'configuration'],
  ])('S-03: that is %s is told, typed', async (_name, name, code) => {
    writeFileSync(join(directory, 'file'), 'This is no database.'.repeat(99));
    using documents = new SqliteDocumentStore({ path: join(directory, name) });
    using values = new SqliteKeyValueStore({ path: join(directory, name) });
    for (const call of [() => documents.get('a'), () => documents.upsert([node]), () => values.get('k')])
      await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(directory) });
  });

  it('S-03: that may not be written is read, and writes are `permission`', async (context) => {
    mkdirSync(join(directory, 'kept'));
    path = join(directory, 'kept', 'store.sqlite');
    const documents = new SqliteDocumentStore({ path });
    await documents.upsert([node]);
    await documents.setSource({ sourceId: 'd', hash: 'h', nodeIds: ['a'] });
    documents.close();
    const values = new SqliteKeyValueStore({ path });
    await values.set('k', 1);
    values.close();
    chmodSync(directory, 0o755);
    chmodSync(path, 0o444);
    chmodSync(join(directory, 'kept'), 0o555);
    // To root everything is allowed.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const program = join(import.meta.dirname, 'read-only.mjs');
    const reachable = spawnSync(process.execPath, ['--check', program], user).status === 0;
    if (!reachable) context.skip('this folder is closed to other users, and root may write everything');
    const missing = join(directory, 'kept', 'missing', 'store.sqlite');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...conditions, '--disable-warning=ExperimentalWarning', program, path, missing],
      { ...user, encoding: 'utf8' },
    );
    chmodSync(join(directory, 'kept'), 0o755);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      get: 'x',
      sources: 1,
      value: 1,
      upsert: 'permission',
      deleteSource: 'permission',
      set: 'permission',
      lock: 'permission',
      missing: 'permission',
    });
  });
});

describe('a file that was damaged', () => {
  it('S-03: is told by every reader, typed', async () => {
    const store = new SqliteDocumentStore({ path });
    await store.upsert([node, createTextNode({ id: 'b', text: 'y' })]);
    await store.setSource({ sourceId: 'd', hash: 'h', nodeIds: ['a'] });
    const database = new DatabaseSync(path);
    database.exec(`UPDATE nodes SET json = '{"type":"te'; UPDATE sources SET json = '{"sou'`);
    const readers: [string, () => Promise<unknown>][] = [
      ['get', () => store.get('a')],
      ['getMany', () => store.getMany(['b', 'a'])],
      ['iterate', () => all(store.iterate())],
      ['getSource', () => store.getSource('d')],
      ['deleteSource', () => store.deleteSource('d')],
      ['sources', () => all(store.sources())],
    ];
    const damaged = { code: 'validation', message: expect.stringContaining(path) };
    for (const [name, read] of readers) await expect(read(), name).rejects.toMatchObject(damaged);
    database.exec(`UPDATE nodes SET json = '[1]'; UPDATE sources SET json = '7'`);
    for (const [name, read] of readers)
      await expect(read(), name).rejects.toMatchObject({ code: 'validation' });
    database.close();
    store.close();
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['are garbage', (bytes) => bytes.fill(0xa5, 4096)],
    ['are zeros', (bytes) => bytes.fill(0, 4096)],
    ['end in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['are but the head of the first', (bytes) => bytes.subarray(0, 100)],
  ])('S-03: whose pages %s is told by every call, typed', async (_name, damage) => {
    const written = new SqliteDocumentStore({ path });
    await written.upsert(
      Array.from({ length: 500 }, (_, at) => createTextNode({ id: `n${at}`, text: 'x'.repeat(200) })),
    );
    await written.setSource({ sourceId: 'd', hash: 'h', nodeIds: ['n1'] });
    written.close();
    const kept = new SqliteKeyValueStore({ path });
    await kept.set('k', 1);
    kept.close();
    const bytes = damage(readFileSync(path));
    const calls: ((documents: SqliteDocumentStore, values: SqliteKeyValueStore) => Promise<unknown>)[] = [
      (documents) => all(documents.iterate()),
      (documents) => all(documents.sources()),
      (documents) => documents.get('n400'),
      (documents) => documents.delete(['n400']),
      (documents) => documents.getSource('d'),
      (documents) => documents.deleteSource('d'),
      (documents) => documents.upsert([node]),
      (_documents, values) => values.get('k'),
      (_documents, values) => values.set('k', 2),
      (_documents, values) => values.delete('k'),
      (_documents, values) => all(values.iterate()),
    ];
    for (const call of calls) {
      writeFileSync(path, bytes);
      using documents = new SqliteDocumentStore({ path });
      using values = new SqliteKeyValueStore({ path });
      const code = expect.stringMatching(/^(validation|configuration)$/);
      await expect(call(documents, values), String(call)).rejects.toMatchObject({ code });
    }
  });
});

describe('a record of a source', () => {
  it('S-03: that is not JSON, or has no end, is refused, typed, by every store', async () => {
    let deep: unknown = 1;
    for (let at = 0; at < 5_000; at++) deep = [deep];
    using sqlite = new SqliteDocumentStore({ path });
    for (const store of [sqlite, new FileDocumentStore({ directory })])
      for (const value of [deep, 1n, () => 1, NaN, new Map()]) {
        const record = { sourceId: 'd', hash: 'h', nodeIds: [], metadata: { value } as never };
        await expect(store.setSource(record)).rejects.toMatchObject({ code: 'invalid-request' });
        expect(await store.getSource('d')).toBeUndefined();
      }
  });
});

describe('a lock', () => {
  const stores: [string, () => DocumentStore, () => string][] = [
    ['FileDocumentStore', () => new FileDocumentStore({ directory }), () => join(directory, 'writer.sqlite')],
    ['SqliteDocumentStore', () => new SqliteDocumentStore({ path }), () => `${path}-writer`],
  ];

  it.each(stores)('I-01: of a %s is had whatever stands in its file', async (_name, open, file) => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(10),
      Buffer.alloc(100_000),
      Buffer.from('1'),
      Buffer.from(String(process.pid)),
      Buffer.from('SQLite format 3\0 and what is none'.repeat(99)),
    ]) {
      writeFileSync(file(), bytes);
      const lock = await open().lock!();
      await expect(open().lock!()).rejects.toMatchObject({ code: 'conflict' });
      await lock.release();
    }
  });

  it.each(stores)(
    'I-01: of a %s ends with its process, killed too, and not before',
    async (_n, open, file) => {
      // Another process, whatever its number: in another container it may have ours.
      const holds = (command: string) => `
      const database = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(${JSON.stringify(file())});
      database.exec('BEGIN EXCLUSIVE');
      ${command}`;
      await (await open().lock!()).release();
      const child = spawnSync(process.execPath, ['-e', holds("process.kill(process.pid, 'SIGKILL')")]);
      expect(child.signal).toBe('SIGKILL');
      const lock = await open().lock!();
      const other = spawnSync(process.execPath, ['-e', holds('process.exit(0)')], { encoding: 'utf8' });
      expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('database is locked')]);
      await lock.release();
      expect(spawnSync(process.execPath, ['-e', holds('process.exit(0)')]).status).toBe(0);
    },
  );
});
