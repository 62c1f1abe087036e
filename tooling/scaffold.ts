/**
 * Proves what the scaffolder writes: every capability alone, every connection to a provider, and a set of combinations in
 * which each two meet. Each is generated, type-checked, linted, tested, built and published for show: on its own, from
 * packed tarballs, and in a copy of this repository. Then every piece that the author replaces is broken, and a case
 * must turn red. The applications of `create-mortise-app` are made from tarballs too, type-checked, tested and started.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { integrationFiles, VERSIONS } from 'create-mortise';
import { TEMPLATES, VERSIONS as APP_VERSIONS } from 'create-mortise-app';
import { mutantsOf } from './scaffold/mutants.ts';
import { scaffoldCombinations } from './scaffold/combinations.ts';
import { copyTree, packAll, run, step, tarballOf } from './shell.ts';
import { workspaceFiles } from './workspace-files.ts';
import { publishedPackages, root } from './workspace.ts';

/** It depends on cbor-extract, which has a script for its installation that the workspace has not allowed or refused yet. */
const SDK_WITH_BUILD = 'cbor-x';

const packages = publishedPackages();
const work = mkdtempSync(join(tmpdir(), 'mortise-scaffold-'));
const tarballs = join(work, 'tarballs');
const alone = join(work, 'alone');
const tree = join(work, 'tree');
const combinations = scaffoldCombinations('standalone');
const quiet = { cwd: alone, quiet: true };
/** As in the repository's own configuration, which these do not have. */
const WORKERS = `--maxWorkers=${availableParallelism() + 2}`;
const bin = (name: string): string => join(alone, 'node_modules/.bin', name);

