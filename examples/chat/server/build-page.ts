import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '..');
const SOURCES = ['page', 'contract.ts', 'vite.config.ts', 'package.json'];

/** The folder of the built page, which is built where it is missing or older than what it is made of. */
export async function builtPage(onBuild: () => void): Promise<string> {
  const folder = join(FOLDER, 'dist');
  const built = join(folder, 'index.html');
  const newest = Math.max(...SOURCES.map((name) => newestIn(join(FOLDER, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return folder;
  onBuild();
  const { build } = await import('vite');
  await build({ root: join(FOLDER, 'page'), configFile: join(FOLDER, 'vite.config.ts'), logLevel: 'warn' });
  return folder;
}

function newestIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
