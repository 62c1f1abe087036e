import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { appFiles, TEMPLATES, writeFolder, type Provider, type Template } from 'create-mortise-app';

/** A folder with one application of each template, which finds the packages of this workspace. */
export function generateAll(providersOf: (template: Template) => readonly Provider[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'create-app-')));
  for (const template of TEMPLATES) {
    const options = { template, packageName: `my-${template}`, providers: providersOf(template) };
    writeFolder(join(folder, template), appFiles(options));
  }
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Node's own: packages from where these tests have them, and TypeScript as it is. */
export const NODE_FLAGS = [
  ...(process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source']),
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
];

/** Runs Node in a folder without keys, whatever the machine has. */
export async function runNode(cwd: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const keyless = Object.entries(process.env).filter(([name]) => !/_API_KEY$|^LLM$/.test(name));
  const env = { ...Object.fromEntries(keyless), ...more };
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], { cwd, env });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}