try {
  if (!process.argv.includes('--tree') && !process.argv.includes('--apps'))
    step('the walk of CONTRIBUTING, with an SDK whose build script pnpm refuses', walk);
  if (process.argv.includes('--tree')) step('the same in a copy of the repository', checkTree);
  else if (process.argv.includes('--apps')) proveApps();
  else if (!process.argv.includes('--walk')) proveAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function buildAndPack(): void {
  run('turbo', ['run', 'build']);
  packAll(packages, tarballs);
}

/** The applications alone: `--apps`. */
function proveApps(): void {
  step('build and pack', buildAndPack);
  step(`${TEMPLATES.length} applications: types, tests, and a start without a key and a network`, checkApps);
}

function proveAll(): void {
  step('build and pack', buildAndPack);
  step(`${TEMPLATES.length} applications: types, tests, and a start without a key and a network`, checkApps);
  step('install the tarballs as a stranger does', install);
  step(`${combinations.length} integrations of their own: types, lint, tests`, checkAlone);
  step('their builds, publinted', publishAlone);
  step('the command itself, and `npm run check`', runCommand);
  step('every forgotten piece turns a case red', checkMutants);
  step('the same in a copy of the repository', checkTree);
}

/** What CONTRIBUTING asks of who writes an integration, for that one package. `--walk` does this alone. */
function walk(): void {
  const cwd = join(work, 'walk');
  const quietly = { cwd, quiet: true };
  const script = (...args: string[]): void =>
    run(process.execPath, ['--conditions=mortise-source', ...args], quietly);
  copyTree(cwd);
  run('git', ['init', '--quiet'], { cwd });
  run('pnpm', ['install', '--prefer-offline', '--frozen-lockfile'], quietly);
  script('tooling/new-integration.ts', 'walk', '--llm', '--sdk', SDK_WITH_BUILD, '--yes');
  const allowed = readFileSync(join(cwd, 'pnpm-workspace.yaml'), 'utf8');
  if (!allowed.includes('# Came with @mortise/walk.'))
    throw new Error(`${SDK_WITH_BUILD} brings no build script any more: take another SDK for the walk.`);
  script('tooling/conformance.ts', '--package', 'walk');
  run('oxlint', ['integrations/walk'], quietly);
  run('oxfmt', ['--check', 'integrations/walk', 'docs', 'README.md', 'package.json'], quietly);
  run('tsc', ['--noEmit', '-p', 'integrations/walk'], quietly);
  const projects = ['--project', 'tooling', '--project', 'integrations/walk'];
  const files = ['integrations/walk/', 'conformance.test.ts', 'package-conventions.test.ts', 'docs.test.ts'];
  run('vitest', ['run', '--reporter=dot', ...projects, ...files], quietly);
}

/** A package as a dependency on its tarball. */
function local(name: string): string {
  const pkg = packages.find(({ manifest }) => manifest.name === name);
  if (pkg === undefined) throw new Error(`There is no package ${name}.`);
  return `file:${join(tarballs, tarballOf(pkg.manifest))}`;
}

/** Made by the command as it is packed; one folder of packages for all of them, in place of four installations. */
function checkApps(): void {
  const apps = join(work, 'apps');
  const quietly = { cwd: apps, quiet: true };
  const needed = Object.entries(APP_VERSIONS.packages).map(
    ([name, range]) => [name, name.startsWith('@mortise/') ? local(name) : range] as const,
  );
  const dependencies = {
    'create-mortise-app': local('create-mortise-app'),
    ...(Object.fromEntries(needed) as Record<string, string>),
  };
  write(apps, 'package.json', { private: true, dependencies: { ...dependencies, ...APP_VERSIONS.tools } });
  write(apps, 'pnpm-workspace.yaml', 'packages: []\npmOnFail: ignore\nallowBuilds:\n  protobufjs: false\n');
  run('pnpm', ['install', '--prefer-offline'], quietly);
  // The Node that the published packages are held against, where CI names one.
  const node = process.env['MORTISE_NODE'] ?? process.execPath;
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
  for (const template of TEMPLATES) {
    const args = [template, '--template', template, '--yes'];
    run(node, [join(apps, 'node_modules/create-mortise-app/dist/cli.js'), ...args], quietly);
  }
  run(process.execPath, [join(root, 'tooling/scaffold/try-apps.ts'), apps], { env });
  checkSkill(apps);
}

/** The programs of the skill as it is installed, by the strict rules of an application. */
function checkSkill(apps: string): void {
  const skill = join(apps, 'node_modules/@mortise/core/skills/use-mortise/SKILL.md');
  const programs = [...readFileSync(skill, 'utf8').matchAll(/^```ts\n([^]*?)^```/gm)]
    .map(([, program = '']) => program)
    // Applications are tested by Node's own runner, and have no vitest.
    .filter((program) => !program.includes("'vitest'"));
  if (programs.length < 5) throw new Error(`The skill that core ships has ${programs.length} programs.`);
  for (const [at, program] of programs.entries()) write(apps, `skill/program${at}.ts`, program);
  write(apps, 'skill/package.json', { type: 'module' });
  write(apps, 'skill/tsconfig.json', { extends: '../rag/tsconfig.json', include: ['.'] });
  run('tsc', ['--project', join(apps, 'skill')], { cwd: apps, quiet: true });
}

function install(): void {
  const names = ['@mortise/core', '@mortise/conformance', '@mortise/openai', 'create-mortise'];
  const own = Object.fromEntries(names.map((name) => [name, local(name)]));
  const sdks = Object.fromEntries(
    combinations.flatMap(({ sdk }) => (sdk === undefined ? [] : [[sdk.name, sdk.range]])),
  );
  write(alone, 'package.json', {
    private: true,
    type: 'module',
    dependencies: { ...own, ...sdks, ...VERSIONS.tools },
    // One folder for all of them: each on its own would install the same eighteen times.
    pnpm: { onlyBuiltDependencies: ['esbuild'] },
  });
  write(alone, 'pnpm-workspace.yaml', 'packages: []\npmOnFail: ignore\nallowBuilds:\n  esbuild: true\n');
  run('pnpm', ['install', '--prefer-offline'], quiet);
}

function checkAlone(): void {
  for (const options of combinations) writeAll(join(alone, options.name), integrationFiles(options));
  const { compilerOptions } = JSON.parse(
    readFileSync(join(alone, combinations[0]!.name, 'tsconfig.json'), 'utf8'),
  ) as {
    compilerOptions: object;
  };
  const include = combinations.flatMap(({ name }) => [`${name}/src`, `${name}/test`]);
  write(alone, 'tsconfig.json', { compilerOptions, include });
  run(bin('tsc'), ['--noEmit'], quiet);
  run(bin('oxlint'), ['--deny-warnings', ...include], quiet);
  run(
    bin('vitest'),
    ['run', '--reporter=dot', WORKERS, ...combinations.map(({ name }) => `${name}/`)],
    quiet,
  );
}

function publishAlone(): void {
  for (const { name } of combinations) {
    const cwd = join(alone, name);
    run(bin('tsup'), [], { cwd, quiet: true });
    run(bin('publint'), ['--strict'], { cwd, quiet: true });
  }
}

function runCommand(): void {
  run(bin('create-mortise'), ['walk', '--llm', '--reader', '--yes'], quiet);
  const cwd = join(alone, 'walk');
  symlinkSync(join(alone, 'node_modules'), join(cwd, 'node_modules'));
  run('npm', ['run', 'check'], { cwd, quiet: true });
}

function checkMutants(): void {
  const mutants = join(alone, 'mutants');
  let count = 0;
  for (const options of combinations.filter(({ capabilities }) => capabilities.length === 1)) {
    const { capabilities, sdk } = options;
    for (const mutant of mutantsOf(integrationFiles(options))) {
      // The connection is the same in all of them, and its cases are quickest beside embeddings.
      const isConnection = mutant.get('MUTANT')?.startsWith('src/client.ts') === true;
      if (isConnection && sdk === undefined && !capabilities.includes('embedding')) continue;
      count++;
      for (const [path, text] of mutant) writeText(join(mutants, `${count}`, path), text);
    }
  }
  const report = join(alone, 'mutants.json');
  const args = ['run', WORKERS, '--reporter=json', `--outputFile=${report}`, '--bail=0', 'mutants/'];
  try {
    run(bin('vitest'), args, quiet);
  } catch {
    // They are meant to fail.
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; assertionResults: { status: string }[] }[];
  };
  // A file that does not load is not a case that turned red.
  const red = new Set(
    testResults
      .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'failed'))
      .map(({ name }) => /mutants\/(\d+)\//.exec(name)?.[1]),
  );
  const green = Array.from({ length: count }, (_, at) => `${at + 1}`).filter((id) => !red.has(id));
  for (const id of green)
    console.error(`Forgotten, and green: ${readFileSync(join(mutants, id, 'MUTANT'), 'utf8')}`);
  if (green.length > 0) throw new Error(`${green.length} of ${count} forgotten pieces turn no case red.`);
  console.log(`${count} forgotten pieces, each turned a case red`);
}

