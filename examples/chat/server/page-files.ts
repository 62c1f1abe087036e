import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** The built page by its paths, such as `/index.html`. In memory, so that no path of a request meets the file system. */
export type PageFiles = ReadonlyMap<
  string,
  { readonly bytes: Uint8Array<ArrayBuffer>; readonly headers: Record<string, string> }
>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function readPage(folder: string): Promise<PageFiles> {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; headers: Record<string, string> }>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length).replaceAll(sep, '/');
    // Vite writes a hash of the content into the names of assets.
    const age = name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    const bytes = Uint8Array.from(await readFile(path));
    files.set(name, { bytes, headers: { 'content-type': type, 'cache-control': age } });
  }
  return files;
}
