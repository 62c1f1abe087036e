/**
 * `node tooling/canary.ts NAME@VERSION...`: installs what was published in empty folders, with npm, pnpm and yarn side by side, as a
 * stranger would: every package is imported, its types are read, and a program talks to a model without a network. Core and the
 * integration of OpenAI, which that program needs, are taken as this tree has them where no version is said.
 *
 * A registry shows a version some time after it took it, so the canary waits, for ten minutes at most. Where the registry signs, npm
 * checks the signatures and the provenance of everything that was installed.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { registryOf } from './release.ts';
import { runBeside, stepBeside } from './shell.ts';
import { publishedPackages, root, type Manifest } from './workspace.ts';

type Manager = 'npm' | 'pnpm' | 'yarn';
const MANAGERS: readonly Manager[] = ['npm', 'pnpm', 'yarn'];
const PROGRAM = ['@mortise/core', '@mortise/openai'];
const YARN = '@yarnpkg/cli-dist@^4.10.0';
/** For one answer of a registry. */
const ANSWER_MS = 30_000;

type Published = Pick<Manifest, 'name' | 'version' | 'exports' | 'peerDependencies'> & {
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
};

/** `@acme/llm@1.2.0` as its name and its version. */
export function specOf(text: string): { readonly name: string; readonly version: string } {
  const [, name, version] = /^(@?[^@]+)@(\d+\.\d+\.\d+.*)$/.exec(text) ?? [];
  if (name === undefined || version === undefined)
    throw new Error(`"${text}" is not a package at an exact version, such as @mortise/core@1.0.0.`);
  return { name, version };
}

/** What a stranger's package.json depends on: the packages exactly, and the peers that they cannot do without. */
export function dependenciesOf(packages: readonly Published[]): Record<string, string> {
  const peers = packages.flatMap(({ peerDependencies = {}, peerDependenciesMeta = {} }) =>
    Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true),
  );
  const exact = packages.map(({ name, version }) => [name, version] as const);
  return Object.fromEntries([...peers, ...exact]);
}

/** The manifest as the registry has it; throws once `tries` have passed without it, with what the last one failed with. */
export async function publishedManifest(
  registry: string,
  { name, version }: { readonly name: string; readonly version: string },
  { tries = 120, wait = 5000 }: { tries?: number; wait?: number } = {},
): Promise<Published> {
  let cause: unknown;
  for (let at = 0; at < tries; at++) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      const response = await fetch(`${registry}${name.replace('/', '%2f')}`, {
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const { versions } = (await response.json()) as { versions?: Record<string, Published> };
      if (versions?.[version] !== undefined) return versions[version];
      cause = `it answered ${response.status}`;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`${registry} does not have ${name}@${version} after ${tries} tries.`, { cause });
}

/** Whether the registry signs what it has. Throws where it cannot be asked: that is no registry without signatures. */
export async function hasKeys(registry: string): Promise<boolean> {
  const { ok, status } = await fetch(`${registry}-/npm/v1/keys`, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!ok && status !== 404)
    throw new Error(`${registry} answered ${status} when it was asked for its keys.`);
  return ok;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { folder: { type: 'string' }, tries: { type: 'string' } },
    allowPositionals: true,
  });
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'mortise-canary-'));
  const registry = registryOf().replace(/\/?$/, '/');
  const wanted = positionals.map(specOf);
  for (const { manifest } of publishedPackages())
    if (PROGRAM.includes(manifest.name) && !wanted.some(({ name }) => name === manifest.name))
      wanted.push(manifest);
  const tries = Number(values.tries ?? 120);
  const packages = await Promise.all(wanted.map((spec) => publishedManifest(registry, spec, { tries })));
  await Promise.all(
    MANAGERS.map((manager) =>
      stepBeside(`a stranger with ${manager}`, () =>
        stranger(manager, join(folder, manager), packages, registry),
      ),
    ),
  );
  await signatures(join(folder, 'npm'), registry);
}

async function stranger(
  manager: Manager,
  cwd: string,
  packages: readonly Published[],
  registry: string,
): Promise<void> {
  prepare(manager, cwd, packages, registry);
  // The Node that runs this, since another one may stand first on the path.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const options = { cwd, env: { ...process.env, PATH: path } };
  if (manager === 'yarn') await runBeside('npx', ['--yes', '--package', YARN, 'yarn', 'install'], options);
  else await runBeside(manager, ['install'], options);
  await runBeside(process.execPath, ['node_modules/typescript/bin/tsc'], options);
  await runBeside(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'all'], options);
  for (const program of ['built/main.js', 'main.cjs', 'all/all.mjs'])
    await runBeside(process.execPath, [program], options);
}

/** A folder with nothing but what is to be installed, and the programs that use it. */
function prepare(manager: Manager, cwd: string, packages: readonly Published[], registry: string): void {
  mkdirSync(join(cwd, 'all'), { recursive: true });
  cpSync(join(root, 'tooling/rehearsal/stranger'), cwd, { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(cwd, path), text);
  const typescript = /^ {2}typescript: (\S+)/m.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  write(
    'package.json',
    JSON.stringify({
      name: 'stranger',
      private: true,
      type: 'module',
      dependencies: dependenciesOf(packages),
      devDependencies: { typescript: typescript?.[1] ?? 'latest', '@types/node': '^24.0.0' },
    }),
  );
  // What was published a minute ago is what this is about.
  if (manager === 'pnpm')
    write('pnpm-workspace.yaml', 'packages: []\npmOnFail: ignore\nminimumReleaseAge: 0\n');
  if (manager === 'yarn') {
    write('yarn.lock', '');
    const settings = {
      nodeLinker: 'node-modules',
      npmRegistryServer: registry,
      unsafeHttpWhitelist: [new URL(registry).hostname],
      enableImmutableInstalls: false,
      enableTelemetry: false,
      npmMinimalAgeGate: 0,
      // yarn keeps what a host said of a package for all projects, be it of another port or of an hour ago.
      globalFolder: join(cwd, 'yarn'),
      enableGlobalCache: false,
    };
    write('.yarnrc.yml', JSON.stringify(settings));
  }
  const compilerOptions = { target: 'ES2024', module: 'nodenext', types: ['node'], strict: true };
  const strict = { ...compilerOptions, skipLibCheck: false, outDir: 'built' };
  write('tsconfig.json', JSON.stringify({ compilerOptions: strict, include: ['main.ts'] }));
  const names = packages.filter((each) => each.exports?.['.'] !== undefined).map(({ name }) => name);
  const types = names.map(
    (name, at) => `import type * as p${at} from '${name}';\nexport type P${at} = typeof p${at};\n`,
  );
  write('all/all.ts', types.join(''));
  const wide = { ...compilerOptions, skipLibCheck: true, noEmit: true };
  write('all/tsconfig.json', JSON.stringify({ compilerOptions: wide, include: ['all.ts'] }));
  write('all/all.mjs', names.map((name) => `await import('${name}');\n`).join(''));
}

async function signatures(cwd: string, registry: string): Promise<void> {
  if (!(await hasKeys(registry)))
    return console.log(`\nSignatures are not checked: ${registry} has no keys.`);
  await stepBeside('signatures and provenance', () => runBeside('npm', ['audit', 'signatures'], { cwd }));
}
