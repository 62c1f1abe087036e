#!/usr/bin/env node
import { report } from './run/report-command.ts';
import { run } from './run/run-command.ts';
import { HELP } from './run/usage.ts';

async function main([command = '--help', ...rest]: readonly string[]): Promise<number> {
  if (command === '--help' || command === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  return command === 'report' ? report(rest) : run([command, ...rest]);
}

void main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    // What the command was given is wrong; a case that fails is 1.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
