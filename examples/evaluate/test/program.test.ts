import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RetrievalComparison, RetrievalReport } from '@mortise/rag';
import { expect, test, vi } from 'vitest';
import { Sandbox } from './sandbox.ts';

// Each test starts the program; the suites of other packages run beside it.
vi.setConfig({ testTimeout: 60_000 });

const folder = resolve(import.meta.dirname, '..');
const node = resolve(folder, '../../node_modules/.bin/node');
const garden = join(import.meta.dirname, 'fixtures/garden');

interface Written {
  readonly reports: readonly RetrievalReport[];
  readonly comparisons: readonly RetrievalComparison[];
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

test('a collection comes out as a table, as JSON and with the paired test, and is embedded once', async () => {
  using box = new Sandbox();
  const { code, stdout, stderr } = await run(box, [
    '--collection',
    garden,
    '--json',
    'report.json',
    '--page',
    'report.html',
  ]);
  expect(existsSync(join(box.path, 'report.html'))).toBe(true);
  expect(stderr).toContain('Embedding documents 19/19\n');
  expect(stdout).toMatch(/^# Retrieval on garden\n/);
  expect(stdout).toContain('- Without text, and never found: 1.\n');
  expect(stdout).toMatch(/\| BM25 \| .*\n\| vectors \| .*\n\| hybrid \| /);
  expect(stdout).toContain('no document is relevant to them: 1 queries (q10)');
  expect(stdout).toMatch(/- hybrid against BM25, ndcg@10: .*exact paired randomization test/);
  expect(code).toBe(0);

  const { reports, comparisons } = box.json('report.json') as Written;
  expect(reports.map(({ name, queries }) => [name, queries.length])).toEqual([
    ['BM25', 9],
    ['vectors', 9],
    ['hybrid', 9],
  ]);
  expect(comparisons.map(({ metric }) => metric)).toEqual(['ndcg@10', 'recall@100']);
  // No word of these bees is in the question; vectors know what pollination is about.
  const bees = reports.map(({ queries }) => queries.find(({ id }) => id === 'q7')?.found ?? []);
  expect(bees.map((found) => found.includes('bees'))).toEqual([false, true, true]);

  const again = await run(box, ['--collection', garden, '--json', 'report.json']);
  expect(again.stderr).toContain('Embedding documents 19/19, 19 of them from the cache\n');
  const same = (box.json('report.json') as Written).reports;
  expect(same.map(({ queries }) => queries)).toEqual(reports.map(({ queries }) => queries));
});

test('ctrl-C ends it with 130, and the next run goes on from what was embedded', async () => {
  const words = Array.from({ length: 400 }, (_, n) => `word${n}`);
  const corpus = words.map((word, n) => JSON.stringify({ _id: `${n}`, text: `${word} `.repeat(90) }));
  using box = new Sandbox({
    'many/corpus.jsonl': corpus.join('\n'),
    'many/queries.jsonl': '{"_id":"q","text":"word7"}',
    'many/qrels.jsonl': '{"query-id":"q","corpus-id":"7","score":1}',
  });
  const { code, stderr } = await run(box, ['--collection', 'many'], async (child) => {
    await vi.waitUntil(() => entries(box) >= 8, { timeout: 30_000, interval: 50 });
    child.kill('SIGINT');
  });
  expect(stderr).toContain('what was embedded is kept');
  expect(code).toBe(130);
  expect(entries(box)).toBeGreaterThanOrEqual(8);
});

test('what is wrong is one line without a stack, and exit code 1', async () => {
  using box = new Sandbox();
  expect(await run(box, ['--collection', 'nowhere'])).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: there is no folder ${join(box.path, 'nowhere')}. Check --collection.\n`,
  });
});

function run(
  box: Sandbox,
  args: readonly string[],
  meanwhile?: (child: ChildProcess) => Promise<void>,
): Promise<Outcome> {
  const child = spawn(node, ['--conditions=mortise-source', join(folder, 'main.ts'), ...args], {
    cwd: box.path,
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(box.path, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
    meanwhile?.(child).catch(fail);
  });
}

/** Embeddings in the cache of the program. */
function entries(box: Sandbox): number {
  const file = join(box.path, 'cache/mortise-evaluate/embeddings.sqlite');
  if (!existsSync(file)) return 0;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(database.prepare('SELECT count(*) AS n FROM entries').get()?.['n']);
  } catch {
    // The table is not there yet.
    return 0;
  } finally {
    database.close();
  }
}
