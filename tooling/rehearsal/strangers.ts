/** What strangers do with what a rehearsal published, each in a folder of its own, so that they can do it side by side. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run, runBeside } from '../shell.ts';

export interface Place {
  /** Where strangers make their folders. */
  readonly work: string;
  /** The repository as it was released. */
  readonly tree: string;
  /** It leads npm and pnpm to the registry of the rehearsal. */
  readonly env: NodeJS.ProcessEnv;
}

/** Core and the integration of OpenAI, at the versions that were published. */
export async function canary(
  { work, tree, env }: Place,
  versions: ReadonlyMap<string, string[]>,
): Promise<void> {
  const specs = ['@mortise/core', '@mortise/openai'].map((name) => `${name}@${versions.get(name)?.[0]}`);
  const args = ['tooling/canary.ts', '--folder', join(work, 'strangers'), '--tries', '3', ...specs];
  console.log(await runBeside(process.execPath, args, { cwd: tree, env }));
}

export async function vendor({ work, env }: Place): Promise<void> {
  const flags = ['--llm', '--embedding', '--yes'];
  await runBeside('npm', ['create', '--yes', 'mortise@latest', 'vendor', '--', ...flags], { cwd: work, env });
  const cwd = join(work, 'vendor');
  await runBeside('npm', ['install'], { cwd, env });
  await runBeside('npm', ['run', 'check'], { cwd, env });
}

/** With its own package.json, so that what it forgets to depend on is missing. */
export async function application({ work, env }: Place): Promise<void> {
  const flags = ['--template', 'agent'];
  await runBeside('npm', ['create', '--yes', 'mortise-app@latest', 'an application', '--', ...flags], {
    cwd: work,
    env,
  });
  // The Node of the workspace, since the machine's may be older than what applications need.
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}`;
  const inside = { cwd: join(work, 'an application'), env: { ...env, PATH: path } };
  await runBeside('npm', ['install'], inside);
  for (const script of ['typecheck', 'test', 'start']) await runBeside('npm', ['run', script], inside);
}

/** The program, its index and its embedding come by the one command, and the documents are found by it. */
export async function assistant({ work, env }: Place): Promise<void> {
  const docs = join(work, 'manual');
  mkdirSync(docs);
  writeFileSync(join(docs, 'saw.md'), '# The saw\n\nA blunt saw hums. Sharpen it with the filewright.\n');
  writeFileSync(join(docs, 'oak.md'), '# Oak\n\nOak is hard and heavy.\n');
  // npm leaves out what an older Node than ours could not run, where it is optional.
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}`;
  const program = join(import.meta.dirname, 'assistant.ts');
  await runBeside(process.execPath, [program, docs, 'filewright'], {
    cwd: work,
    env: { ...env, PATH: path },
  });
}

export function update({ work, env }: Place): void {
  const cwd = join(work, 'strangers/npm');
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
