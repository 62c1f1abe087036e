import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { serverProgram } from '../../../integrations/bullmq/test/server.ts';
import { serverPrograms } from '../../../integrations/postgres/test/server.ts';
import { parseArguments } from '../arguments.ts';
import { plot } from '../plot.ts';

const lacking = serverProgram === undefined || serverPrograms === undefined;
const why = lacking ? ' (skipped: no redis-server or no Postgres on this machine)' : '';

it.skipIf(lacking)(`workers in processes of their own ingest all there is${why}`, async () => {
  const file = join(tmpdir(), `scale-${process.pid}.svg`);
  const flags = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
  const program = new URL('../local.ts', import.meta.url).pathname;
  const options = ['--documents', '40', '--workers', '2', '--wait', '20', '--plot', file];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, ...options]);
  const rows = stdout.split('\n').filter((line) => /^\| \d/.test(line));
  expect(rows.map((row) => row.split(' | ').slice(0, 2))).toEqual([
    ['| 1', '40'],
    ['| 2', '80'],
  ]);
  expect(await readFile(file, 'utf8')).toContain('<polyline');
});

it('draws a point for each number of workers', () => {
  const points = [
    { workers: 1, rate: 50 },
    { workers: 2, rate: 98 },
  ];
  expect(plot(points).match(/<circle/g)).toHaveLength(2);
  expect(plot([])).toBe('');
});

it('says what an argument has to be', () => {
  expect(() => parseArguments(['--workers', 'many'])).toThrow('--workers is many');
  expect(parseArguments(['--help'])).toBeUndefined();
});
