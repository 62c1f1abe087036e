#!/usr/bin/env node
import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { completeOptions } from './complete.ts';
import { appFiles } from './files.ts';
import { parseFlags, TEMPLATES } from './options.ts';
import { PROVIDERS } from './providers.ts';
import { writeFolder } from './write.ts';

const ABOUT =
  'create-mortise-app makes applications. For an integration of a provider: npm create mortise@latest\n';

const USAGE = `Usage: npm create mortise-app@latest FOLDER -- --template ${TEMPLATES.join('|')}

  --template NAME     chat: a server that streams to a page; rag: answers from documents, with citations;
                      extraction: typed data from texts; agent: tools, and a person who approves
  --provider LIST     whose models it can ask, of ${Object.keys(PROVIDERS).join(', ')}; default: openai, with
                      ollama and others that speak its wire
  --package NAME      the name in package.json; default: made from the folder's
  --yes               ask nothing

Writes FOLDER, which must not be there or be empty: a small program that runs at once, without a key.
`;

async function main(args: readonly string[]): Promise<void> {
  process.stdout.write(ABOUT);
  const flags = parseFlags(args);
  if (flags.help) return void process.stdout.write(`\n${USAGE}`);
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  try {
    const ask = terminal && ((question: string) => answered(terminal, question));
    const { folder, ...options } = await completeOptions(flags, { cwd: process.cwd(), ask });
    const files = appFiles(options);
    writeFolder(folder, files);
    const shown = relative(process.cwd(), folder);
    const go = shown === '' ? '' : `  cd ${shown.includes(' ') ? `"${shown}"` : shown}\n`;
    process.stdout.write(
      `Wrote ${files.size} files into ${folder}. Next:\n\n${go}  npm install\n  npm start\n\nIt needs Node 22.13 or newer. README.md says how to give it a model.\n`,
    );
  } finally {
    terminal?.close();
  }
}

/** Ctrl+C and Ctrl+D end the question, which would else wait for ever. */
async function answered(terminal: ReturnType<typeof createInterface>, question: string): Promise<string> {
  const left = new AbortController();
  const leave = (): void => left.abort();
  terminal.once('close', leave);
  try {
    return await terminal.question(question, { signal: left.signal });
  } catch (cause) {
    throw new TypeError('Stopped: nothing was written.', { cause });
  } finally {
    terminal.off('close', leave);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nHelp: npm create mortise-app@latest -- --help\n`,
  );
  process.exitCode = 1;
});
