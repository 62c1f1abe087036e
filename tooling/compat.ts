/** Freezes what stands in `compat`: writes the hash of every file that has none yet. Those that have one stay. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.ts';

type Hashes = Record<string, string>;

export function frozenFolders(base = root): string[] {
  return readdirSync(join(base, 'compat')).map((version) => `compat/${version}`);
}

/** The sources and tests below a folder, by their path in it. */
export function hashesOf(folder: string, base = root): Hashes {
  const files = ['src', 'test'].flatMap((part) =>
    readdirSync(join(base, folder, part)).map((name) => `${part}/${name}`),
  );
  return Object.fromEntries(
    files.sort().map((file) => [file, hashOf(readFileSync(join(base, folder, file)))]),
  );
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function readFrozen(folder: string, base = root): Hashes {
  const path = join(base, folder, 'frozen.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Hashes) : {};
}

/** What was changed since it was frozen. */
export function thawed(folder: string, frozen: Hashes, current: Hashes): string[] {
  const names = [...new Set([...Object.keys(frozen), ...Object.keys(current)])].sort();
  return names
    .filter((name) => frozen[name] !== current[name])
    .map(
      (name) =>
        `${folder}/${name}: was frozen for good: take the change back, and mend what made it necessary. New files: \`node tooling/compat.ts\``,
    );
}

/** The suites that no frozen integration is held to, by the names of their functions; `tests` are texts. */
export function withoutIntegration(suites: readonly string[], tests: readonly string[]): string[] {
  return suites
    .filter((suite) => !tests.some((text) => text.includes(`${suite}(`)))
    .map(
      (suite) =>
        `compat: nothing is held to ${suite}: write a small integration and its test, src/NAME.ts and test/NAME.test.ts, and freeze them with \`node tooling/compat.ts\``,
    );
}

if (import.meta.main) {
  for (const folder of frozenFolders()) {
    const frozen = { ...hashesOf(folder), ...readFrozen(folder) };
    writeFileSync(join(root, folder, 'frozen.json'), `${JSON.stringify(frozen, undefined, 2)}\n`);
  }
}
