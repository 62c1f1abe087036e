import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as lancedb from '@lancedb/lancedb';
import { LanceDbVectorStore } from '@mortise/lancedb';
import { expect, it } from 'vitest';
import { entry, folderOfTests, near } from './folder.ts';

const { open, path } = folderOfTests();

it('S-04: refuses the dimensions of another model, from the options and from the table', async () => {
  const store = open({ dimensions: 2 });
  expect(store.support.dimensions).toBe(2);
  await expect(store.upsert([entry('a', [1, 2, 3])])).rejects.toMatchObject({ code: 'invalid-request' });
  await store.upsert([entry('a', [1, 0])]);
  const other = open({ dimensions: 3 });
  for (let again = 0; again < 2; again++)
    await expect(other.query(near(1, 0, 0))).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('of 2 dimensions, not 3'),
    });
  const unset = open();
  await expect(unset.query(near(1, 0, 0))).rejects.toMatchObject({ code: 'invalid-request' });
  await expect(unset.upsert([entry('b', [1, 0, 0])])).rejects.toMatchObject({ code: 'invalid-request' });
  expect(unset.support.dimensions).toBe(2);
});

it('S-04: lets one store settle the dimensions for another that looked before there was a table', async () => {
  const [first, second] = [open(), open()];
  expect(await first.query(near(1))).toEqual([]);
  await second.upsert([entry('a', [1, 0])]);
  await expect(first.upsert([entry('b', [1, 0, 0])])).rejects.toMatchObject({ code: 'invalid-request' });
  await first.upsert([entry('b', [1, 0])]);
  expect(await second.query(near(1, 0))).toHaveLength(2);
});

it('S-04: keeps several tables of a folder apart', async () => {
  const [one, two] = [open(), open({ table: 'other' })];
  await one.upsert([entry('a', [1, 0])]);
  await two.upsert([entry('b', [1, 0, 0])]);
  expect((await one.query(near(1, 0))).map(({ node }) => node.id)).toEqual(['a']);
  expect((await two.query(near(1, 0, 0))).map(({ node }) => node.id)).toEqual(['b']);
});

it('touches no disk before its first call, and names what is wrong with an option', async () => {
  const uri = path('new', 'folder with é, # and %20');
  const store = open({ uri });
  expect(existsSync(uri)).toBe(false);
  await store.upsert([entry('a', [1, 0])]);
  expect(existsSync(uri)).toBe(true);
  for (const [options, word] of [
    [{}, 'uri'],
    [{ uri: 'db://place' }, 'Cloud'],
    [{ uri, table: '../a' }, 'table'],
    [{ uri, table: '..' }, 'table'],
    [{ uri, dimensions: 1.5 }, 'dimensions'],
    [{ uri, index: 'ivf' }, 'index'],
    [{ uri, language: 'Klingon' }, 'language'],
    [{ uri, storageOptions: { region: 1 } }, 'storageOptions'],
  ] as const)
    expect(() => new LanceDbVectorStore(options as never)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(word) }),
    );
});

it('refuses a table that is not its own, of a later version or in another language, and a closed store', async () => {
  const connection = await lancedb.connect(path());
  await connection.createTable('foreign', [{ id: 'a', vector: [1, 0] }]);
  const refused = async (store: LanceDbVectorStore, words: string) => {
    for (const call of [() => store.query(near(1, 0)), () => store.upsert([entry('a', [1, 0])])])
      await expect(call()).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringContaining(words),
      });
  };
  await refused(open({ table: 'foreign' }), 'not made by @mortise/lancedb');
  const store = open();
  await store.upsert([entry('a', [1, 0])]);
  await refused(open({ language: 'German' }), 'in English, not German');
  const table = await connection.openTable('mortise_vectors');
  const { fields } = await table.schema();
  const later = new Map([
    ['mortise:layout', '2'],
    ['mortise:language', 'English'],
  ]);
  await connection.createEmptyTable('later', { fields, metadata: later } as never);
  await refused(open({ table: 'later' }), 'later version');
  connection.close();
  await store.close();
  await store.close();
  await refused(store, 'closed');
});

it('S-04: names what is damaged, typed, and what to do', async () => {
  const damage = async (table: string, spoil: (folder: string) => void) => {
    const store = open({ table });
    await store.upsert([entry('a', [1, 0])]);
    await store.close();
    spoil(path(`${table}.lance`));
    const again = open({ table });
    for (const call of [() => again.query(near(1, 0)), () => again.upsert([entry('a', [1, 0])])])
      await expect(call(), table).rejects.toMatchObject({
        code: 'validation',
        message: expect.stringMatching(/could not be (?:read|written): .*damaged\. Restore a copy/),
      });
  };
  const each = (folder: string, spoil: (file: string) => void) => {
    for (const name of readdirSync(folder)) spoil(`${folder}/${name}`);
  };
  await damage('data', (folder) => rmSync(`${folder}/data`, { recursive: true }));
  await damage('cut', (folder) => each(`${folder}/data`, (file) => writeFileSync(file, 'cut')));
  await damage('garbage', (folder) => each(`${folder}/_versions`, (file) => writeFileSync(file, 'garbage')));
  writeFileSync(path('file'), 'This is no folder.');
  await expect(open({ uri: path('file', 'below') }).query(near(1, 0))).rejects.toMatchObject({
    code: 'configuration',
  });
});

it('S-04: tells of a node that is none any more', async () => {
  const store = open();
  await store.upsert([entry('a', [1, 0])]);
  const connection = await lancedb.connect(path());
  const table = await connection.openTable('mortise_vectors');
  for (const node of ['{"type":"te', '[1]', '']) {
    await table.update({ values: { node } });
    for (const mode of ['dense', 'mmr'] as const)
      await expect(store.query({ ...near(1, 0), mode }), node).rejects.toMatchObject({ code: 'validation' });
  }
  connection.close();
});

it('C-09: shows no key of the storage', async () => {
  const store = open({ storageOptions: { awsSecretAccessKey: 'secret-of-the-storage' } });
  const { inspect } = await import('node:util');
  expect(`${inspect(store, { depth: 9, showHidden: true })}${JSON.stringify(store)}`).not.toContain(
    'secret-of',
  );
});