function checkTree(): void {
  copyTree(tree);
  // Some checks ask git for the files of the repository.
  run('git', ['init', '--quiet'], { cwd: tree });
  const inside = scaffoldCombinations('workspace');
  for (const options of inside) writeAll(join(tree, 'integrations', options.name), workspaceFiles(options));
  const args = [join(tree, 'tooling/new-integration.ts'), 'walk', '--llm', '--embedding', '--yes'];
  run('pnpm', ['install', '--prefer-offline', '--no-frozen-lockfile'], { cwd: tree, quiet: true });
  run(process.execPath, ['--conditions=mortise-source', ...args], { cwd: tree, quiet: true });
  const names = [...inside.map(({ name }) => name), 'walk'];
  const folders = names.map((name) => `integrations/${name}`);
  const pages = ['--conditions=mortise-source', 'tooling/conformance.ts', '--package', 'walk'];
  run(process.execPath, pages, { cwd: tree, quiet: true });
  run('oxfmt', folders, { cwd: tree, quiet: true });
  run(process.execPath, ['tooling/api.ts'], { cwd: tree, quiet: true });
  run('oxlint', folders, { cwd: tree, quiet: true });
  run(join(tree, 'tooling/node_modules/.bin/tsc'), ['--noEmit'], { cwd: tree, quiet: true });
  const projects = ['tooling', ...folders].flatMap((folder) => ['--project', folder]);
  // Hostile servers and calls have been tried on the packages that are there.
  const lists = readdirSync(join(tree, 'tooling/test')).filter((file) =>
    /^(?!hostile).*\.test\.ts$/.test(file),
  );
  const files = [...folders, ...lists.map((file) => `tooling/test/${file}`), 'fuzz/cases.test.ts'];
  run('vitest', ['run', '--reporter=dot', ...projects, ...files], { cwd: tree, quiet: true });
}

function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) writeText(join(folder, path), text);
}

function write(folder: string, path: string, content: object | string): void {
  writeText(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
