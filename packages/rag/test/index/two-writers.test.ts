import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import { openIndex, type DocumentIndex } from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';

const [a, b, c] = ['a', 'b', 'c'].map((id) => createDocument({ id, text: `The text of ${id}.` })) as [
  never,
  never,
  never,
];
const open = (directory: string, embedding = new HashEmbedding()) => openIndex({ embedding }, { directory });
const keeping = { removeMissing: false };

async function idsIn(index: DocumentIndex): Promise<string[]> {
  const found = await index.retriever({ topK: 99 }).retrieve('text');
  return found.map(({ node }) => node.id.slice(0, 1)).toSorted();
}

/** A model that answers when it is told. */
function held() {
  let [begun, goOn] = [(): void => undefined, (): void => undefined];
  const begins = new Promise<void>((resolve) => (begun = resolve));
  const waits = new Promise<void>((resolve) => (goOn = resolve));
  class Held extends HashEmbedding {
    override async doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
      begun();
      await waits;
      return super.doEmbed(...args);
    }
  }
  return { model: new Held(), begins, goOn: () => goOn() };
}

it('I-01: two indexes on one folder lose nothing of each other, one update after the other', async () => {
  const directory = await temporaryFolder();
  const [one, two] = [await open(directory), await open(directory)];
  await one.update([a], keeping);
  await two.update([b], keeping);
  await one.update([c], keeping);
  expect(await idsIn(one)).toEqual(['a', 'b', 'c']);
  expect(await idsIn(two)).toEqual(['a', 'b']);
  await two.refresh();
  expect(await idsIn(two)).toEqual(['a', 'b', 'c']);
  expect([(await open(directory)).size, two.size, two.nodeCount]).toEqual([3, 3, 3]);
  // What is gone is gone for the other, too.
  expect(await two.update([a])).toMatchObject({ unchanged: 1, removed: 2 });
  await one.refresh();
  expect(await idsIn(one)).toEqual(['a']);
});

it('I-01: a second writer is refused while the first writes, and reads and writes after it', async () => {
  const directory = await temporaryFolder();
  const { model, begins, goOn } = held();
  const [one, two] = [await open(directory, model), await open(directory)];
  const updating = one.update([a], keeping);
  await begins;
  const refused = { code: 'conflict', message: expect.stringContaining('Wait for that update to end') };
  await expect(two.update([b], keeping)).rejects.toMatchObject(refused);
  await expect(two.save()).rejects.toMatchObject({ code: 'conflict' });
  await two.refresh();
  expect(await two.retriever().retrieve('text')).toEqual([]);
  goOn();
  await updating;
  expect(await two.update([b], keeping)).toMatchObject({ added: 1 });
  expect(await idsIn(await open(directory))).toEqual(['a', 'b']);
  // Nothing but the index is left in the folder.
  expect((await readdir(directory)).filter((name) => !name.endsWith('.index'))).toEqual([]);
});

it('I-01: save() does not write over what another has saved', async () => {
  const directory = await temporaryFolder();
  const [one, two] = [await open(directory), await open(directory)];
  await one.update([a], keeping);
  const message = expect.stringContaining('Call refresh()');
  await expect(two.save()).rejects.toMatchObject({ code: 'conflict', message });
  await two.refresh();
  await two.save();
  expect((await open(directory)).size).toBe(1);
});

it('I-01: many at once: each is done or refused, and what was done is there', async () => {
  const directory = await temporaryFolder();
  const documents = Array.from({ length: 12 }, (_, at) =>
    createDocument({ id: `d${at}`, text: `The text of ${at}.` }),
  );
  const outcomes = await Promise.allSettled(
    documents.map(async (document) => (await open(directory)).update([document], keeping)),
  );
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'conflict' } });
  expect(refused.length).toBeLessThan(12);
  expect((await open(directory)).size).toBe(12 - refused.length);
});

it('I-01: a lock and half a file that a killed process has left are in nobody’s way', async () => {
  const directory = await temporaryFolder();
  const index = await open(directory);
  await index.update([a]);
  const path = index.path as string;
  const program = `
    import { DatabaseSync } from 'node:sqlite';
    new DatabaseSync(${JSON.stringify(`${path}.lock`)}).exec('BEGIN EXCLUSIVE');
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ]);
  await once(child.stdout, 'data');
  await expect(index.update([b])).rejects.toMatchObject({ code: 'conflict' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await writeFile(`${path}.half.tmp`, 'half');
  expect(await index.update([a, b])).toMatchObject({ added: 1 });
  expect(await readdir(directory)).toHaveLength(1);
});

it('an index in a folder that may not be written is searched, and its update is told of', async () => {
  const [written, directory] = [await temporaryFolder(), await temporaryFolder()];
  await (await open(written)).update([a, b]);
  const [name] = await readdir(written);
  await copyFile(join(written, name as string), join(directory, name as string));
  const before = await readFile(join(directory, name as string));
  await chmod(directory, 0o555);
  try {
    const index = await open(directory);
    expect(await idsIn(index)).toEqual(['a', 'b']);
    await index.refresh();
    expect(await index.update([a, b])).toMatchObject({ unchanged: 2 });
    expect(await readFile(join(directory, name as string))).toEqual(before);
  } finally {
    await chmod(directory, 0o755);
  }
});
