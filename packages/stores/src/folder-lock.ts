import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { throwIfAborted } from '@mortise/core/call';
import type { StoreLock } from '@mortise/core/store';
import { storeError, systemCode } from './errors.ts';

/** What this process holds: its own number in a lock that is not here was left by an earlier process of that number. */
const held = new Set<string>();

/** A file with the holder's process number; that of a process that is no more is taken over. */
export async function lockFolder(directory: string, signal: AbortSignal | undefined): Promise<StoreLock> {
  throwIfAborted(signal);
  const path = join(directory, 'lock');
  if (held.has(path)) throw lockedBy(directory);
  held.add(path);
  try {
    await mkdir(directory, { recursive: true });
    while (!(await created(path))) await takeOver(path, directory);
  } catch (error) {
    held.delete(path);
    throw storeError(`in ${directory}`, 'locked', error);
  }
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      await rm(path, { force: true });
      held.delete(path);
    },
  };
}

/** Linked into place, since a file that was created and not yet written to names nobody. */
async function created(path: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function takeOver(path: string, directory: string): Promise<void> {
  const holder = await holderOf(path);
  if (holder === undefined) return;
  if (isAlive(holder)) throw lockedBy(directory);
  // Another process may take it over at the same moment, and its own lock must not be taken from it.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await holderOf(aside)) !== holder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function holderOf(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid || !Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, and another user's.
    return systemCode(error) === 'EPERM';
  }
}

export function lockedBy(place: string): MortiseError {
  const message = `The store ${place} is being written by another run. Wait for it to end, or take a store of your own.`;
  return new MortiseError('conflict', message);
}
