#!/usr/bin/env node
import { errorText } from '@mortise/core';
import { parseArgs } from 'node:util';
import { Follower } from './follow.ts';
import { LineLog } from './line-log.ts';
import { DEFAULT_FOLDER } from './recorder.ts';
import { serveInspector } from './serve.ts';

const HELP = `Shows recorded runs in a page on 127.0.0.1, also while they are recorded.

Usage: npx @mortise/inspector [PATH] [options]

  PATH       a recording (JSON Lines), or a folder of them; default: ${DEFAULT_FOLDER}
  --port N   the port of 127.0.0.1; default: any that is free
  --help     show this text

An application records with recordRuns() of @mortise/inspector, or shows itself with inspect().
`;

main().catch((error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(HELP);
  const [path = DEFAULT_FOLDER, ...more] = positionals;
  if (more.length > 0) throw new Error('One path at most. See --help.');
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new Error(`--port ${values.port} is no port. It takes a number up to 65535.`);
  const log = new LineLog(256 * 1024 * 1024);
  const follower = new Follower(path, log);
  await follower.read();
  const serving = await serveInspector({ log, port: Number(values.port), hold: true, about: { path } });
  process.stdout.write(`${serving.url}\n`);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  try {
    await follower.follow(stopping.signal);
  } finally {
    await serving.stop();
  }
}
