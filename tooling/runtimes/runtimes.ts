import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { root } from '../workspace.ts';
import type { LeftOut } from './program.ts';
import type { Programs } from './stage.ts';
import { pinned } from './table.ts';

/** A runtime that the packages are for. */
export interface Runtime {
  readonly name: string;
  /** As it is pinned. */
  readonly version: string;
  /** Undefined where it is not installed. */
  readonly binary: string | undefined;
  /** What to do where it is not. */
  readonly remedy: string;
  /** What it cannot do, or what would show nothing there. */
  readonly leftOut: LeftOut;
  /** Where its servers stand. */
  readonly servers: string;
  /** Starts its program, which posts to the relay at `url`. */
  start(binary: string, programs: Programs, url: string): ChildProcess;
}

const NOT_INSTALLED = 'not installed: pnpm --dir runtimes install';
const OUTSIDE = 'in another process';
/** Thousands of writes, each through the relay: minutes of a page, for code that runs on the same engine in Node. */
const CUTS: LeftOut = Object.fromEntries(
  ['wire.bytes*', 'wire.crlf'].map((ids) => [ids, 'thousands of cuts, tried in Node on the same engine']),
);
/** A measurement that is repeated until it is sure. */
const MEASURED: LeftOut = { 'stream.linear': 'takes minutes of the processor, tried in Node' };
const here = join(root, 'runtimes');

export const runtimes: readonly Runtime[] = [
  ofProcess('Node 22', pinned('node-22'), join(here, 'node_modules/node-22/bin/node')),
  ofProcess('Node 24', workspaceNode(), join(root, 'node_modules/node/bin/node')),
  ofProcess('Node 26', pinned('node-26'), join(here, 'node_modules/node-26/bin/node')),
  ofProcess('Bun', pinned('bun'), join(here, 'node_modules/.bin/bun'), ['run'], {
    ...MEASURED,
    'stream.pull': 'its fetch reads on while nobody reads the reply',
  }),
  ofProcess(
    'Deno',
    pinned('deno'),
    join(here, 'node_modules/.bin/deno'),
    ['run', '--allow-all', '--no-prompt'],
    {
      ...MEASURED,
      'leave.sockets': 'its fetch keeps two connections for the next call',
    },
  ),
  {
    name: 'workerd',
    version: `${pinned('workerd')}, without a compatibility flag`,
    binary: workerd(),
    remedy: NOT_INSTALLED,
    leftOut: { ...MEASURED, ...CUTS },
    servers: OUTSIDE,
    start: startWorker,
  },
  {
    name: 'Chromium',
    version: "the machine's",
    binary: found('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
    remedy: 'not installed: apt-get install chromium',
    leftOut: { ...MEASURED, ...CUTS, 'stream.pull': 'it reads on while nobody reads the reply' },
    servers: OUTSIDE,
    start: startPage,
  },
];

function workspaceNode(): string {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  return /^nodeVersion: (.*)$/m.exec(workspace)?.[1] ?? 'unknown';
}

function ofProcess(
  name: string,
  version: string,
  binary: string,
  args: readonly string[] = [],
  leftOut: LeftOut = {},
): Runtime {
  return {
    name,
    version,
    binary: found(binary),
    remedy: NOT_INSTALLED,
    leftOut,
    servers: 'in the same process',
    start: (command, programs, url) =>
      spawn(command, [...args, programs.process, url], { cwd: dirname(programs.process) }),
  };
}

/** The binary itself: the script in `.bin` would outlive it. */
function workerd(): string | undefined {
  try {
    return (createRequire(join(here, 'package.json'))('workerd') as { default: string }).default;
  } catch {
    return undefined;
  }
}

function found(...paths: string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** No compatibility flag: none of Node's modules, `process` or `Buffer`. Loopback addresses are forbidden unless allowed. */
function startWorker(binary: string, programs: Programs, url: string): ChildProcess {
  const config = join(dirname(programs.worker), 'worker.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "${basename(programs.worker)}", esModule = embed "${basename(programs.worker)}")],
      compatibilityDate = "2026-07-01",
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const child = spawn(binary, ['serve', '--control-fd=3', config], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  // Its first line says on which port it listens.
  (child.stdio[3] as Readable).once('data', (line: Buffer) => {
    const { port } = JSON.parse(line.toString().split('\n')[0] ?? '') as { port: number };
    fetch(`http://127.0.0.1:${port}/?relay=${encodeURIComponent(url)}`)
      .then((response) => response.text())
      .catch(() => child.kill());
  });
  return child;
}

/** Requests go to other origins than the page's, without headers that would allow it. */
function startPage(binary: string, programs: Programs, url: string): ChildProcess {
  const profile = mkdtempSync(join(dirname(programs.page), 'profile-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-web-security', '--no-first-run'];
  return spawn(binary, [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', `${url}/`]);
}

/** What the program of a runtime can ask the relay for. */
export function servedFiles(programs: Programs, { leftOut }: Runtime): Record<string, string> {
  return {
    '/left-out.json': JSON.stringify(leftOut),
    '/': '<!doctype html><meta charset="utf-8"><title>runtimes</title><script type="module" src="/page.js"></script>',
    '/page.js': readFileSync(programs.page, 'utf8'),
  };
}
