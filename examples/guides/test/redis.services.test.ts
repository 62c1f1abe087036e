import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  serverProgram,
  startRedis,
  WHY,
  type RedisServer,
} from '../../../integrations/bullmq/test/server.ts';

describe.skipIf(serverProgram === undefined)(`the guide's cache and limit, in four processes${WHY}`, () => {
  let redis: RedisServer;
  let provider: Server;
  let processes: ChildProcess[];
  const asked: string[] = [];
  const embedded: string[] = [];

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    provider = createServer(async (request, response) => {
      const body = await textOf(request);
      if (request.url === '/embed') {
        const inputs = JSON.parse(body) as string[];
        embedded.push(...inputs);
        await pause(50);
        response.end(JSON.stringify(inputs.map((input) => [input.length, 1])));
        return;
      }
      asked.push(body);
      if (body.includes('endless') && asked.filter((one) => one === body).length === 1) return;
      await pause(50);
      response.end(`The answer to ${body}`);
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    processes = await Promise.all([0, 1, 2, 3].map(start));
  }, 600_000);

  afterAll(async () => {
    for (const child of processes ?? []) child.kill('SIGKILL');
    provider?.closeAllConnections();
    provider?.close();
    await redis?.stop();
  }, 600_000);

  async function start(): Promise<ChildProcess> {
    const urls = [
      `redis://127.0.0.1:${redis.port}`,
      `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    ];
    const child = fork(fileURLToPath(new URL('redis-process.ts', import.meta.url)), urls, {
      execArgv: ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'],
    });
    await once(child, 'message');
    return child;
  }

  async function ask(child: ChildProcess, prompts: string[], texts: string[]): Promise<unknown> {
    const answer = once(child, 'message');
    child.send({ prompts, texts });
    return (await answer)[0];
  }

  it('S-06: four processes that ask the same 50 prompts and texts at once pay for 50 of each', async () => {
    const prompts = Array.from({ length: 50 }, (_, at) => `Prompt ${at}`);
    const texts = prompts.map((prompt) => `${prompt} as a text`);
    const answers = await Promise.all(processes.map((child) => ask(child, prompts, texts)));
    expect(asked).toHaveLength(50);
    expect(embedded.toSorted()).toEqual(texts.toSorted());
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const again = await ask(processes[0] as ChildProcess, prompts, texts);
    expect(again).toEqual(answers[0]);
    expect(asked).toHaveLength(50);
    // Nothing is locked any more, and the limit has counted what was asked.
    const client = redis.connect();
    await expect.poll(() => client.keys('mortise:lock:*')).toEqual([]);
    const levels = await client.hgetall('{mortise:limiter:openai/gpt-5}:levels');
    // It is full again within a second, which a machine may well take to get here.
    expect(Number(levels['requests'])).toBeLessThanOrEqual(5_000);
  });

  it('S-06: what a killed process was asking is asked by another when its lease has ended', async () => {
    const [dying, other] = processes as [ChildProcess, ChildProcess];
    dying.send({ prompts: ['An endless question'], texts: [] });
    await expect.poll(() => asked.filter((body) => body.includes('endless')).length).toBe(1);
    const waiting = ask(other, ['An endless question'], []);
    await pause(500);
    expect(asked.filter((body) => body.includes('endless'))).toHaveLength(1);
    dying.kill('SIGKILL');
    const began = performance.now();
    await waiting;
    expect(performance.now() - began).toBeLessThan(12_000);
    expect(asked.filter((body) => body.includes('endless'))).toHaveLength(2);
  });
});
