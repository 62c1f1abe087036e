import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readResults,
  reportMarkdown,
  reportOf,
  saveResults,
  specMarkdown,
  type CaseResult,
  type ConformanceResults,
} from '@mortise/conformance';

const about = { rule: 'E-01', requires: [] };
const cases: CaseResult[] = [
  { ...about, id: 'cut', title: 'tells of a cut', status: 'passed', durationMs: 12 },
  {
    ...about,
    id: 'half',
    title: 'tells of half',
    status: 'failed',
    error: 'got a | b\nnot c',
    durationMs: 3,
  },
  {
    ...about,
    rule: 'C-08',
    id: 'seed',
    title: 'sends it',
    status: 'skipped',
    reason: 'seed: None.',
    works: true,
  },
  { ...about, rule: 'C-09', id: 'key', title: 'hides the key', status: 'not-run' },
];
const acme: ConformanceResults = {
  contract: 'llm',
  name: 'acme',
  declared: ['tools', 'wire:signature'],
  reasons: { seed: 'None.' },
  cases,
};
const other: ConformanceResults = { ...acme, contract: 'embedding', name: 'a, b', cases: cases.slice(0, 1) };

describe('the report', () => {
  it('knows what passed, what failed and why, and takes what was not run for failed', () => {
    expect(reportOf([acme]).implementations).toEqual([
      {
        contract: 'llm',
        name: 'acme',
        declared: ['tools', 'wire:signature'],
        reasons: { seed: 'None.' },
        passed: { 'E-01': ['cut'] },
        failed: [
          { id: 'half', rule: 'E-01', title: 'tells of half', why: 'got a | b\nnot c' },
          { id: 'key', rule: 'C-09', title: 'hides the key', why: 'It was not run.' },
        ],
        skipped: [{ id: 'seed', rule: 'C-08', title: 'sends it', why: 'seed: None.', works: true }],
      },
    ]);
  });

  it('is the same whatever order and time the results come in', () => {
    const again = { ...acme, cases: cases.map((each) => ({ ...each, durationMs: 99 })) };
    expect(JSON.stringify(reportOf([other, again]))).toBe(JSON.stringify(reportOf([acme, other])));
    expect(reportOf([other, acme]).implementations.map(({ contract }) => contract)).toEqual([
      'llm',
      'embedding',
    ]);
  });

  it('is read by people: declarations, rules, failures, reasons', () => {
    const text = reportMarkdown(reportOf([acme]));
    expect(text).toContain('| `seed` | no |');
    expect(text).not.toContain('wire:signature');
    expect(text).toMatch(/\| E-01\. .+ \| \*\*1 of 2 failed\*\* \|/);
    expect(text).toContain('- E-01: tells of half (`half`): got a | b not c');
    expect(text).toContain('- seed: None. (`seed`, which passes all the same)');
  });
});

it('a page of a contract has each rule with its cases', () => {
  const text = specMarkdown('llm', [
    { ...about, id: 'cut', title: 'tells of a cut', requires: ['streaming'] },
    { ...about, rule: 'C-08', id: 'seed', title: 'sends it' },
  ]);
  expect(text).toMatch(/^# Language models\n\n2 cases of 2 rules\..*## C-08\n.*## E-01\n/s);
  expect(text).toContain('- `cut`: tells of a cut. Needs `streaming`\n');
});

// Node 22.13 runs no TypeScript; on the tarballs there is none.
const published = process.env['MORTISE_TARBALLS'] === '1';
const cli = fileURLToPath(new URL(published ? '../dist/cli.js' : '../src/cli.ts', import.meta.url));

describe.runIf(published || process.features.typescript)('mortise-conformance report', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mortise-report-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--conditions=mortise-source', cli, ...args], { cwd: folder });

  it('writes JSON and Markdown from saved results', async () => {
    saveResults(other, folder);
    const { stdout } = await run('report', '.');
    expect(stdout).toBe('a, b (embedding): 1 passed, 0 failed, 0 skipped\n');
    expect(JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8'))).toEqual(reportOf([other]));
    expect(readFileSync(join(folder, 'conformance.md'), 'utf8')).toContain('## Embedding models');
    // Its own report is not taken for results.
    expect(readResults(folder)).toEqual([other]);
  });

  it('fails where a case did, and says where it looked for results that are not there', async () => {
    saveResults(acme, folder);
    await expect(run('report', '.', '--json', 'r.json')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('acme (llm): 1 passed, 2 failed, 1 skipped'),
    });
    await expect(run('report', 'nowhere')).rejects.toMatchObject({
      stderr: expect.stringContaining('nowhere'),
    });
    await expect(run('sing')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file'),
    });
    writeFileSync(join(folder, 'llm.broken.json'), '{"cases": 3}');
    expect(readResults(folder)).toHaveLength(2);
  });
});
