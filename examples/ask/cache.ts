import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * Where the index of a folder is kept between runs: among the user's caches, never in the folder itself. One index for
 * each folder and embedding model, since vectors of two models cannot be compared.
 */
export function indexFolder(docs: string, embedding: string): string {
  const key = createHash('sha256').update(`${docs}\n${embedding}`).digest('hex').slice(0, 16);
  return join(cacheHome(), 'mortise-ask', `${basename(docs)}-${key}`);
}

/** By the XDG base directory specification, and by custom where it does not hold. */
function cacheHome(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA;
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
