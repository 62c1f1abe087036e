#!/usr/bin/env node
import { errorText } from '@mortise/core';
import { parseCommand, USAGE } from './options.ts';
import { run } from './run.ts';

function main(args: readonly string[]): number {
  const options = parseCommand(args);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  return run(options, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
  });
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${errorText(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
