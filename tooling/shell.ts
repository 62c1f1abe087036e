import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shipDocs } from './package-docs.ts';
import { root, type Manifest, type Package } from './workspace.ts';

/** What `pnpm pack` calls the tarball of a package. */
export const tarballOf = ({ name, version }: Pick<Manifest, 'name' | 'version'>): string =>
  `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

/** Packs what was built, with the guides and skills that each package ships. */
export function packAll(packages: readonly Package[], destination: string, cwd = root): void {
  shipDocs(packages, cwd);
  const filters = packages.flatMap(({ folder }) => ['--filter', `./${folder}`]);
  run('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', destination], { cwd, quiet: true });
}

/** What git would commit, so that uncommitted work is proved too and builds are not carried over. */
export function copyTree(copy: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of listed.toString().split('\0')) {
    // A file that was deleted and not yet committed is still listed.
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
}

/** Runs one part of a check, and says how long it took. */
export function step(name: string, action: () => void): void {
  const start = performance.now();
  console.log(`\n${name}`);
  action();
  console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Runs a command to its end; with `quiet`, its output is shown only if it fails. */
export function run(
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

/** As `run`, but others may run meanwhile; its output is shown only if it fails. */
export async function runBeside(
  command: string,
  args: readonly string[],
  { cwd = root, env = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const text = Buffer.concat(output).toString();
  if (status === 0) return text;
  process.stderr.write(text);
  throw new Error(`${basename(command)} exited with ${status}`);
}

/** A part of a check that runs beside others, and how long it took. */
export async function stepBeside(name: string, action: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await action();
  console.log(`\n${name}\n${((performance.now() - start) / 1000).toFixed(1)} s, beside others`);
}
