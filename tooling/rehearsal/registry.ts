import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A registry on the loopback interface. Our packages are its own; all others come from where this machine's come from. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** A user configuration that sends npm and pnpm there, with nobody's token. */
  readonly userconfig: string;
  /** The same, of somebody who ran `npm login` as an owner. */
  readonly ownersConfig: string;
  /** What a run of the publishing workflow finds in its environment. */
  readonly run: NodeJS.ProcessEnv;
  /** Versions of a package, or none. */
  versions(name: string): Promise<string[]>;
  /** The version of each of its tags. */
  tags(name: string): Promise<Record<string, string>>;
  /** Lets a package trust the workflow, as `npm trust` does, where it does not yet. */
  trust(name: string): Promise<void>;
}

interface Packument {
  readonly versions?: Record<string, unknown>;
  readonly 'dist-tags'?: Record<string, string>;
}

export async function startRegistry(folder: string, bin: string, upstream: string): Promise<Registry> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(folder, 'verdaccio.yaml');
  const userconfig = join(folder, 'npmrc');
  const ownersConfig = join(folder, 'npmrc-of-an-owner');
  // Nobody's, and good for nothing but this rehearsal. An identity has the form of a signed token's.
  const [owner, run, name] = ['owner', 'run', 'identity'].map((of) => `rehearsal-${of}-${randomUUID()}`);
  const identity = ['{}', JSON.stringify({ name }), '{}'].map((part) => btoa(part)).join('.');
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
plugins: ${join(import.meta.dirname, 'plugins')}
middlewares:
  npm-manners:
    enabled: true
    owner: ${owner}
    run: ${run}
    identity: ${identity}
max_body_size: 50mb
log: { type: stdout, level: warn }
`,
  );
  writeFileSync(userconfig, `registry=${url}\n`);
  writeFileSync(ownersConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=${owner}\n`);
  const server = spawn(process.execPath, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await reachable(url, server.exitCode);
  const packument = async (of: string): Promise<Packument> => {
    const address = url + of.replace('/', '%2f');
    // A step before this one may have held the process for minutes, and its connection is then gone.
    const response = await fetch(address).catch(() => fetch(address));
    return response.ok ? ((await response.json()) as Packument) : {};
  };
  return {
    url,
    userconfig,
    ownersConfig,
    run: {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}-/rehearsal/identity`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: run,
    },
    async versions(name) {
      return Object.keys((await packument(name)).versions ?? {});
    },
    async tags(name) {
      return (await packument(name))['dist-tags'] ?? {};
    },
    async trust(name) {
      const address = `${url}-/package/${name.replace('/', '%2f')}/trust`;
      const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
      const { status } = await fetch(address, { method: 'POST', headers, body: '[]' });
      if (status !== 201 && status !== 409) throw new Error(`${name} trusts nobody: ${status}`);
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
