import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
const program = fileURLToPath(new URL('program.node.ts', import.meta.url));

async function run(manner: string, ...flags: readonly string[]): Promise<string> {
  const args = ['--disable-warning=ExperimentalWarning', ...conditions, ...flags, program, manner];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return stdout;
}

// Node 22.13 runs no TypeScript.
const withTypes = it.runIf(process.features.typescript);

withTypes.each(['whole', 'left', 'aborted'])(
  'a process that has read a file ends by itself: %s',
  async (manner) => {
    expect(await run(manner)).toBe(`${manner}: one\n`);
  },
);

withTypes('says so where no thread can be started', async () => {
  const said = await run('whole', '--permission', '--allow-fs-read=*');
  expect(said).toMatch(/^configuration: The thread that reads PDF files could not be started: /);
});
