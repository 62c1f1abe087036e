/**
 * `pnpm release:rehearse`: a release for real, against a registry on the loopback interface with npm's manners: a name begins by hand,
 * and a workflow publishes what trusts it. Publishes every package, lets each trust the workflow, installs them as strangers with three
 * package managers, makes an integration as a vendor does, and a snapshot of a pull request; then releases a minor of core without a
 * token, and proves that nothing else was released by it, and that its notes and its bill of materials are there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pendingChangesets } from './changesets.ts';
import { startRegistry, type Registry } from './rehearsal/registry.ts';
import { application, assistant, canary, update, vendor } from './rehearsal/strangers.ts';
import { copyTree, run, step, stepBeside } from './shell.ts';
import { publishedPackages, root } from './workspace.ts';

const rehearsal = join(root, 'tooling/rehearsal');
const work = mkdtempSync(join(tmpdir(), 'mortise-rehearsal-'));
const tree = join(work, 'tree');
const NEWS = 'Something more of what was there.';
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
  const env = environment(registry, registry.userconfig);
  const owner = environment(registry, registry.ownersConfig);
  const workflow = { ...env, ...registry.run };
  const place = { work, tree, env };

  step('a copy of the tree, as a clone has it', () => {
    copyTree(tree);
    run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: tree, quiet: true });
    git('init', '--quiet', '--initial-branch=main');
    commit('The tree');
  });
  step('a workflow that publishes a name that is not there: the registry answers 404', () => {
    const args = ['publish', '--no-git-checks', '--access', 'public'];
    const options = { cwd: join(tree, 'packages/core'), env: workflow, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync('pnpm', args, options);
    if (status === 0 || !stderr.includes('404')) throw new Error(`Not refused:\n${stdout}${stderr}`);
    console.log(stderr.trim());
  });
  step('so its check comes first, and names them all', () => checkFails(workflow, 'was never published'));
  step('the first release, by hand', () => {
    // Without changesets the versions of a first release stand in the manifests.
    const script = pendingChangesets(tree).length > 0 ? ['version'] : ['api', '--released'];
    run('pnpm', ['run', ...script], { cwd: tree, env, quiet: true });
    commit('Versions');
    run('pnpm', ['run', 'release:bootstrap', '--publish'], { cwd: tree, env: owner, quiet: true });
  });
  step('and again: nothing is left to do, and each package has its line of trust', () => {
    const { status, output } = bootstrap(owner, '--publish');
    const lines = output.match(/^npm trust github .+$/gm) ?? [];
    const count = publishedPackages().length;
    if (status !== 0 || !output.includes(`knows all ${count} packages`) || lines.length !== count)
      throw new Error(`The second bootstrap did not find all done:\n${output}`);
    checkFails(workflow, 'does not trust this workflow');
    trust(lines, owner);
  });
  await trustOthers(registry);
  step('each package trusts the workflow, whose check goes through', () => {
    const { status, output } = bootstrap(workflow, '--check');
    if (status !== 0 || !output.includes('each of them trusts this workflow'))
      throw new Error(`The check fails after the bootstrap:\n${output}`);
  });
  const first = await allVersions(registry);
  for (const [name, versions] of first)
    if (versions.length !== 1)
      throw new Error(`${name} was not published once, but as ${versions.join(', ') || 'nothing'}.`);

  await Promise.all([
    stepBeside('strangers with npm, pnpm and yarn, by the canary of the workflow', () =>
      canary(place, first),
    ),
    stepBeside('an application, by `npm create mortise-app`: types, tests and a start', () =>
      application(place),
    ),
    stepBeside('a vendor, by `npm create mortise`: and `npm run check`', () => vendor(place)),
    stepBeside('an assistant, by `npx @mortise/mcp --docs DIR`', () => assistant(place)),
  ]);

  const latest = await registry.tags('@mortise/keyv');
  step('a snapshot of a pull request, and the tree as it was', () => {
    writeChangeset('@mortise/keyv');
    commit('A minor of a store');
    run('pnpm', ['run', 'release:snapshot', 'pr-12'], { cwd: tree, env: owner, quiet: true });
    const left = git('status', '--porcelain');
    if (left !== '') throw new Error(`The snapshot left something behind:\n${left}`);
    git('reset', '--quiet', '--hard', 'HEAD~1');
  });
  const tags = await registry.tags('@mortise/keyv');
  if (tags['latest'] !== latest['latest'] || !/^0\.0\.0-pr-12-\d{14}$/.test(tags['pr-12'] ?? ''))
    throw new Error(`The tags after the snapshot are ${JSON.stringify(tags)}.`);

  step('version and publish a minor of core, without a token', () => {
    writeChangeset('@mortise/core');
    commit('A minor of core');
    run('pnpm', ['run', 'version'], { cwd: tree, env, quiet: true });
    commit('Versions');
    run('pnpm', ['run', 'release'], { cwd: tree, env: workflow, quiet: true });
  });
  const second = await allVersions(registry);
  for (const [name, versions] of second) {
    const before = first.get(name) ?? [];
    const added = versions.filter((version) => !before.includes(version) && !version.includes('-pr-12-'));
    const expected = name === '@mortise/core' ? [nextMinor(before[0] ?? '')] : [];
    if (JSON.stringify(added) !== JSON.stringify(expected))
      throw new Error(
        `${name}: released ${added.join(', ') || 'nothing'}, expected ${expected.join(', ') || 'nothing'}.`,
      );
  }
  step('its notes, and its bill of materials', () => papers(env));
  step('the stranger takes it, and has one copy of core', () => update(place));
  step('the integration as it stands, on the core that it was released with', () => {
    run(process.execPath, ['tooling/sdk-versions.ts', 'lowest', 'anthropic'], { cwd: tree, env });
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

/** The workflow's check stops it, and names every package. */
function checkFails(env: NodeJS.ProcessEnv, problem: string): void {
  const { status, output } = bootstrap(env, '--check');
  for (const { manifest } of publishedPackages())
    if (!output.includes(`${manifest.name} ${problem}`))
      throw new Error(`The check does not say that ${manifest.name} ${problem}:\n${output}`);
  if (status !== 1) throw new Error(`The check exited with ${status}.`);
}

