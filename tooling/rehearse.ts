/**
 * `pnpm release:rehearse`: a release for real, against a registry on the loopback interface. Versions and publishes every
 * package, installs them as a stranger with npm and with pnpm, makes an integration as a vendor does, then releases a
 * minor of core, and proves that nothing else was released by it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pendingChangesets } from './changesets.ts';
import { startRegistry, type Registry } from './rehearsal/registry.ts';
import { copyTree, run, step } from './shell.ts';
import { publishedPackages, root } from './workspace.ts';

const rehearsal = join(root, 'tooling/rehearsal');
const work = mkdtempSync(join(tmpdir(), 'mortise-rehearsal-'));
const tree = join(work, 'tree');
// Before the registry is ours: what this machine installs from.
const upstream = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();

try {
  await rehearse();
  console.log('\nThe release was rehearsed.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function rehearse(): Promise<void> {
  step('install the registry', () => {
    run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: rehearsal, quiet: true });
  });
  const bin = join(rehearsal, 'node_modules/verdaccio/bin/verdaccio');
  await using registry = await startRegistry(work, bin, upstream);
  const env = environment(registry);

  step('a copy of the tree, as a clone has it', () => {
    copyTree(tree);
    run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: tree, quiet: true });
    git('init', '--quiet', '--initial-branch=main');
    commit('The tree');
  });
  step('a registry that has none of the names: the check of the workflow names them all', () => {
    const { status, output } = bootstrap(env, '--check');
    for (const { manifest } of publishedPackages())
      if (!output.includes(`${manifest.name} was never published`))
        throw new Error(`The check does not name ${manifest.name}:\n${output}`);
    if (status !== 1) throw new Error(`The check exited with ${status}.`);
  });
  step('the first release, by hand', () => {
    // Without changesets the versions of a first release stand in the manifests.
    const script = pendingChangesets(tree).length > 0 ? ['version'] : ['api', '--released'];
    run('pnpm', ['run', ...script], { cwd: tree, env, quiet: true });
    commit('Versions');
    run('pnpm', ['run', 'release:bootstrap', '--publish'], { cwd: tree, env, quiet: true });
  });
  step('and again: nothing is left to do, and each package has its line of trust', () => {
    const { status, output } = bootstrap(env, '--publish');
    const lines = output.match(/^npm trust github \S+ --file release\.yml /gm) ?? [];
    const count = publishedPackages().length;
    if (status !== 0 || !output.includes(`knows all ${count} packages`) || lines.length !== count)
      throw new Error(`The second bootstrap did not find all done:\n${output}`);
    if (bootstrap(env, '--check').status !== 0) throw new Error('The check fails after the bootstrap.');
  });
  const first = await allVersions(registry);
  for (const [name, versions] of first)
    if (versions.length !== 1)
      throw new Error(`${name} was not published once, but as ${versions.join(', ') || 'nothing'}.`);

  step('a stranger with npm', () => stranger('npm', env));
  step('a stranger with pnpm', () => stranger('pnpm', env));

  step('an application, by `npm create mortise-app`: types, tests and a start', () => application(env));

  step('a vendor, by `npm create mortise`: and `npm run check`', () => vendor(env));

  step('an assistant, by `npx @mortise/mcp --docs DIR`', () => assistant(env));

  step('version and publish a minor of core', () => {
    const changeset = "---\n'@mortise/core': minor\n---\n\nSomething more.\n";
    writeFileSync(join(tree, '.changeset/rehearsal.md'), changeset);
    commit('A minor of core');
    release(env);
  });
  const second = await allVersions(registry);
  for (const [name, versions] of second) {
    const before = first.get(name) ?? [];
    const added = versions.filter((version) => !before.includes(version));
    const expected = name === '@mortise/core' ? [nextMinor(before[0] ?? '')] : [];
    if (JSON.stringify(added) !== JSON.stringify(expected))
      throw new Error(
        `${name}: released ${added.join(', ') || 'nothing'}, expected ${expected.join(', ') || 'nothing'}.`,
      );
  }
  step('the stranger takes it, and has one copy of core', () => update(env));
  step('the integration as it stands, on the core that it was released with', () => {
    run(process.execPath, ['tooling/sdk-versions.ts', 'lowest', 'openai'], { cwd: tree, env });
  });
}

function bootstrap(env: NodeJS.ProcessEnv, flag: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tooling/bootstrap.ts', flag], {
    cwd: tree,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** The scripts of the repository, as the publishing workflow runs them. */
function release(env: NodeJS.ProcessEnv): void {
  run('pnpm', ['run', 'version'], { cwd: tree, env, quiet: true });
  commit('Versions');
  run('pnpm', ['run', 'release'], { cwd: tree, env, quiet: true });
}

