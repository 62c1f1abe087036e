/** `pnpm new:integration acme --llm`: what `npm create mortise` writes, with what this repository adds. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { completeOptions, parseFlags } from 'create-mortise';
import { ignoredBuilds, withoutBuilds } from './builds.ts';
import { workspaceFiles } from './workspace-files.ts';
import { root } from './workspace.ts';

const WORKSPACE = 'pnpm-workspace.yaml';

/** Without it what the generated files need besides is left to the caller. */
const settle = process.env['MORTISE_NEW_ONLY'] !== '1';

try {
  await create();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function create(): Promise<void> {
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  const options = await completeOptions(
    parseFlags(process.argv.slice(2).filter((argument) => argument !== '--')),
    {
      target: 'workspace',
      taken: [...readdirSync(join(root, 'integrations')), ...readdirSync(join(root, 'packages'))],
      ask: terminal && ((question) => terminal.question(question)),
      newest: async (name) => {
        const { stdout, status } = spawnSync('npm', ['view', name, 'version'], { encoding: 'utf8' });
        if (status === 0) return stdout.trim();
        throw new TypeError(
          `The newest version of ${name} could not be found. Give a range: --sdk ${name}@^1.0.0`,
        );
      },
    },
  ).finally(() => terminal?.close());
  const folder = `integrations/${options.name}`;
  const files = workspaceFiles(options);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  if (!settle) return;
  const before = ['pnpm-lock.yaml', WORKSPACE].map((path) => [path, readFileSync(join(root, path))] as const);
  try {
    install(options.packageName);
  } catch (error) {
    // Half an integration would be in the way of the next try.
    for (const path of files.keys()) rmSync(join(root, folder, path), { force: true });
    rmSync(join(root, folder), { recursive: true, force: true });
    for (const [path, bytes] of before) writeFileSync(join(root, path), bytes);
    throw error;
  }
  run(process.execPath, ['tooling/docs.ts']);
  run(process.execPath, ['--conditions=mortise-source', 'tooling/providers.ts']);
  run('oxfmt', [folder, 'README.md', 'docs/providers.md']);
  run(process.execPath, ['tooling/api.ts']);
  console.log(
    `\nWrote ${folder}, its changeset, its API report and its rows in the README, the docs and the lock file. It passes before you change it: pnpm test --project ${folder}\nNow make it yours: grep -rn REPLACE ${folder} --exclude-dir=node_modules`,
  );
}

/** A build script that pnpm knows nothing of is written down as one that does not run, and said. */
function install(packageName: string): void {
  const args = ['install', '--no-frozen-lockfile'];
  const { status, stdout, stderr } = spawnSync('pnpm', args, { cwd: root, encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status === 0) return;
  const names = ignoredBuilds(stdout + stderr);
  if (names.length === 0)
    throw new Error(`pnpm install exited with ${status}. Nothing was kept of ${packageName}.`);
  const path = join(root, WORKSPACE);
  writeFileSync(path, withoutBuilds(readFileSync(path, 'utf8'), names, packageName));
  run('pnpm', args);
  console.log(
    `\nThe build scripts of ${names.join(', ')} do not run: \`allowBuilds\` of ${WORKSPACE} says so. If the SDK does not work without, read the script, and set it to true.\n`,
  );
}

function run(command: string, args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}.`);
}
