import { MortiseError } from '@mortise/core';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** The built page by its paths, such as `/index.html`. In memory: no path of a request meets the file system. */
export type PageFiles = ReadonlyMap<string, PageFile>;

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function readPage(): Promise<PageFiles> {
  // Beside the sources and beside what is built of them alike.
  const folder = join(import.meta.dirname, '../dist/page');
  const files = new Map<string, PageFile>();
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(folder.length).replaceAll(sep, '/');
      // Vite writes a hash of the content into the names of assets.
      const age = name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      const bytes = Uint8Array.from(await readFile(path));
      files.set(name, { bytes, headers: { 'content-type': type, 'cache-control': age } });
    }
  } catch (cause) {
    const message = `The inspector's page is not there: ${folder}. Install @mortise/inspector anew; in its repository, build it.`;
    throw new MortiseError('missing-dependency', message, { cause });
  }
  return files;
}
