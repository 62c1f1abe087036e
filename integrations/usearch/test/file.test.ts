import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { UsearchVectorStore } from '@mortise/usearch';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-usearch-'));
  path = join(folder, 'vectors');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (at: number) => ({
  node: createTextNode({ id: `n${at}`, text: `text ${at}`, metadata: { at } }),
  embedding: Float32Array.of(Math.cos(at), Math.sin(at), at % 7, 1),
});
const all = Array.from({ length: 700 }, (_, at) => entry(at));
const query = { topK: 5, embedding: all[3]!.embedding };
const graphs = () => readdirSync(folder).filter((name) => name.endsWith('.graph'));

async function saved(): Promise<UsearchVectorStore> {
  const store = new UsearchVectorStore({ path });
  await store.upsert(all);
  await store.delete({ ids: ['n0', 'n1'] });
  await store.save();
  return store;
}

it('S-04: loads what was saved, graph included, and goes on from there', async () => {
  const store = await saved();
  const again = new UsearchVectorStore({ path });
  expect(await again.query(query)).toEqual(await store.query(query));
  expect(again.support.dimensions).toBe(4);
  await again.upsert([entry(0), { ...entry(3), embedding: entry(500).embedding }]);
  await again.save();
  const third = new UsearchVectorStore({ path });
  expect((await third.query({ topK: 1_000, embedding: query.embedding })).length).toBe(699);
  expect(
    (await third.query({ topK: 2, embedding: entry(500).embedding })).map(({ node }) => node.id).toSorted(),
  ).toEqual(['n3', 'n500']);
  expect(graphs()).toHaveLength(1);
});

it('S-04: makes the graph again where it is missing, torn, no graph or of other content', async () => {
  const store = await saved();
  const expected = (await store.query(query)).map(({ node }) => node.id);
  const [graph] = graphs();
  const file = join(folder, graph!);
  const bytes = readFileSync(file);
  const other = new UsearchVectorStore({ path: join(folder, 'other') });
  await other.upsert(all.slice(0, 100));
  await other.save();
  const othersGraph = readFileSync(
    join(
      folder,
      graphs().find((name) => name.startsWith('other.'))!,
    ),
  );
  // usearch would take memory without end for the text.
  for (const content of [undefined, bytes.subarray(0, 5_000), Buffer.from('not a graph'), othersGraph]) {
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
    const again = new UsearchVectorStore({ path });
    expect((await again.query(query)).map(({ node }) => node.id)).toEqual(expected);
  }
});

it('S-04: has the old store or the new one, wherever a save is killed', async () => {
  const store = await saved();
  const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  await store.upsert([entry(1_000)]);
  await store.save();
  const after = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const restore = (files: Iterable<[string, Buffer]>) => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  };
  const size = async () => {
    const again = new UsearchVectorStore({ path });
    return (await again.query({ topK: 1_000, embedding: query.embedding })).length;
  };
  const [newGraph] = [...after].filter(([name]) => name.endsWith('.graph'));
  const temporary: [string, Buffer] = ['vectors.1234.tmp', after.get('vectors')!.subarray(0, 999)];
  // In the order of a save: the temporary file, the graph, the content, the old graph removed.
  restore([...before, temporary]);
  expect(await size()).toBe(698);
  restore([...before, newGraph!, temporary]);
  expect(await size()).toBe(698);
  restore([...before, newGraph!, ['vectors', after.get('vectors')!]]);
  expect(await size()).toBe(699);
  restore(after);
  expect(await size()).toBe(699);
});

it('S-04: refuses a file that was cut or changed, one of a later version, and other dimensions', async () => {
  await saved();
  const bytes = readFileSync(path);
  const damaged = [0, 17, 30, 9_000, bytes.length - 1].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  });
  for (const content of [...damaged, bytes.subarray(0, 20), bytes.subarray(0, 4_000)]) {
    writeFileSync(path, content);
    await expect(new UsearchVectorStore({ path }).query(query)).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining(path),
    });
  }
  const later = Buffer.from(bytes);
  later.write('9', 15, 'latin1');
  writeFileSync(path, later);
  await expect(new UsearchVectorStore({ path }).query(query)).rejects.toMatchObject({
    code: 'configuration',
  });
  writeFileSync(path, bytes);
  const three = new UsearchVectorStore({ path, dimensions: 3 });
  await expect(three.query({ topK: 1, embedding: Float32Array.of(1, 2, 3) })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('of 4 dimensions, not 3'),
  });
});

it('S-04: saves one moment, in the order of the calls, and leaves nothing behind when it fails', async () => {
  const store = new UsearchVectorStore({ path });
  await store.upsert(all);
  const saves = [store.save(), store.upsert([entry(2_000)]).then(() => store.save())];
  await Promise.all(saves);
  const again = new UsearchVectorStore({ path });
  expect((await again.query({ topK: 1_000, embedding: query.embedding })).length).toBe(701);
  expect(readdirSync(folder)).toHaveLength(2);

  const controller = new AbortController();
  const aborted = store.save({ signal: controller.signal });
  controller.abort('left');
  await expect(aborted).rejects.toBe('left');
  await store.save();
  expect(readdirSync(folder)).toHaveLength(2);

  writeFileSync(join(folder, 'file'), '');
  const nowhere = new UsearchVectorStore({ path: join(folder, 'file', 'vectors') });
  await expect(nowhere.query(query)).rejects.toMatchObject({ code: 'configuration' });
  await expect(new UsearchVectorStore().save()).rejects.toMatchObject({ code: 'configuration' });
});

it('tells every save that failed, with a signal or without, and the next one goes through', async () => {
  const store = new UsearchVectorStore({ path });
  await store.upsert(all);
  mkdirSync(path);
  const failed = { code: 'configuration', message: expect.stringContaining(`${path} could not be saved`) };
  const saves = [store.save(), store.save({ signal: new AbortController().signal })];
  for (const save of await Promise.allSettled(saves))
    expect(save).toMatchObject({ status: 'rejected', reason: failed });
  rmSync(path, { recursive: true });
  await store.save();
  expect(await new UsearchVectorStore({ path }).query(query)).toEqual(await store.query(query));
});

it('loads a store that was saved without a graph into one that has one, and the other way round', async () => {
  await saved();
  const exact = new UsearchVectorStore({ path, search: 'exact' });
  const expected = (await exact.query(query)).map(({ node }) => node.id);
  await exact.save();
  expect(graphs()).toEqual([]);
  const graph = new UsearchVectorStore({ path });
  expect((await graph.query(query)).map(({ node }) => node.id)).toEqual(expected);
  renameSync(path, `${path}-moved`);
  const empty = new UsearchVectorStore({ path });
  expect(await empty.query(query)).toEqual([]);
});
