import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { MemoryKeyValueStore, MortiseError, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { extractAll, type Row } from '../src/extract.ts';
import { standIn } from '../src/stand-in.ts';

const oak = { isInvoice: true, sender: 'a@oak.example', number: '7', amount: 12.5, due: '2027-01-03' };

async function folderOf(t: TestContext, texts: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'app-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  return folder;
}

async function rowsOf(llm: LLM, folder: string, store = new MemoryKeyValueStore()): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of extractAll(llm, folder, store)) rows.push(row);
  return rows;
}

/** A model without tools: it is asked for JSON in words. */
const scripted = (replies: ConstructorParameters<typeof ScriptedLLM>[0]['replies']) =>
  new ScriptedLLM({ metadata: { capabilities: { tools: false } }, replies });

test('gives typed rows, in the order of the names', async (t) => {
  const folder = await folderOf(t, { 'b.txt': 'second', 'a.txt': 'first', 'c.md': 'not read' });
  const llm = scripted(({ messages }) =>
    JSON.stringify({ ...oak, number: JSON.stringify(messages).includes('first') ? '1' : '2' }),
  );
  assert.deepEqual(await rowsOf(llm, folder), [
    { file: 'a.txt', ...oak, number: '1' },
    { file: 'b.txt', ...oak, number: '2' },
  ]);
});

test('a reply that does not fit goes back once; then the row says why, and the others are read', async (t) => {
  const folder = await folderOf(t, { 'a.txt': 'broken', 'b.txt': 'whole', 'c.txt': 'refused' });
  const llm = scripted(({ messages }) => {
    const text = JSON.stringify(messages);
    if (text.includes('refused')) return new MortiseError('content-filter', 'Not this.');
    return text.includes('broken') ? '{"amount":"much"}' : JSON.stringify(oak);
  });
  const [a, b, c] = await rowsOf(llm, folder);
  assert.match(JSON.stringify(a), /validation/);
  assert.deepEqual(b, { file: 'b.txt', ...oak });
  assert.deepEqual(c, { file: 'c.txt', error: 'content-filter: Not this.' });
  assert.equal(llm.requests.length, 4);
});

test('asks nothing twice', async (t) => {
  const folder = await folderOf(t, { 'a.txt': 'one' });
  const llm = scripted([JSON.stringify(oak)]);
  const store = new MemoryKeyValueStore();
  assert.deepEqual(await rowsOf(llm, folder, store), await rowsOf(llm, folder, store));
  assert.equal(llm.requests.length, 1);
});

test('reads the texts of this folder without a model', async () => {
  const rows = await rowsOf(standIn(), 'texts');
  assert.deepEqual(
    rows.map((row) => ('error' in row ? row.error : row.amount)),
    [74.5, 1240, null],
  );
});
