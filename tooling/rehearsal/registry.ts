import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A registry on the loopback interface. Our packages are its own; all others come from where this machine's come from. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** A user configuration that sends npm and pnpm there. */
  readonly userconfig: string;
  /** Versions of a package, or none. */
  versions(name: string): Promise<string[]>;
}

export async function startRegistry(folder: string, bin: string, upstream: string): Promise<Registry> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(folder, 'verdaccio.yaml');
  const userconfig = join(folder, 'npmrc');
  const own = ['@mortise/*', 'create-mortise', 'create-mortise-app'].map(
    (name) => `  '${name}':\n    access: $all\n    publish: $all\n    unpublish: $all\n`,
  );
  writeFileSync(
    config,
    `storage: ${join(folder, 'storage')}
auth:
  htpasswd:
    file: ${join(folder, 'htpasswd')}
uplinks:
  upstream:
    url: ${upstream}
    cache: true
    timeout: 60s
packages:
${own.join('')}  '**':
    access: $all
    proxy: upstream
max_body_size: 50mb
log: { type: stdout, level: warn }
`,
  );
  // npm sends nothing without a token, and this registry asks for none.
  writeFileSync(userconfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  const server = spawn(process.execPath, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await reachable(url, server.exitCode);
  return {
    url,
    userconfig,
    async versions(name) {
      const address = url + name.replace('/', '%2f');
      // A step before this one may have held the process for minutes, and its connection is then gone.
      const response = await fetch(address).catch(() => fetch(address));
      if (!response.ok) return [];
      const { versions = {} } = (await response.json()) as { versions?: Record<string, unknown> };
      return Object.keys(versions);
    },
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null) return;
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function reachable(url: string, exitCode: number | null): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (exitCode !== null) break;
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The registry did not start.');
}
