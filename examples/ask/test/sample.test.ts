import { expect, test, vi } from 'vitest';
import { Sandbox } from './run.ts';

// The whole documentation is embedded; the suites of other packages run beside it.
vi.setConfig({ testTimeout: 600_000 });

test('an answer is given without any option, to a sample question over the documentation of this repository', async () => {
  using box = new Sandbox();
  const { code, stdout, stderr } = await box.run([]);
  expect(stderr).toContain('A sample question: What must an integration implement?');
  expect(stdout).toMatch(/implement .* \[1\]/);
  expect(stdout).toMatch(/Sources\n {2}\[1\] \S+\.md — /);
  expect(code).toBe(0);
});
