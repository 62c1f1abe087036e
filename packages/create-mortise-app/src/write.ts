import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

/** Names that may be in the folder before: a repository is often made first. */
const MAY_BE_THERE: ReadonlySet<string> = new Set(['.git', '.DS_Store']);

/**
 * Writes `files` into `folder`, an absolute path that is not there or is empty. All are written elsewhere first and moved
 * then, package.json last, so that what looks whole is whole: also after Ctrl+C, a full disk or a kill. Throws a
 * `TypeError` with one sentence where it cannot; nothing is left then.
 */
export function writeFolder(folder: string, files: Iterable<readonly [path: string, text: string]>): void {
  const isThere = existsSync(folder);
  if (isThere) refuseUsed(folder);
  let made: string | undefined;
  let stage: string | undefined;
  try {
    if (!isThere) made = mkdirSync(dirname(folder), { recursive: true });
    // On the same disk as the folder, so that a rename is one step.
    const beside = join(
      isThere ? folder : dirname(folder),
      `.create-mortise-app-${randomBytes(6).toString('hex')}`,
    );
    mkdirSync(beside);
    stage = beside;
    for (const [path, text] of files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      writeFileSync(join(stage, path), text, { flag: 'wx' });
    }
    if (isThere) moveInto(folder, stage);
    // Fails where the folder was made meanwhile and holds something.
    else renameSync(stage, folder);
  } catch (error) {
    if (stage !== undefined) rmSync(stage, { recursive: true, force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    if (!isFileSystemError(error)) throw error;
    throw new TypeError(
      `Nothing was written, since ${folder} cannot be made (${error.code}). Take another place.`,
      {
        cause: error,
      },
    );
  }
}

function refuseUsed(folder: string): void {
  if (!statSync(folder).isDirectory()) throw new TypeError(`${folder} is a file. Take another name.`);
  const there = readdirSync(folder).filter((name) => !MAY_BE_THERE.has(name));
  if (there.length > 0)
    throw new TypeError(
      `${folder} is not empty (${there.slice(0, 3).join(', ')}), and nothing was written. Take another name, or another place.`,
    );
}

function moveInto(folder: string, stage: string): void {
  const names = readdirSync(stage).toSorted(
    (a, b) => Number(a === 'package.json') - Number(b === 'package.json'),
  );
  const moved: string[] = [];
  try {
    for (const name of names) {
      // A rename would replace what somebody put there meanwhile.
      if (existsSync(join(folder, name))) throw new TypeError(`${join(folder, name)} appeared meanwhile.`);
      renameSync(join(stage, name), join(folder, name));
      moved.push(name);
    }
    rmSync(stage, { recursive: true });
  } catch (error) {
    for (const name of moved) rmSync(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}

function isFileSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}
