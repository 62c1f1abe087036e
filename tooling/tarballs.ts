/**
 * Proves what is published, not what is in the tree: packs every package, lints the tarballs, then puts them
 * in place of the sources in a copy of the repository and runs the suites once more.
 *
 * `MORTISE_NODE` is the Node that runs the suites, by default the workspace's own.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pagesOf } from './package-docs.ts';
import { copyTree, packAll, run, runBeside, step, stepBeside, tarballOf } from './shell.ts';
import { proveVendor } from './vendor.ts';
import { publishedPackages, root, type Manifest } from './workspace.ts';

const node = process.env['MORTISE_NODE'] ?? process.execPath;
const packages = publishedPackages();
const PAGE = 'examples/chat/page';
const work = mkdtempSync(join(tmpdir(), 'mortise-tarballs-'));
// Tests run programs as a user who owns nothing, and who must reach them.
chmodSync(work, 0o755);
const copy = join(work, 'tree');
const tarballs = join(work, 'tarballs');

try {
  step('build', () => run('turbo', ['run', 'build']));
  step('pack', () => packAll(packages, tarballs));
  await Promise.all([
    stepBeside('publint and attw', lintTarballs),
    (async () => {
      await stepBeside('two copies of core and of the toolkit in one program', proveCopies);
      await stepBeside('a vendor with nothing but the tarballs', () =>
        proveVendor(tarballs, join(work, 'vendor'), node),
      );
      await stepBeside('a copy of the tree, with tarballs in place of sources', unpackOverCopy);
    })(),
  ]);
  await Promise.all([
    stepBeside('what is declared is there, and is what the API reports say', checkShipped),
    (async () => {
      await stepBeside('require() of every export', requireEverything);
      await stepBeside('types, against the published declarations', typecheckCopy);
    })(),
  ]);
  step('suites', runSuites);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function lintTarballs(): Promise<void> {
  for (const file of readdirSync(tarballs)) {
    await runBeside('publint', ['--strict', join(tarballs, file)]);
    await runBeside('attw', ['--profile', 'esm-only', join(tarballs, file)]);
  }
}

/** Errors, events, streams and types of one copy of core and of the toolkit, in the hands of another. */
async function proveCopies(): Promise<void> {
  const program = join(work, 'copies');
  const modules = join(program, 'node_modules');
  const unpack = async (folder: string, name: string): Promise<string> => {
    const pkg = packages.find((one) => one.folder === folder);
    if (pkg === undefined) throw new Error(`There is no ${folder}.`);
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    await runBeside('tar', [
      '-xzf',
      join(tarballs, tarballOf(pkg.manifest)),
      '--strip-components=1',
      '-C',
      target,
    ]);
    return target;
  };
  for (const copyName of ['one', 'two']) {
    const core = await unpack('packages/core', `core-${copyName}`);
    const scope = join(await unpack('packages/toolkit', `toolkit-${copyName}`), 'node_modules/@mortise');
    mkdirSync(scope, { recursive: true });
    symlinkSync(core, join(scope, 'core'));
  }
  cpSync(join(root, 'tooling/copies'), program, { recursive: true });
  const options = { module: 'nodenext', target: 'ES2024', lib: ['ES2024'], types: ['node'], strict: true };
  const typeRoots = [join(root, 'node_modules/@types')];
  const compilerOptions = {
    ...options,
    typeRoots,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    outDir: 'built',
  };
  writeFileSync(join(program, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  await runBeside('tsc', ['--project', program]);
  console.log(await runBeside(node, [join(program, 'built/main.js')]));
}

async function unpackOverCopy(): Promise<void> {
  copyTree(copy);
  // Everything is in pnpm's store already: the tree that is being copied was installed from the same lock file.
  await runBeside('pnpm', ['install', '--frozen-lockfile', '--offline'], { cwd: copy });

  for (const { folder, manifest } of packages) {
    const target = join(copy, folder);
    rmSync(join(target, 'src'), { recursive: true });
    const tarball = tarballOf(manifest);
    await runBeside('tar', ['-xzf', join(tarballs, tarball), '--strip-components=1', '-C', target]);
    const published = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest;
    if (JSON.stringify(published.exports).includes('mortise-source')) {
      throw new Error(`${tarball} still has the source condition: see publishConfig.exports in ${folder}`);
    }
    // The tree that was copied has none of them: they are not in git.
    const missing = Object.values(pagesOf(manifest.name)).filter((page) => !existsSync(join(target, page)));
    if (missing.length > 0)
      throw new Error(`${tarball} lacks ${missing.join(', ')}: see "files" in ${folder}`);
  }
}

/** With the workspace's own Node, since the check is TypeScript. */
async function checkShipped(): Promise<void> {
  await runBeside(process.execPath, [join(copy, 'tooling/shipped.ts')], { cwd: copy });
}

/** CommonJS consumers reach ESM through require(), which a top-level await anywhere would break. */
async function requireEverything(): Promise<void> {
  const specifiers = packages.map(({ folder, manifest }) => [
    join(copy, folder, 'package.json'),
    Object.keys(manifest.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1)),
  ]);
  const program = `
    const { createRequire } = require('node:module');
    for (const [from, specifiers] of JSON.parse(process.argv[1])) specifiers.forEach(createRequire(from));
  `;
  await runBeside(node, ['--no-warnings', '--eval', program, JSON.stringify(specifiers)]);
}

async function typecheckCopy(): Promise<void> {
  const check = async (name: string, tsconfig: object): Promise<void> => {
    writeFileSync(join(copy, name), JSON.stringify(tsconfig));
    await runBeside('tsc', ['--noEmit', '--project', name], { cwd: copy });
  };
  await check('tsconfig.consumer.json', {
    extends: './tsconfig.base.json',
    compilerOptions: { customConditions: [] },
    include: ['packages/*/test', 'integrations/*/test', 'compat', 'examples'],
    exclude: ['**/node_modules', '**/dist', PAGE],
  });
  // A page has a configuration of its own, as browsers have other globals.
  await runBeside('tsc', ['--noEmit', '--project', PAGE], { cwd: copy });
  // Core's and the toolkit's declarations stand on the web platform alone, so they are checked whole and without Node's types.
  await check('tsconfig.declarations.json', {
    extends: './tsconfig.base.json',
    compilerOptions: { lib: ['ES2024', 'WebWorker'], types: [], skipLibCheck: false },
    include: ['packages/core/dist/**/*.d.ts', 'packages/toolkit/dist/**/*.d.ts'],
  });
}

function runSuites(): void {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  run(node, [vitest, 'run'], { cwd: copy, env: { ...process.env, MORTISE_TARBALLS: '1' } });
}
