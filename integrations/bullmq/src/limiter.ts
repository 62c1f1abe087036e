import { randomUUID } from 'node:crypto';
import { MortiseError } from '@mortise/core';
import {
  abortReason,
  throwIfAborted,
  type Lease,
  type LeaseOutcome,
  type RateLimiter,
} from '@mortise/core/call';
import { emitPoint } from '@mortise/core/events';
import { checkOptions, positive, requireMembers, shown } from '@mortise/core/shared';
import { askScript, renewScript, settleScript } from './limiter-lua.ts';
import { runScript, script, type RedisScripts, type Script } from './scripts.ts';

/** At least one of the three limits, as of `createRateLimiter`, and where they are kept. */
export interface RedisLimiterOptions {
  /** A `Redis` or a `Cluster` of `ioredis`. The limiter neither connects nor closes it. */
  connection: RedisScripts;
  /** Of the limit, such as `openai/gpt-5`: who gives the same one shares it. */
  name: string;
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
  /** Requests in flight, in all processes together. */
  concurrency?: number | undefined;
  /** What the keys begin with. Default: `mortise`. */
  prefix?: string | undefined;
  /**
   * Milliseconds after which a process that says nothing any more counts as dead: its calls in flight and its place in
   * the line are given to others. Processes renew theirs three times as often. At least 100. Default: 10,000.
   */
  leaseMs?: number | undefined;
  /** Milliseconds that Redis has for an answer. Default: 5,000. */
  timeoutMs?: number | undefined;
}

interface Waiter {
  readonly id: string;
  readonly tokens: number;
  readonly began: number;
  /** Nobody waits for it any more. */
  left: boolean;
  grant(waited: boolean): void;
  fail(error: Error): void;
}

/** What a call gives back when it leaves the line or has ended. */
interface Settlement {
  readonly id: string;
  readonly requests: 0 | 1;
  readonly tokens: number;
}

/** Calls that one script is asked for. */
const MOST_AT_ONCE = 64;
/** Leases that one script renews. */
const MOST_RENEWED = 1_000;
/** Who waits asks so often at least: what others give back early is not told to it. */
const LONGEST_WAIT_MS = 1_000;
const LONGEST_JITTER_MS = 50;

/**
 * One limit for all processes that give the same `name`: token buckets for requests and tokens a minute, and a bound on what
 * is in flight, as `createRateLimiter` has them, in Redis. First come, first served, over all processes, by the moment at
 * which each call came; in the milliseconds between two questions of a process another one's call may pass. What can never fit is
 * refused at once with `rate-limit`, not retryable; what a request really used replaces its estimate.
 *
 * A process that dies keeps its calls in flight and its place in the line for `leaseMs` at most. Where Redis fails, or does
 * not answer within `timeoutMs`, those who wait are refused with a typed error, `connection` for the most part, which is
 * retryable: nothing is sent that is not counted. The next call asks again.
 */
