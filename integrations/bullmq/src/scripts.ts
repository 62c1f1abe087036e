import { createHash } from 'node:crypto';
import { errorText, MortiseError } from '@mortise/core';
import { redisFailure } from './errors.ts';

/** What is used of a client of Redis: a `Redis` or a `Cluster` of `ioredis` is one. */
export interface RedisScripts {
  evalsha(sha1: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
  /** Said in errors where it is there, such as `reconnecting`. */
  readonly status?: string | undefined;
}

export interface Script {
  readonly source: string;
  readonly sha1: string;
}

export function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** One run of a script, bounded in time. */
export interface ScriptRun {
  readonly connection: RedisScripts;
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  readonly timeoutMs: number;
  /** Of what, in errors. */
  readonly place: string;
}

/** Rejects with a `MortiseError`: `connection` where the server is not there, `timeout` where it does not answer, others as it says. */
export async function runScript(run: ScriptRun): Promise<unknown> {
  const { connection, timeoutMs, place } = run;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(silence(place, timeoutMs, connection.status)), timeoutMs);
    send(run)
      .then(resolve, (cause: unknown) => reject(redisFailure(place, cause)))
      .finally(() => clearTimeout(timer));
  });
}

/** By its hash, which is shorter; a server that does not know it yet, or that was started anew, is sent the text. */
async function send({ connection, script: { sha1, source }, keys, args }: ScriptRun): Promise<unknown> {
  const all = [...keys, ...args.map(String)];
  try {
    return await connection.evalsha(sha1, keys.length, ...all);
  } catch (error) {
    if (!errorText(error).startsWith('NOSCRIPT')) throw error;
    return connection.eval(source, keys.length, ...all);
  }
}

function silence(place: string, timeoutMs: number, status: string | undefined): MortiseError {
  const isGone = status !== undefined && status !== 'ready';
  const state = isGone ? `; its connection is '${status}'` : '';
  const message = `${place}: Redis did not answer within ${timeoutMs} ms${state}. Check that it runs and can be reached, or raise timeoutMs.`;
  return new MortiseError(isGone ? 'connection' : 'timeout', message);
}
