#!/usr/bin/env node
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { completeOptions } from './complete.ts';
import { integrationFiles } from './files.ts';
import { CAPABILITIES, parseFlags } from './options.ts';

const ABOUT =
  'create-mortise makes integrations of providers. For an application: npm create mortise-app@latest\n';

const USAGE = `Usage: npm create mortise@latest NAME -- [options]

  ${CAPABILITIES.map((capability) => `--${capability}`).join(' ')}   what the integration brings, at least one
  --sdk PACKAGE[@RANGE]   the provider's SDK, a package with types
  --openai-compatible     the provider speaks OpenAI's wire
  --package NAME          the package's name; default: mortise-NAME
  --yes                   ask nothing

Writes a folder NAME: typed, linted, tested and green, with REPLACE where the provider's wire goes.
`;

async function main(args: readonly string[]): Promise<void> {
  process.stdout.write(ABOUT);
  const flags = parseFlags(args);
  if (flags.help) return void process.stdout.write(`\n${USAGE}`);
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  try {
    const options = await completeOptions(flags, {
      target: 'standalone',
      taken: [],
      ask: terminal && ((question) => terminal.question(question)),
      newest,
    });
    const folder = resolve(options.name);
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new TypeError(`The folder ${options.name} is not empty. Take another name, or another place.`);
    const files = integrationFiles(options);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    process.stdout.write(
      `Wrote ${files.size} files into ${options.name}/. Next:\n\n  cd ${options.name}\n  npm install\n  npm run check\n  grep -rn REPLACE src test\n\nIt needs Node 22.13 or newer.\n`,
    );
  } finally {
    terminal?.close();
  }
}

async function newest(name: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['view', name, 'version']);
    return stdout.trim();
  } catch {
    throw new TypeError(
      `The newest version of ${name} could not be found. Give a range: --sdk ${name}@^1.0.0`,
    );
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
});
