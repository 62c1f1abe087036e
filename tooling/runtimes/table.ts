import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Manifest } from '../workspace.ts';
import type { Runtime } from './runtimes.ts';

/** The page that has the table, and the marks around it. */
export const runtimesPage = 'docs/runtimes.md';
const TABLE = /<!-- runtimes -->[^]*?<!-- \/runtimes -->/;

/**
 * `text` with the rows of those of `runtimes` that `passed` names: what was pinned, how it is tried, what is left out. Other
 * rows stay as they are. No counts: they change with every case.
 */
export function embedRuntimes(text: string, runtimes: readonly Runtime[], passed: readonly string[]): string {
  const known = text.split('\n');
  const rows = runtimes.flatMap(({ name, version, servers, leftOut }) => {
    if (!passed.includes(name)) return known.find((line) => line.startsWith(`| ${name} `)) ?? [];
    const left = Object.entries(leftOut).map(([id, reason]) => `\`${id}\`: ${reason}`);
    return `| ${name} | ${version} | ${servers} | ${left.join('; ')} |`;
  });
  const head = [
    '| runtime | version | servers of the wire lab | left out, and why |',
    '| --- | --- | --- | --- |',
  ];
  return text.replace(
    TABLE,
    () => `<!-- runtimes -->\n\n${[...head, ...rows].join('\n')}\n\n<!-- /runtimes -->`,
  );
}

/** The exact version of a package that the folder of the runtimes pins. */
export function pinned(name: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'runtimes/package.json'), 'utf8')) as Manifest;
  return manifest.devDependencies?.[name]?.replace(/^npm:.*@/, '') ?? 'unknown';
}
