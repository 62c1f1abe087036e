import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as dial, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import KeyvRedis, { type RedisClientType } from '@keyv/redis';
import { KeyvKeyValueStore } from '@mortise/keyv';
import Keyv from 'keyv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wireRedis } from './wiring.ts';

const PROGRAM = '/usr/bin/redis-server';
const isHere = existsSync(PROGRAM);
const WHY = isHere ? '' : ` (skipped: no ${PROGRAM})`;

describe.skipIf(!isHere)(`on a server of Redis${WHY}`, () => {
  let port = 0;
  let server: ChildProcess;
  const folder = mkdtempSync(join(tmpdir(), 'mortise-keyv-'));

  beforeAll(async () => {
    port = await freePort();
    server = spawn(PROGRAM, ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
      stdio: 'ignore',
    });
    while (!(await listens(port))) await pause(20);
  }, 600_000);

  afterAll(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }, 600_000);

  const connect = (isDown?: true) => {
    const adapter = new KeyvRedis(
      { url: `redis://127.0.0.1:${isDown ? 1 : port}`, socket: { reconnectStrategy: isDown ? false : 20 } },
      { throwOnConnectError: true },
    );
    return { adapter, close: () => adapter.disconnect(true) };
  };

  wireRedis({ describe, it }, connect);

  it('S-06: a lock that was lost says so, and frees nothing that another holds by then', async () => {
    const { adapter, close } = connect();
    const store = new KeyvKeyValueStore(new Keyv({ store: adapter, namespace: 'leases' }));
    const held = await store.lock?.(['a', 'b'], { leaseMs: 300 });
    const client = (await adapter.getClient()) as RedisClientType;
    const keys = await client.keys('mortise:lock:leases:*');
    expect(keys).toHaveLength(2);
    await client.del(keys);
    const next = await store.lock?.(['a', 'b']);
    expect(next?.keys).toEqual(['a', 'b']);
    await expect.poll(() => held?.lost?.aborted, { timeout: 5_000 }).toBe(true);
    expect(held?.lost?.reason).toMatchObject({ code: 'conflict' });
    await held?.release();
    expect((await store.lock?.(['a']))?.keys).toEqual([]);
    await next?.release();
    expect(await client.keys('mortise:lock:*')).toEqual([]);
    await close();
  });

  it('S-06: a Keyv elsewhere than in Redis has no lock', () => {
    expect(new KeyvKeyValueStore(new Keyv(new Map())).lock).toBeUndefined();
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
