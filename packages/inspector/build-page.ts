import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['page', 'src', 'vite.config.ts', 'package.json'];

/** Builds the page where it is missing or older than what it is made of: for tests and examples, which run from source. */
export async function buildPage(folder = import.meta.dirname): Promise<void> {
  const built = join(folder, 'dist/page/index.html');
  const sources = SOURCES.map((name) => join(folder, name));
  // What is published has its page, and no sources.
  if (!existsSync(join(folder, 'src'))) return;
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources.map(newestIn))) return;
  const { build } = await import('vite');
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'error' });
}

function newestIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