function stranger(manager: 'npm' | 'pnpm', env: NodeJS.ProcessEnv): void {
  const cwd = join(work, manager);
  mkdirSync(cwd);
  const typescript =
    readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').match(/ {2}typescript: (\S+)/)?.[1] ?? 'latest';
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module' }),
  );
  if (manager === 'pnpm') writeFileSync(join(cwd, 'pnpm-workspace.yaml'), 'packages: []\npmOnFail: ignore\n');
  run(manager, [manager === 'npm' ? 'install' : 'add', '@mortise/core', '@mortise/openai'], {
    cwd,
    env,
    quiet: true,
  });
  const tools = [`typescript@${typescript}`, '@types/node@24'];
  run(manager, [manager === 'npm' ? 'install' : 'add', '-D', ...tools], { cwd, env, quiet: true });
  cpSync(join(rehearsal, 'stranger'), cwd, { recursive: true });
  const compilerOptions = {
    target: 'ES2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    outDir: 'built',
  };
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  run(process.execPath, [join(cwd, 'node_modules/typescript/bin/tsc')], { cwd });
  use(cwd);
}

function vendor(env: NodeJS.ProcessEnv): void {
  const flags = ['--llm', '--embedding', '--yes'];
  run('npm', ['create', '--yes', 'mortise@latest', 'vendor', '--', ...flags], {
    cwd: work,
    env,
    quiet: true,
  });
  const cwd = join(work, 'vendor');
  run('npm', ['install'], { cwd, env, quiet: true });
  run('npm', ['run', 'check'], { cwd, env, quiet: true });
}

/** With its own package.json, so that what it forgets to depend on is missing. */
function application(env: NodeJS.ProcessEnv): void {
  const options = { cwd: work, env, quiet: true };
  run(
    'npm',
    ['create', '--yes', 'mortise-app@latest', 'an application', '--', '--template', 'agent'],
    options,
  );
  // The Node of the workspace, since the machine's may be older than what applications need.
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}`;
  const inside = { ...options, cwd: join(work, 'an application'), env: { ...env, PATH: path } };
  run('npm', ['install'], inside);
  for (const script of ['typecheck', 'test', 'start']) run('npm', ['run', script], inside);
}

/** The program, its index and its embedding come by the one command, and the documents are found by it. */
function assistant(env: NodeJS.ProcessEnv): void {
  const docs = join(work, 'manual');
  mkdirSync(docs);
  writeFileSync(join(docs, 'saw.md'), '# The saw\n\nA blunt saw hums. Sharpen it with the filewright.\n');
  writeFileSync(join(docs, 'oak.md'), '# Oak\n\nOak is hard and heavy.\n');
  // npm leaves out what an older Node than ours could not run, where it is optional.
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}`;
  const program = join(rehearsal, 'assistant.ts');
  run(process.execPath, [program, docs, 'filewright'], { cwd: work, env: { ...env, PATH: path } });
}

function update(env: NodeJS.ProcessEnv): void {
  const cwd = join(work, 'npm');
  run('npm', ['install', '@mortise/core@latest'], { cwd, env, quiet: true });
  const copies = spawnSync('npm', ['ls', '@mortise/core', '--all', '--parseable'], {
    cwd,
    env,
    encoding: 'utf8',
  });
  const folders = new Set(copies.stdout.split('\n').filter((line) => line.endsWith('@mortise/core')));
  if (folders.size !== 1) throw new Error(`There are ${folders.size} copies of core:\n${copies.stdout}`);
  if (existsSync(join(cwd, 'node_modules/@mortise/openai/node_modules/@mortise')))
    throw new Error('openai has a core of its own.');
  use(cwd);
}

function use(cwd: string): void {
  run(process.execPath, ['built/main.js'], { cwd });
  run(process.execPath, ['--no-warnings', 'main.cjs'], { cwd });
}

async function allVersions(registry: Registry): Promise<Map<string, string[]>> {
  const names = publishedPackages().map(({ manifest }) => manifest.name);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await registry.versions(name)] as const)),
  );
}

function nextMinor(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return `${major}.${minor + 1}.0`;
}

/** Nothing of the machine's own configuration, and no provenance: that is a matter of the code host. */
function environment({ url, userconfig }: Registry): NodeJS.ProcessEnv {
  return {
    ...process.env,
    npm_config_userconfig: userconfig,
    NPM_CONFIG_USERCONFIG: userconfig,
    npm_config_registry: url,
    pnpm_config_registry: url,
    npm_config_provenance: 'false',
    npm_config_cache: join(work, 'cache'),
    CI: 'true',
  };
}

function commit(message: string): void {
  git('add', '--all');
  git(
    '-c',
    'user.name=rehearsal',
    '-c',
    'user.email=rehearsal@localhost',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    message,
  );
}

function git(...args: string[]): void {
  run('git', args, { cwd: tree, quiet: true });
}
