import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** The program of a server; undefined where there is none. */
export const serverProgram: string | undefined = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => existsSync(path));

export const WHY: string = serverProgram === undefined ? ' (skipped: no redis-server in /usr/bin)' : '';

interface Options {
  readonly enableOfflineQueue?: boolean;
  readonly lazyConnect?: boolean;
  readonly username?: string;
  readonly password?: string;
}

export interface RedisServer {
  readonly port: number;
  /** A connection that is closed with the server. */
  connect(options?: Options): Redis;
  /** Ends it as a failure of the machine would. */
  kill(): Promise<void>;
  /** On the same port, with the data that are on the disk. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server on a free port of this machine that writes each command to a file, with its data in a folder of its own. */
export async function startRedis(program: string, ...flags: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-redis-'));
  const port = await freePort();
  const connections: Redis[] = [];
  let server: ChildProcess | undefined;

  const connect = (options: Options = {}): Redis => {
    const client = new Redis({ port, host: '127.0.0.1', ...options });
    // Without a listener it prints every failed try to connect.
    client.on('error', () => undefined);
    connections.push(client);
    return client;
  };
  const start = async (): Promise<void> => {
    const places = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
    server = spawn(
      program,
      [...places, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', ...flags],
      {
        stdio: 'ignore',
      },
    );
    const probe = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 20, maxRetriesPerRequest: null });
    probe.on('error', () => undefined);
    await probe.ping();
    probe.disconnect();
  };
  const kill = async (): Promise<void> => {
    if (server === undefined) return;
    const ended = new Promise<void>((resolve) => void server?.once('exit', () => resolve()));
    server.kill('SIGKILL');
    await ended;
    server = undefined;
  };
  await start();
  return {
    port,
    connect,
    kill,
    start,
    async stop() {
      for (const client of connections) client.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
