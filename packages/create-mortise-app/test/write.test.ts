import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFolder } from 'create-mortise-app';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_FLAGS } from './generated.ts';

let work = '';
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'create-app-')));
});
afterEach(() => {
  chmodSync(work, 0o755);
  rmSync(work, { recursive: true, force: true });
});

const files = new Map([
  ['src/main.ts', 'main'],
  ['package.json', '{}'],
]);

it('writes a folder, and those above it', () => {
  writeFolder(join(work, 'a/b/my app'), files);
  expect(readFileSync(join(work, 'a/b/my app/src/main.ts'), 'utf8')).toBe('main');
  expect(readdirSync(join(work, 'a/b'))).toEqual(['my app']);
  // As any folder that its owner makes, and not as one of temporary files.
  mkdirSync(join(work, 'usual'));
  expect(statSync(join(work, 'a/b/my app')).mode).toBe(statSync(join(work, 'usual')).mode);
});

it('takes an empty folder, and one with a repository that has no files yet', () => {
  mkdirSync(join(work, 'app/.git'), { recursive: true });
  writeFolder(join(work, 'app'), files);
  expect(readdirSync(join(work, 'app')).toSorted()).toEqual(['.git', 'package.json', 'src']);
});

describe('refuses, and writes nothing:', () => {
  it('a folder that holds something', () => {
    mkdirSync(join(work, 'app'));
    writeFileSync(join(work, 'app/mine.txt'), 'mine');
    expect(() => writeFolder(join(work, 'app'), files)).toThrow('is not empty (mine.txt)');
    expect(() => writeFolder(join(work, 'app', '..'), files)).toThrow('is not empty (app)');
    expect(readdirSync(join(work, 'app'))).toEqual(['mine.txt']);
  });

  it('a file, and a folder below one', () => {
    writeFileSync(join(work, 'app'), 'mine');
    expect(() => writeFolder(join(work, 'app'), files)).toThrow('is a file');
    expect(() => writeFolder(join(work, 'app/x/y'), files)).toThrow('Nothing was written');
    expect(readFileSync(join(work, 'app'), 'utf8')).toBe('mine');
  });

  it('a link that leads nowhere', () => {
    symlinkSync(join(work, 'nowhere'), join(work, 'app'));
    expect(() => writeFolder(join(work, 'app'), files)).toThrow('Nothing was written');
    expect(readdirSync(work)).toEqual(['app']);
  });

  it('a name that is too long for the disk', () => {
    expect(() => writeFolder(join(work, 'a/'.repeat(3), 'x'.repeat(300)), files)).toThrow('ENAMETOOLONG');
    expect(readdirSync(work)).toEqual([]);
  });

  it('a folder that was made meanwhile', () => {
    const folder = join(work, 'app');
    function* meanwhile() {
      yield* files;
      mkdirSync(folder);
      writeFileSync(join(folder, 'theirs.txt'), 'theirs');
    }
    expect(() => writeFolder(folder, meanwhile())).toThrow('Nothing was written');
    expect(readdirSync(work)).toEqual(['app']);
    expect(readdirSync(folder)).toEqual(['theirs.txt']);
  });

  it('a file that appeared meanwhile in the empty folder, taking back what was moved', () => {
    const folder = join(work, 'app');
    mkdirSync(folder);
    function* meanwhile() {
      yield* files;
      writeFileSync(join(folder, 'package.json'), 'theirs');
    }
    expect(() => writeFolder(folder, meanwhile())).toThrow('appeared meanwhile');
    expect(readdirSync(folder)).toEqual(['package.json']);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('theirs');
  });
});

it('leaves nothing of what failed in the middle, nor the folders above', () => {
  function* failing() {
    yield ['a.txt', 'a'] as const;
    throw new Error('in the middle');
  }
  expect(() => writeFolder(join(work, 'a/b/app'), failing())).toThrow('in the middle');
  expect(readdirSync(work)).toEqual([]);
});

const library = import.meta.resolve('create-mortise-app');

/** A program that writes while something happens. */
const program = (during: string): string => `
  import { writeFolder } from ${JSON.stringify(library)};
  function* files() {
    yield ['src/main.ts', 'main'];
    yield ['package.json', '{}'];
    ${during}
    yield ['README.md', 'text'];
  }
  writeFolder(process.argv[1], files());
`;

it('is not there when it was killed in the middle', async () => {
  const folder = join(work, 'app');
  const script = program("process.kill(process.pid, 'SIGKILL');");
  const child = spawn(process.execPath, [...NODE_FLAGS, '--input-type=module', '--eval', script, folder]);
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  // What is left beside is hidden, and the next attempt does not mind it.
  expect(readdirSync(work).every((name) => name.startsWith('.create-mortise-app-'))).toBe(true);
  writeFolder(folder, files);
  expect(readdirSync(folder).toSorted()).toEqual(['package.json', 'src']);
});

it('says that it may not write there', () => {
  chmodSync(work, 0o555);
  // The superuser may write anywhere.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const script = program('');
  const { status, stderr } = spawnSync(
    process.execPath,
    [...NODE_FLAGS, '--input-type=module', '--eval', script, join(work, 'app')],
    { ...user, encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/Nothing was written.*EACCES/);
  expect(readdirSync(work)).toEqual([]);
});
