import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VectorQuery } from '@mortise/core/store';
import { expect, it } from 'vitest';
import { entry, folderOfTests, near } from './folder.ts';

const { open, path } = folderOfTests();
const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];

it.runIf(process.features.typescript)(
  'S-04: two processes that insert the same entries at once lose and double none',
  async () => {
    const program = join(import.meta.dirname, 'writer.ts');
    const names = ['a', 'b'];
    await Promise.all(
      names.map((name) =>
        promisify(execFile)(process.execPath, [
          ...conditions,
          '--disable-warning=ExperimentalWarning',
          program,
          path(),
          name,
        ]),
      ),
    );
    const ids = (await open().query(near(1, 0))).map(({ node }) => node.id);
    const expected = Array.from({ length: 5 }, (_, round) => [
      ...Array.from({ length: 30 }, (_, at) => `${round}-${at}`),
      ...names.map((name) => `only ${name} ${round}`),
    ]).flat();
    expect(ids.toSorted()).toEqual(expected.toSorted());
  },
  600_000,
);

it('S-04: stores on one folder at once keep one of each, and see what the others wrote', async () => {
  const stores = Array.from({ length: 4 }, () => open());
  await Promise.all(
    stores.map(async (store, at) => {
      for (let round = 0; round < 3; round++)
        await store.upsert([entry(`same ${round}`, [1, 0]), entry(`${at} ${round}`, [0, 1])]);
      await store.delete({ ids: [`${at} 0`, 'same 0'] });
    }),
  );
  const expected = [0, 1, 2, 3].flatMap((at) => [`${at} 1`, `${at} 2`]);
  for (const store of stores) {
    const ids = (await store.query(near(1, 0))).map(({ node }) => node.id);
    expect(ids.toSorted()).toEqual([...expected, 'same 1', 'same 2'].toSorted());
  }
});

it('C-01: an abort ends the waiting for the writes before, and what comes after is written', async () => {
  const store = open();
  const controller = new AbortController();
  const first = store.upsert(Array.from({ length: 500 }, (_, at) => entry(`${at}`, [1, 0])));
  const left = store.upsert([entry('left', [1, 0])], { signal: controller.signal });
  const last = store.upsert([entry('last', [1, 0])]);
  controller.abort('enough');
  await expect(left).rejects.toBe('enough');
  await Promise.all([first, last]);
  const ids = (await store.query(near(1, 0))).map(({ node }) => node.id);
  expect([ids.length, ids.includes('left'), ids.includes('last')]).toEqual([501, false, true]);
});

it('S-04: after a hundred commits small files are brought together, and nothing is lost', async () => {
  const [store, other] = [open(), open()];
  await store.upsert([entry('a', [1, 0], { text: 'dovetail' }), entry('b', [1, 0])]);
  for (let commits = 1; commits < 99; commits++) await store.delete({ ids: ['b'] });
  // The other one writes while the first has its hundredth commit and what comes after it.
  await Promise.all([
    store.upsert([entry('c', [1, 0], { text: 'dovetail' })]),
    other.upsert([entry('d', [1, 0])]),
  ]);
  await store.upsert([entry('e', [1, 0], { text: 'dovetail' })]);
  const ids = async (query: VectorQuery) => (await store.query(query)).map(({ node }) => node.id).toSorted();
  expect(await ids(near(1, 0))).toEqual(['a', 'c', 'd', 'e']);
  expect(await ids({ mode: 'text', text: 'dovetail', topK: 9 })).toEqual(['a', 'c', 'e']);
});
