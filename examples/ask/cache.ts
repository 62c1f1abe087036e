import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the index of a set of documents is kept between runs: among the user's caches, never in their own folder. Within
 * it, the index keeps models and settings apart by itself.
 */
export function indexFolder(documents: string): string {
  const key = createHash('sha256').update(documents).digest('hex').slice(0, 16);
  return join(cacheHome(), 'mortise-ask', key);
}

/** By the XDG base directory specification, and by custom where it does not hold. */
function cacheHome(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA;
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
