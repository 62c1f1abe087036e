import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyModels } from './tiny-model.ts';

const models = tinyModels();
afterAll(() => models[Symbol.dispose]());

const run = promisify(execFile);

/** A process of its own: which runtime there is holds for the whole of it. */
async function embed(...given: readonly string[]): Promise<Record<string, unknown>> {
  const program = join(import.meta.dirname, 'embed-once.ts');
  const { stdout, stderr } = await run(process.execPath, [
    '--conditions=mortise-source',
    program,
    models.embedding,
    ...given,
  ]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('the runtime in WebAssembly', () => {
  it('gives what the native one does, and ends with the process', async () => {
    const native = await embed('cpu');
    expect(native).toMatchObject({ runtime: 'node', asked: [] });
    const { vectors, ...wasm } = await embed('wasm');
    expect(wasm).toEqual({ ...native, vectors: undefined, runtime: 'web' });
    for (const [row, vector] of (vectors as number[][]).entries())
      for (const [at, x] of vector.entries())
        expect(x).toBeCloseTo((native['vectors'] as number[][])[row]![at]!, 5);
  }, 600_000);

  it('is taken where there is no native one', async () => {
    expect(await embed('', 'without-native')).toMatchObject({ runtime: 'web', asked: [] });
  }, 600_000);
});