/** A line of trust, run as it was printed; the npm of an older Node has no such command. */
function trust([line = '']: readonly string[], env: NodeJS.ProcessEnv): void {
  const [major = 0, minor = 0] = spawnSync('npm', ['--version'], { encoding: 'utf8' })
    .stdout.split('.')
    .map(Number);
  if (major < 11 || (major === 11 && minor < 15))
    return console.log('This npm has no `npm trust`: the registry is told without it.');
  const [command = '', ...args] = line.split(' ');
  run(command, args, { cwd: work, env, quiet: true });
}

/** What `npm trust` tells the registry, for each package that it has not told yet. */
async function trustOthers(registry: Registry): Promise<void> {
  for (const { manifest } of publishedPackages()) await registry.trust(manifest.name);
}

/** The page of the minor, and a bill of materials that was checked. */
function papers(env: NodeJS.ProcessEnv): void {
  const folder = join(tree, 'docs/releases');
  const page = readdirSync(folder)
    .toSorted()
    .find((name) => readFileSync(join(folder, name), 'utf8').includes(NEWS));
  if (page === undefined) throw new Error(`No page in ${folder} says what the changeset says.`);
  console.log(readFileSync(join(folder, page), 'utf8'));
  run(process.execPath, ['tooling/sbom.ts', join(work, 'sbom'), '@mortise/core', '@mortise/openai'], {
    cwd: tree,
    env,
  });
}

function writeChangeset(name: string): void {
  writeFileSync(join(tree, '.changeset/rehearsal.md'), `---\n'${name}': minor\n---\n\n${NEWS}\n`);
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
function environment({ url }: Registry, userconfig: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // What this tree has built already is not built again.
    TURBO_CACHE_DIR: join(root, '.turbo/cache'),
    npm_config_userconfig: userconfig,
    NPM_CONFIG_USERCONFIG: userconfig,
    npm_config_registry: url,
    pnpm_config_registry: url,
    PNPM_CONFIG_PROVENANCE: 'false',
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

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: tree, encoding: 'utf8' }).trim();
}
