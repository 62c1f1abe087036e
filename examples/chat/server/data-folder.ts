import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of everything that is kept, which only its owner can read. */
export async function openDataFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

const KEY_BYTES = 32;

/** The secret that approvals are signed with: made once, so that what was asked before a restart can be answered after it. */
export async function approvalKey(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'approval.key');
  try {
    const file = await open(path, 'wx', 0o600);
    const key = randomBytes(KEY_BYTES);
    await file.writeFile(key);
    await file.close();
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = await readFile(path);
  if (key.length !== KEY_BYTES)
    throw new Error(
      `${path} holds ${key.length} bytes, not a key of ${KEY_BYTES}. Remove it: open questions are asked again.`,
    );
  await chmod(path, 0o600);
  return key;
}
