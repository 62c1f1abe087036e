import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { checkTexts } from '@mortise/core/shared';
import { leasedKeys, leaseOf, storeCall, type KeyLockOptions, type KeyValueStore } from '@mortise/core/store';
import { failureOf } from './failure.ts';

/** What is used of the adapter `KeyvRedis`. */
export interface RedisAdapter {
  /** Connects where it is not. */
  getClient(): Promise<unknown>;
}

/** What is used of its client: of a server, a cluster or sentinels. */
interface RedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** One key each, since those of a cluster stand on several nodes. ARGV: the holder, the lease in milliseconds. */
const TAKE = `if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end return 0`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Scripts that are under way at once. */
const AT_ONCE = 256;

/** The `lock` of a store in Redis. `place` is the key of an entry; `prefix` is what tells a Keyv from another. */
export function redisLock(
  adapter: RedisAdapter,
  prefix: string,
  place: (key: string, options: KeyLockOptions) => string,
): NonNullable<KeyValueStore['lock']> {
  async function run(
    script: string,
    keys: readonly string[],
    holder: string,
    leaseMs: number,
  ): Promise<string[]> {
    const done: string[] = [];
    try {
      const client = (await adapter.getClient()) as RedisClient;
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const some = keys.slice(at, at + AT_ONCE);
        const given = { arguments: [holder, `${Math.ceil(leaseMs)}`] };
        const answers = await Promise.all(some.map((key) => client.eval(script, { keys: [key], ...given })));
        done.push(...some.filter((_key, n) => Number(answers[n]) === 1));
      }
      return done;
    } catch (thrown) {
      const { reason, cause } = failureOf(thrown);
      const message = `Redis behind Keyv could not lock: ${reason}. Check that it runs and can be reached.`;
      throw new MortiseError('connection', message, { cause });
    }
  }

  return async (given, options = {}) =>
    storeCall(options, async (checked) => {
      const { signal } = checked;
      const leaseMs = leaseOf(checked);
      const byPlace = new Map(
        checkTexts('The list of keys', given).map((key) => [
          `mortise:lock:${prefix}${place(key, checked)}`,
          key,
        ]),
      );
      const places = [...byPlace.keys()];
      throwIfAborted(signal);
      const holder = crypto.randomUUID();
      const taking = run(TAKE, places, holder, leaseMs);
      try {
        const held = await (signal === undefined ? taking : raceAbort(taking, signal));
        return leasedKeys({
          keys: held.map((one) => byPlace.get(one) as string),
          leaseMs,
          renew: async () => (await run(RENEW, held, holder, leaseMs)).length,
          release: async () => void (await run(RELEASE, held, holder, leaseMs)),
        });
      } catch (error) {
        // An abort does not wait, and of a failure some may have been taken: what is left behind is given back.
        const giveBack = (): Promise<string[]> => run(RELEASE, places, holder, leaseMs);
        taking.then(giveBack, giveBack).catch(() => undefined);
        throw error;
      }
    });
}
