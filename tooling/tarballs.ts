/**
 * Proves what is published, not what is in the tree: packs every package, lints the tarballs, then puts them
 * in place of the sources in a copy of the repository and runs the suites once more.
 *
 * `MORTISE_NODE` is the Node that runs the suites, by default the workspace's own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { publishedPackages, root, type Manifest } from './workspace.ts';

const node = process.env['MORTISE_NODE'] ?? process.execPath;
const packages = publishedPackages();
const work = mkdtempSync(join(tmpdir(), 'mortise-tarballs-'));
const copy = join(work, 'tree');
const tarballs = join(work, 'tarballs');

try {
  step('build', () => run('turbo', ['run', 'build']));
  step('pack', pack);
  step('publint and attw', lintTarballs);
  step('a copy of the tree, with tarballs in place of sources', unpackOverCopy);
  step('require() of every export', requireEverything);
  step('types, against the published declarations', typecheckCopy);
  step('suites', runSuites);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function pack(): void {
  const filters = packages.flatMap(({ folder }) => ['--filter', `./${folder}`]);
  run('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', tarballs], { quiet: true });
}

function lintTarballs(): void {
  for (const file of readdirSync(tarballs)) {
    run('publint', ['--strict', join(tarballs, file)], { quiet: true });
    run('attw', ['--profile', 'esm-only', join(tarballs, file)], { quiet: true });
  }
}

function unpackOverCopy(): void {
  // What git would commit, so that uncommitted work is proved too and builds are not carried over.
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of listed.toString().split('\0')) {
    // A file that was deleted and not yet committed is still listed.
    if (file === '' || file.startsWith('bench/') || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  // Everything is in pnpm's store already: the tree that is being copied was installed from the same lock file.
  run('pnpm', ['install', '--frozen-lockfile', '--offline'], { cwd: copy, quiet: true });

  for (const { folder, manifest } of packages) {
    const target = join(copy, folder);
    rmSync(join(target, 'src'), { recursive: true });
    const tarball = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    run('tar', ['-xzf', join(tarballs, tarball), '--strip-components=1', '-C', target]);
    const published = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest;
    if (JSON.stringify(published.exports).includes('mortise-source')) {
      throw new Error(`${tarball} still has the source condition: see publishConfig.exports in ${folder}`);
    }
  }
}

/** CommonJS consumers reach ESM through require(), which a top-level await anywhere would break. */
function requireEverything(): void {
  const specifiers = packages.map(({ folder, manifest }) => [
    join(copy, folder, 'package.json'),
    Object.keys(manifest.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1)),
  ]);
  const program = `
    const { createRequire } = require('node:module');
    for (const [from, specifiers] of JSON.parse(process.argv[1])) specifiers.forEach(createRequire(from));
  `;
  run(node, ['--no-warnings', '--eval', program, JSON.stringify(specifiers)]);
}

function typecheckCopy(): void {
  const check = (name: string, tsconfig: object) => {
    writeFileSync(join(copy, name), JSON.stringify(tsconfig));
    run('tsc', ['--noEmit', '--project', name], { cwd: copy });
  };
  check('tsconfig.consumer.json', {
    extends: './tsconfig.base.json',
    compilerOptions: { customConditions: [] },
    include: ['packages/*/test', 'integrations/*/test', 'examples'],
  });
  // Core's declarations stand on the web platform alone, so they are checked whole and without Node's types.
  check('tsconfig.declarations.json', {
    extends: './tsconfig.base.json',
    compilerOptions: { lib: ['ES2024', 'WebWorker'], types: [], skipLibCheck: false },
    include: ['packages/core/dist/**/*.d.ts'],
  });
}

function runSuites(): void {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  run(node, [vitest, 'run'], { cwd: copy, env: { ...process.env, MORTISE_TARBALLS: '1' } });
}

function step(name: string, action: () => void): void {
  const start = performance.now();
  console.log(`\ntarballs: ${name}`);
  action();
  console.log(`tarballs: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Runs a command to its end; with `quiet`, its output is shown only if it fails. */
function run(
  command: string,
  args: string[],
  {
    cwd = root,
    env = process.env,
    quiet = false,
  }: { cwd?: string; env?: NodeJS.ProcessEnv; quiet?: boolean } = {},
): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0) {
    if (quiet) process.stderr.write(stdout + stderr);
    throw new Error(`${basename(command)} exited with ${status}`);
  }
}
