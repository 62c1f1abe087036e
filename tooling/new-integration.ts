/** `pnpm new:integration acme --llm`: what `npm create mortise` writes, with what this repository adds. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { completeOptions, integrationFiles, parseFlags } from 'create-mortise';
import { root } from './workspace.ts';

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
  for (const [path, text] of integrationFiles(options)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  if (!settle) return;
  run('pnpm', ['install', '--no-frozen-lockfile']);
  run(process.execPath, ['tooling/docs.ts']);
  run(process.execPath, ['--conditions=mortise-source', 'tooling/providers.ts']);
  run('oxfmt', [folder, 'README.md', 'docs/providers.md']);
  run(process.execPath, ['tooling/api.ts']);
  console.log(
    `\nWrote ${folder}, its changeset, its API report and its rows in the README, the docs and the lock file. It passes before you change it: pnpm test --project ${folder}\nNow make it yours: grep -rn REPLACE ${folder} --exclude-dir=node_modules`,
  );
}

function run(command: string, args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}.`);
}
