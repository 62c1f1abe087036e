import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// Node 22.13 runs no TypeScript; on the tarballs there is no source to condition on.
const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];

// One integration for each suite of the kit: that a suite passes under a second runner is shown once.
it.runIf(process.features.typescript)(
  'the suite passes under node:test as it does here',
  async () => {
    const file = fileURLToPath(new URL('conformance.node.ts', import.meta.url));
    const args = [...conditions, '--test', '--test-reporter=tap', file];
    // Inside a test run of its own, Node would report to its parent.
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 26 });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(10);
  },
  600_000,
);