export function createRedisLimiter(given: RedisLimiterOptions): RateLimiter {
  const options = checkOptions(given, 'configuration');
  const connection = requireMembers<RedisScripts>(
    options.connection,
    ['evalsha', 'eval'],
    'connection',
    'Redis client of ioredis',
  );
  const { requestsPerMinute = 0, tokensPerMinute = 0, concurrency = 0 } = checkLimits(options);
  const leaseMs = positive('leaseMs', options.leaseMs ?? 10_000, true);
  if (leaseMs < 100) throw configuration(`leaseMs must be at least 100, and is ${leaseMs}.`);
  const timeoutMs = positive('timeoutMs', options.timeoutMs ?? 5_000);
  const keys = keysOf(options.prefix ?? 'mortise', options.name);
  const place = `The limiter '${options.name}'`;
  const scripts = { ask: script(askScript()), settle: script(settleScript()), renew: script(renewScript()) };

  /** Those who wait here, in order; one may leave from the middle. Only the first of them ask Redis. */
  const queue = new Set<Waiter>();
  /** The calls of this process that are in flight. */
  const running = new Set<string>();
  /** What Redis has not been told, with the moment from which it knows by itself. */
  const unsettled = new Map<Settlement, number>();
  /** The one that has a place in the line of all processes. */
  let ticket: Waiter | undefined;
  let heardAt: number | undefined;
  /** When it last had to wait: whoever came before has waited too. */
  let refusedAt = -Infinity;
  let asking = false;
  /** Something changed while an answer was under way. */
  let changed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewal: ReturnType<typeof setInterval> | undefined;

  const run = (what: Script, args: readonly (string | number)[]) =>
    runScript({ connection, script: what, keys, args, timeoutMs, place });

  function serve(): void {
    changed = true;
    if (asking) return;
    clearTimeout(timer);
    timer = undefined;
    if (queue.size > 0) void ask();
  }

  /** Asks for the first of those who wait, and for more until one has to. */
  async function ask(): Promise<void> {
    asking = true;
    let wait = 0;
    let batch: readonly Waiter[] = [];
    try {
      do {
        // Calls that come in one turn of the event loop go in one question.
        await Promise.resolve();
        changed = false;
        batch = first(queue, MOST_AT_ONCE);
        if (batch.length === 0) break;
        wait = take(batch, await askFor(batch));
      } while (queue.size > 0 && (wait === 0 || changed));
    } catch (error) {
      ticket = undefined;
      for (const waiter of queue) waiter.fail(error as Error);
      queue.clear();
      // It may have been granted all the same: a reply may be lost, or come too late.
      settle(...batch.map(unused));
    }
    asking = false;
    if (queue.size > 0) timer = setTimeout(serve, nextAsk(wait, leaseMs));
  }

  async function askFor(batch: readonly Waiter[]): Promise<Answer> {
    const now = performance.now();
    const heard = heardAt === undefined ? -1 : now - heardAt;
    const calls = batch.flatMap(({ id, tokens, began }) => [id, tokens, Math.max(0, now - began)]);
    const args = [leaseMs, requestsPerMinute, tokensPerMinute, concurrency, heard, ...calls];
    const answer = readAnswer(await run(scripts.ask, args), batch.length, place);
    heardAt = now;
    return answer;
  }

  /** Serves what was granted; gives the milliseconds until the next question, 0 for at once. */
  function take(batch: readonly Waiter[], { granted, waitMs, lost }: Answer): number {
    // Others may have been granted a place of ours since then.
    if (lost) renew();
    const abandoned: Settlement[] = [];
    for (const waiter of batch.slice(0, granted)) {
      if (waiter.left) {
        abandoned.push(unused(waiter));
        continue;
      }
      queue.delete(waiter);
      running.add(waiter.id);
      renewal ??= every(leaseMs / 3, renew);
      waiter.grant(waiter.began <= refusedAt);
    }
    ticket = batch[granted];
    if (ticket !== undefined) refusedAt = performance.now();
    if (ticket?.left === true) {
      abandoned.push(unused(ticket));
      ticket = undefined;
    }
    if (abandoned.length > 0) settle(...abandoned);
    return ticket === undefined ? 0 : Math.max(1, waitMs);
  }

  function settle(...them: readonly Settlement[]): void {
    const args = them.flatMap(({ id, requests, tokens }) => [id, requests, tokens]);
    run(scripts.settle, [requestsPerMinute, tokensPerMinute, ...args]).catch(() => {
      // Told with the next renewal, until the lease has ended by itself.
      const until = performance.now() + leaseMs;
      for (const one of them) if (!unsettled.has(one)) unsettled.set(one, until);
      renewal ??= every(leaseMs / 3, renew);
    });
  }

  /** What is in flight goes on, and what could not be told is told again. */
  function renew(): void {
    const now = performance.now();
    for (const [one, until] of unsettled) if (until < now) unsettled.delete(one);
    if (running.size === 0 && unsettled.size === 0) {
      clearInterval(renewal);
      renewal = undefined;
      return;
    }
    const ids = [...running];
    for (let at = 0; at < ids.length; at += MOST_RENEWED)
      // The next renewal is a second try, and an end of the lease the last word.
      run(scripts.renew, [leaseMs, ...ids.slice(at, at + MOST_RENEWED)]).catch(() => undefined);
    for (const one of first(unsettled.keys(), MOST_AT_ONCE))
      run(scripts.settle, [requestsPerMinute, tokensPerMinute, one.id, one.requests, one.tokens]).then(
        () => unsettled.delete(one),
        () => undefined,
      );
  }

  function lease({ id, tokens: reserved }: Waiter): Lease {
    return {
      release({ tokens: used = reserved }: LeaseOutcome = {}) {
        if (!running.delete(id)) return;
        settle({ id, requests: 0, tokens: Number.isFinite(used) ? reserved - used : 0 });
        serve();
      },
    };
  }

  return {
    async acquire(request) {
      const { tokens = 0, signal } = checkOptions(request);
      throwIfAborted(signal);
      if (!(Number.isFinite(tokens) && tokens >= 0)) throw noCount(tokens);
      if (tokensPerMinute > 0 && tokens > tokensPerMinute) throw oversize(tokens, tokensPerMinute);
      const began = performance.now();
      let waitedMs = 0;
      const granted = await new Promise<Lease>((resolve, reject) => {
        const waiter: Waiter = {
          id: randomUUID(),
          tokens: tokensPerMinute > 0 ? tokens : 0,
          began,
          left: false,
          grant(waited) {
            signal?.removeEventListener('abort', onAbort);
            if (waited) waitedMs = performance.now() - began;
            resolve(lease(waiter));
          },
          fail(error) {
            signal?.removeEventListener('abort', onAbort);
            reject(error);
          },
        };
        const onAbort = (): void => {
          waiter.left = true;
          queue.delete(waiter);
          reject(abortReason(signal as AbortSignal));
          // While an answer is under way it may be granted; whoever takes that sees that it left.
          if (asking || waiter !== ticket) return;
          ticket = undefined;
          settle(unused(waiter));
          serve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.add(waiter);
        // With others before it there is nothing new to ask.
        if (queue.size === 1) serve();
      });
      // Told in the waiting call's own context: what grants is an answer to another call, or a timer.
      if (waitedMs > 0) emitPoint('rate-limit', { waitedMs, tokens });
      return granted;
    },
  };
}

interface Limits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrency?: number | undefined;
}

