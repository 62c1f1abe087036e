import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace.ts';
import type { Api } from './declarations.ts';

const FILE = '// ---- ';
const ENTRY = '// entry ';

/** One text for one package, which a reviewer can read and the compiler too, once it is cut at its headings. */
export function reportOf({ name, version, entries, files }: Api, released: boolean): string {
  return [
    released
      ? `// The API of ${name} ${version}, as it was released. Written by \`pnpm run version\`.`
      : `// The API of ${name}. Written by \`pnpm api\`.`,
    ...[...entries].map(([subpath, file]) => `${ENTRY}${subpath} ${file}`),
    ...[...files].flatMap(([path, text]) => ['', `${FILE}${path}`, text]),
    '',
  ].join('\n');
}

/** A report as it was written, read back. */
export function apiOfReport(text: string): Api {
  const [, name = '', version = ''] = /^\/\/ The API of (\S+?)(?: (\d\S*))?[,.] /.exec(text) ?? [];
  const entries = new Map<string, string>();
  const files = new Map<string, string>();
  let path: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(ENTRY)) {
      const [subpath = '', file = ''] = line.slice(ENTRY.length).split(' ');
      entries.set(subpath, file);
    } else if (line.startsWith(FILE)) {
      path = line.slice(FILE.length);
      files.set(path, '');
    } else if (path !== undefined) files.set(path, `${files.get(path) ?? ''}${line}\n`);
  }
  for (const [file, lines] of files) files.set(file, lines.trimEnd());
  return { name, version, entries, files };
}

/** Where a package's report stands: as it is now, or as it was released last. */
export function reportPath(name: string, released: boolean): string {
  const short = name.replace('@mortise/', '');
  return released ? `api/released/${short}.d.ts` : `api/${short}.d.ts`;
}

export function readReport(name: string, released: boolean): string | undefined {
  const path = join(root, reportPath(name, released));
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
