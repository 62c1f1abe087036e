import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, vi } from 'vitest';
import { listening, stop } from '../servers/provider.ts';
import { serves } from '../servers/serves.ts';

const program = createRequire(import.meta.url).resolve('next/dist/bin/next');

function next(args: readonly string[], environment: Partial<NodeJS.ProcessEnv> = {}): ChildProcess {
  const env = {
    ...process.env,
    NODE_ENV: 'production' as const,
    NEXT_TELEMETRY_DISABLED: '1',
    ...environment,
  };
  return spawn(process.execPath, [program, ...args], { cwd: import.meta.dirname, env });
}

beforeAll(async () => {
  const building = next(['build']);
  const said = Promise.all([text(building.stdout!), text(building.stderr!)]);
  const [code] = (await once(building, 'close')) as [number | null];
  expect(code, (await said).join('\n')).toBe(0);
}, 600_000);

/** `next start` on a port that was free a moment ago. */
async function started(provider: string): Promise<string> {
  const server = createServer();
  const origin = await listening(server);
  stop(server);
  const { port, hostname } = new URL(origin);
  const running = next(['start', '-H', hostname, '-p', port], { PROVIDER_URL: provider });
  onTestFinished(async () => {
    running.kill();
    await once(running, 'close');
  });
  await vi.waitFor(() => fetch(origin), { timeout: 60_000, interval: 100 });
  return origin;
}

serves('next', ({ origin }) => started(origin));