function checkLimits({ requestsPerMinute, tokensPerMinute, concurrency }: Limits): Limits {
  if (requestsPerMinute === undefined && tokensPerMinute === undefined && concurrency === undefined)
    throw configuration('A rate limiter needs requestsPerMinute, tokensPerMinute or concurrency.');
  if (requestsPerMinute !== undefined) positive('requestsPerMinute', requestsPerMinute);
  if (tokensPerMinute !== undefined) positive('tokensPerMinute', tokensPerMinute);
  if (concurrency !== undefined) positive('concurrency', concurrency, true);
  return { requestsPerMinute, tokensPerMinute, concurrency };
}

/** All with one hash tag, so that they are on one node of a cluster. A brace in a name would end the tag, or begin another. */
function keysOf(prefix: string, name: string): string[] {
  for (const [option, text] of Object.entries({ prefix, name }))
    if (typeof text !== 'string' || text === '' || /[{}]/.test(text))
      throw configuration(
        `The ${option} of a limiter is a text without braces, not empty. Give another one.`,
      );
  return ['levels', 'line', 'tickets', 'flight'].map((part) => `{${prefix}:limiter:${name}}:${part}`);
}

interface Answer {
  readonly granted: number;
  readonly waitMs: number;
  /** The levels were gone, and what is in flight with them. */
  readonly lost: boolean;
}

function readAnswer(answer: unknown, asked: number, place: string): Answer {
  const [granted, waitMs, lost] = Array.isArray(answer) ? answer.slice(0, 3).map(wholeCount) : [];
  if (granted !== undefined && granted <= asked && waitMs !== undefined)
    return { granted, waitMs, lost: lost === 1 };
  const message = `${place}: the connection gave what the script does not say. Give a client of ioredis without transformers of replies.`;
  throw new MortiseError('configuration', message);
}

/** As a client gives it: with the option `stringNumbers` of ioredis as text. */
function wholeCount(value: unknown): number | undefined {
  const count = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
}

/** Milliseconds until the next question: not in step with other processes, and early enough to keep the place in the line. */
function nextAsk(waitMs: number, leaseMs: number): number {
  const wait = Math.max(1, Math.min(waitMs, LONGEST_WAIT_MS, leaseMs / 3));
  return wait + Math.random() * Math.min(LONGEST_JITTER_MS, wait / 5);
}

/** A call that was not sent. */
function unused({ id, tokens }: Waiter): Settlement {
  return { id, requests: 1, tokens };
}

function first<T>(all: Iterable<T>, most: number): T[] {
  const some: T[] = [];
  for (const one of all) if (some.push(one) === most) break;
  return some;
}

/** A timer that holds up no process which has nothing else to do. */
function every(ms: number, call: () => void): ReturnType<typeof setInterval> {
  const interval = setInterval(call, ms);
  interval.unref();
  return interval;
}

function configuration(message: string): MortiseError {
  return new MortiseError('configuration', message);
}

function noCount(tokens: unknown): MortiseError {
  return configuration(
    `A limiter was asked for ${shown(tokens)} tokens; it takes a number from 0. Check what estimates them.`,
  );
}

function oversize(asked: number, capacity: number): MortiseError {
  const message = `A request of about ${asked} tokens can never fit into ${capacity} tokens a minute. Shorten it, or raise tokensPerMinute.`;
  return new MortiseError('rate-limit', message, { retryable: false });
}
