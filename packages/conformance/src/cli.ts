#!/usr/bin/env node
import { report } from './run/report-command.ts';
import { run } from './run/run-command.ts';
import { HELP } from './run/usage.ts';

const [command = '--help', ...rest] = process.argv.slice(2);

try {
  if (command === '--help' || command === '-h') process.stdout.write(HELP);
  else process.exitCode = await (command === 'report' ? report(rest) : run([command, ...rest]));
} catch (error) {
  // What the command was given is wrong; a case that fails is 1.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
