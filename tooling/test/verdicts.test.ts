import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readResults, reportOf, resultsVariable, type ConformanceReport } from '@mortise/conformance';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../workspace.ts';

// Node 22.13 runs no TypeScript; on the tarballs there is no source to condition on.
const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
const command = ['dist/cli.js', 'src/cli.ts']
  .map((file) => join(root, 'packages/conformance', file))
  .filter((file) => file.endsWith('.ts') === conditions.length > 0)
  .find((file) => existsSync(file));

async function node(args: readonly string[], cwd: string, results = ''): Promise<string> {
  // Inside a test run of its own, Node would report to its parent.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [...conditions, ...args], {
    cwd,
    env: { ...env, [resultsVariable]: results },
    maxBuffer: 1 << 26,
  });
  return stdout;
}

// A language model, embeddings and a reranker behind a wire, and a store in the process.
test.runIf(process.features.typescript).each([
  ['cohere', 300],
  ['sqlite-vec', 50],
])(
  'the suites of %s pass under node:test, and mortise-conformance gives the same verdicts case by case',
  async (name, least) => {
    const folder = mkdtempSync(join(tmpdir(), 'mortise-verdicts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const suite = ['--test', '--test-reporter=tap', `test/conformance.node.ts`];
    const file = join(folder, 'report.json');
    const asked = [command ?? '', '--package', `@mortise/${name}`, '--quiet', '--json', file];
    const [tap, said] = await Promise.all([
      node(suite, join(root, 'integrations', name), join(folder, 'results')),
      node(asked, join(root, 'tooling')),
    ]);

    expect(tap).toMatch(/^# fail 0$/m);
    const ofTheCommand = JSON.parse(readFileSync(file, 'utf8')) as ConformanceReport;
    expect(ofTheCommand).toEqual(reportOf(readResults(join(folder, 'results'))));
    const passed = ofTheCommand.implementations.flatMap((each) => Object.values(each.passed).flat());
    expect(passed.length).toBeGreaterThan(least);
    expect(said).toContain(`${ofTheCommand.implementations[0]?.name} (`);
  },
  600_000,
);

test.runIf(process.features.typescript)(
  'mortise-conformance takes a module too: rerankers, and several stores at once',
  async () => {
    const entry = conditions.length > 0 ? 'src/conformance/index.ts' : 'dist/conformance/index.js';
    const asked = (folder: string, id: string) =>
      node([command ?? '', join(root, folder, entry), '--quiet', '--case', id], join(root, 'tooling'));
    const [rerankers, stores] = await Promise.all([
      asked('integrations/voyage', 'rank.top-n'),
      asked('packages/stores', 'kv-replace'),
    ]);
    expect(rerankers).toContain('(reranker): 1 passed, 0 failed, 0 skipped');
    expect(stores.match(/\(key-value-store\): 1 passed/g)).toHaveLength(3);
  },
  600_000,
);
