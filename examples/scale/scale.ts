import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { enqueue, type QueueReport } from '@mortise/bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Settings } from './arguments.ts';
import { documents } from './documents.ts';
import type { Point } from './plot.ts';
import { hasVectors } from './pipeline.ts';
import { startProvider, type Provider } from './provider.ts';
import type { Task } from './worker.ts';

export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** What one number of workers did. */
export interface Measured extends Point {
  readonly seconds: number;
  readonly requests: number;
  readonly report: QueueReport;
}

/** Each number of workers with an index and a queue of its own, one after the other. */
export async function* measure(
  { databaseUrl, redisUrl }: Servers,
  { documents: each, workers: most, waitMs }: Settings,
): AsyncGenerator<Measured> {
  const connection = new Redis(redisUrl);
  const provider = await startProvider(waitMs);
  try {
    for (let workers = 1; workers <= most; workers++) {
      const name = `scale_${Date.now().toString(36)}`;
      const task = { databaseUrl, redisUrl, providerUrl: provider.url, name };
      yield await one(connection, provider, task, workers, each * workers);
    }
  } finally {
    provider.close();
    connection.disconnect();
  }
}

async function one(
  connection: Redis,
  provider: Provider,
  task: Task,
  workers: number,
  count: number,
): Promise<Measured> {
  const children = await Promise.all(Array.from({ length: workers }, () => startWorker(task)));
  try {
    provider.requests();
    const began = performance.now();
    const report = await enqueue(documents(count), { connection, name: task.name });
    const seconds = (performance.now() - began) / 1_000;
    return { workers, seconds, rate: count / seconds, requests: provider.requests(), report };
  } finally {
    await Promise.all(children.map(stopWorker));
  }
}

async function startWorker(task: Task): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, file, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const works = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'exit').then(() => false),
  ]);
  if (!works) throw new Error('A worker ended before it began. What it wrote above says why.');
  return child;
}

async function stopWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Whether vectors are in tables of their own. */
export async function keepsVectors(databaseUrl: string): Promise<boolean> {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  try {
    return await hasVectors(pool);
  } finally {
    await pool.end();
  }
}
