import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { json, startWire } from '@mortise/conformance';

const TEXTS = 300;
const BATCH = 10;
const CONCURRENCY = 4;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mortise-killed-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the provider says of a text. */
const rowOf = (text: string) =>
  Array.from({ length: 200 }, (_, at) => Math.fround(Number(text.slice(5)) / (at + 1)));

/** One run of the program, killed with SIGKILL once so many requests have arrived. */
async function run(
  kind: string,
  killAt = Infinity,
): Promise<{ asked: string[]; output: string; signal: unknown }> {
  const asked: string[] = [];
  let kill = (): void => undefined;
  await using wire = await startWire(async (request, reply, n) => {
    const texts = request.body as string[];
    asked.push(...texts);
    if (n + 1 === killAt) kill();
    await new Promise((resolve) => setTimeout(resolve, 5));
    json(reply, texts.map(rowOf));
  });
  const program = join(import.meta.dirname, 'embed.mjs');
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  const args = [kind, folder, wire.url, TEXTS, BATCH, CONCURRENCY].map(String);
  const child = spawn(process.execPath, [...conditions, program, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  kill = () => void child.kill('SIGKILL');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  const [, signal] = (await once(child, 'close')) as [unknown, unknown];
  return { asked, output, signal };
}

it.each(['files', 'sqlite'].flatMap((kind) => [8, 15, 22].map((killAt) => [kind, killAt] as const)))(
  'S-03: a run on %s that was killed at request %i asks again for at most as many batches as were under way',
  async (kind, killAt) => {
    const killed = await run(kind, killAt);
    expect(killed.signal).toBe('SIGKILL');
    const second = await run(kind);
    const { cached, embeddings } = JSON.parse(second.output) as { cached: number; embeddings: number[][] };
    expect(embeddings).toEqual(Array.from({ length: TEXTS }, (_, n) => rowOf(`text-${n}`)));
    const before = new Set(killed.asked);
    const again = second.asked.filter((text) => before.has(text));
    expect(again.length).toBeLessThanOrEqual(CONCURRENCY * BATCH);
    // All others came from the disk.
    expect(cached).toBe(before.size - again.length);
    expect(new Set([...killed.asked, ...second.asked]).size).toBe(TEXTS);
  },
  600_000,
);
