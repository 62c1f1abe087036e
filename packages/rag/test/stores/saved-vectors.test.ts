import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { MemoryVectorStore } from '@mortise/rag';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-rag-'));
  path = join(folder, 'vectors');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: string, ...numbers: number[]) => ({
  node: createTextNode({ id, text: `text of ${id}`, metadata: { 'é\n': id } }),
  embedding: Float32Array.from(numbers),
});
const everything = { topK: 5_000, embedding: Float32Array.of(1, 0) };

async function saved(): Promise<MemoryVectorStore> {
  const store = new MemoryVectorStore();
  const entries = Array.from({ length: 1_200 }, (_, at) => entry(`n${at}`, Math.cos(at), Math.sin(at)));
  await store.upsert(entries);
  await store.save(path);
  return store;
}

it('S-04: loads what was saved, to the last bit, and saves the same again', async () => {
  const store = await saved();
  const loaded = await MemoryVectorStore.load(path);
  expect(await loaded.query(everything)).toEqual(await store.query(everything));
  expect(loaded.vectorOf('n7')).toEqual(store.vectorOf('n7'));
  await loaded.save(`${path}-2`);
  expect(readFileSync(`${path}-2`).equals(readFileSync(path))).toBe(true);
});

it('S-04: saves and loads an empty store, and one whose nodes were deleted', async () => {
  const store = new MemoryVectorStore();
  await store.save(path);
  expect((await MemoryVectorStore.load(path)).support.dimensions).toBeUndefined();
  await store.upsert([entry('a', 1, 0)]);
  await store.delete({ ids: ['a'] });
  await store.save(path);
  const loaded = await MemoryVectorStore.load(path);
  expect([loaded.size, loaded.support.dimensions]).toEqual([0, 2]);
});

it('S-04: refuses a file that was cut or changed anywhere, and one that is none', async () => {
  await saved();
  const bytes = readFileSync(path);
  const damaged = [0, 17, 21, 30, 5_000, bytes.length - 40, bytes.length - 1].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  });
  const cut = [0, 10, 40, 9_000, bytes.length - 1].map((length) => bytes.subarray(0, length));
  for (const content of [...damaged, ...cut, Buffer.from('{"not":"a store"}'.repeat(9))]) {
    writeFileSync(path, content);
    await expect(MemoryVectorStore.load(path)).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining(path),
    });
  }
  bytes.write('9', 15, 'latin1');
  writeFileSync(path, bytes);
  await expect(MemoryVectorStore.load(path)).rejects.toMatchObject({ code: 'configuration' });
  await expect(MemoryVectorStore.load(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
});

it('S-04: leaves the old file, and no other, where saving fails or is aborted', async () => {
  const store = await saved();
  const before = readFileSync(path);
  await store.upsert([entry('new', 0, 1)]);
  const reason = new Error('left');
  const controller = new AbortController();
  const saving = store.save(path, { signal: controller.signal });
  controller.abort(reason);
  await expect(saving).rejects.toBe(reason);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(['vectors']);
  mkdirSync(join(folder, 'taken', 'by a folder'), { recursive: true });
  await expect(store.save(join(folder, 'taken'))).rejects.toMatchObject({ code: 'internal' });
  expect(readdirSync(folder).toSorted()).toEqual(['taken', 'vectors']);
});

it('S-04: saves what is there when it is called, whatever is written meanwhile', async () => {
  const store = await saved();
  const saving = store.save(path);
  await store.delete({ ids: ['n0', 'n1'] });
  await store.upsert([entry('n2', 0, 1), entry('late', 1, 1)]);
  await saving;
  const loaded = await MemoryVectorStore.load(path);
  expect(loaded.size).toBe(1_200);
  expect(loaded.vectorOf('n2')).not.toEqual(store.vectorOf('n2'));
});
