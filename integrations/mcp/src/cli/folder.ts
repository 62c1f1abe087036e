import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorText, MortiseError, type Retriever } from '@mortise/core';
import { raceAbort } from '@mortise/core/call';
import { lazySdk } from '@mortise/core/wire';
import { mcpError } from '../client.ts';

const loadRag = lazySdk('mcp', '@mortise/rag', () => import('@mortise/rag'));
const loadLocal = lazySdk('mcp', '@mortise/energetic-ai', () => import('@mortise/energetic-ai'));

/** Milliseconds that a search waits for an index that is still being read: less than assistants wait for a tool. */
const PATIENCE_MS = 20_000;

/**
 * Finds passages in the files of a folder, by words and by the local embedding. The folder is read once this returns: an assistant asks
 * what tools there are within seconds of starting the program, and a large folder takes minutes the first time.
 */
export async function folderRetriever(folder: string, say: (line: string) => void): Promise<Retriever> {
  const path = folderAt(folder);
  const [{ DirectoryReader, openIndex }, { EnergeticAIEmbedding }] = await Promise.all([
    loadRag(),
    loadLocal(),
  ]);
  const directory = join(
    cacheHome(),
    'mortise-mcp',
    createHash('sha256').update(path).digest('hex').slice(0, 16),
  );
  const onWarning = ({ message }: { message: string }): void => say(`warning: ${message}`);
  let state = 'They are being read';
  const ready = (async (): Promise<Retriever> => {
    const index = await openIndex({ embedding: new EnergeticAIEmbedding() }, { directory, onWarning });
    const { failed } = await index.update(new DirectoryReader({ directory: path }), {
      onProgress: ({ phase, done, total }) => {
        state = `They are being read (${phase}: ${done} of ${total ?? 'many'})`;
      },
    });
    for (const { error } of failed) say(`skipped: ${error.message}`);
    if (index.size === 0)
      throw mcpError(
        'configuration',
        `The folder ${folder} holds no document that can be read. Check --docs.`,
      );
    say(`${index.size} documents, ${index.nodeCount} passages`);
    return index.retriever();
  })();
  ready.catch((error: unknown) => say(`The documents cannot be read: ${errorText(error)}`));
  return {
    async retrieve(query, options = {}) {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const retriever = await raceAbort(ready, patience).catch((error: unknown) => {
        if (error !== patience.reason) throw error;
        throw new MortiseError(
          'overloaded',
          `The documents cannot be searched yet. ${state}; ask again in a minute.`,
        );
      });
      return retriever.retrieve(query, options);
    },
  };
}

function folderAt(folder: string): string {
  try {
    const path = realpathSync(folder);
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw mcpError(
      'configuration',
      `The folder ${folder} cannot be opened: ${errorText(cause)}. Check --docs.`,
      cause,
    );
  }
  throw mcpError('configuration', `${folder} is no folder. Check --docs.`);
}

/** By the XDG base directory specification, and by custom where it does not hold. */
function cacheHome(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '') return XDG_CACHE_HOME;
  if (process.platform === 'win32' && LOCALAPPDATA !== undefined) return LOCALAPPDATA;
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
