import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Where Debian puts the programs of a server. */
const PLACES = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`; undefined where there is none. */
export const serverPrograms: string | undefined = existsSync(PLACES)
  ? readdirSync(PLACES)
      .map((version) => join(PLACES, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')))
  : undefined;

export interface Server {
  /** Of its database, as a user who may do everything. */
  readonly url: string;
  /** Ends it as a failure of the machine would. */
  kill(): Promise<void>;
  /** On the same port, with the data that are on the disk. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server on a free port of this machine, with its data in a folder of its own. */
export async function startServer(programs: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-postgres-'));
  const user = serverUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const run = { ...user, cwd: folder };
  const data = join(folder, 'data');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-A', 'trust', '-N'],
    {
      ...run,
      stdio: 'ignore',
    },
  );
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
    server = undefined;
  };
  const stop = async (): Promise<void> => {
    await end('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (): Promise<void> => {
    const options = ['-D', data, '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', folder];
    server = spawn(join(programs, 'postgres'), options, { ...run, stdio: 'ignore' });
    for (let tries = 0; !(await answers(url)); tries++) {
      // What a killed one left behind may still hold the data: the program then ends at once.
      if (server.exitCode !== null)
        server = spawn(join(programs, 'postgres'), options, { ...run, stdio: 'ignore' });
      if (tries === 200) throw new Error('The server does not answer.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, kill: () => end('SIGKILL'), start, stop };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  const isThere = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end().catch(() => undefined);
  return isThere;
}

/** `postgres` refuses to run as root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return Number(stdout.trim() || 65_534);
  }) as [number, number];
  return { uid, gid };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
