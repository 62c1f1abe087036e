import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const reports = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Red once upstream mends it: then the report goes, or the version in it. */
test.each(reports)('%s still goes wrong as its report says', async (name) => {
  const folder = join(import.meta.dirname, name);
  const report = readFileSync(join(folder, 'README.md'), 'utf8');
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.ts')]);
  const said = (what: string): string | undefined => new RegExp(`^${what}: (.+)$`, 'm').exec(stdout)?.[1];
  expect([said('got'), said('expected')], stdout).toEqual([expect.any(String), expect.any(String)]);
  expect(said('got')).not.toBe(said('expected'));
  expect(report).toContain(`\`\`\`text\n${stdout.trimEnd()}\n\`\`\``);
});

test.each(reports)('%s names the versions that are installed', (name) => {
  const report = readFileSync(join(import.meta.dirname, name, 'README.md'), 'utf8');
  const [, versions = ''] = /^\*\*Versions\.\*\* (.*);/m.exec(report) ?? [];
  const named = [...versions.matchAll(/`(@[^`]+)` (\d[\d.]*)/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, module, version] of named) {
    const file = join(import.meta.dirname, '../node_modules', module ?? '', 'package.json');
    expect((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version, module).toBe(version);
  }
});
