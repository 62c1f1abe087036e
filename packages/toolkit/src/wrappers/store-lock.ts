import { sleep, throwIfAborted } from '@mortise/core/call';
import { checkTexts, requireMembers } from '@mortise/core/shared';
import type { KeyLock, KeyValueStore } from '@mortise/core/store';
import type { StoreGuard } from './store-guard.ts';

/** Milliseconds between two looks for what another process makes: fewer the longer it takes. */
const FIRST_LOOK_MS = 25;
const LONGEST_LOOK_MS = 500;
/** After so long what another process makes is made here too: it lives, and does not come to an end. */
const LONGEST_WAIT_MS = 600_000;

/** Keys that a call makes the values of, in the place of all processes that share a store. */
export interface Claimed<V> {
  readonly mine: readonly string[];
  /** Made by another process meanwhile. */
  readonly found: ReadonlyMap<string, V>;
  /** Another process is making them. */
  readonly theirs: readonly string[];
}

/** The locks of one call on a store that several processes share. */
export interface StoreLocks<V> {
  /** Holds what nobody holds. Of keys that were missed: what another made since then is found. */
  claim(keys: readonly string[], signal: AbortSignal | undefined): Promise<Claimed<V>>;
  /** Waits for what others make, until all is found or some has become ours to make, as its holder died or failed. */
  wait(theirs: readonly string[], signal: AbortSignal | undefined): Promise<Claimed<V>>;
  /** Made, or not to be made: others need not wait any more. */
  release(keys: Iterable<string>): void;
}

export interface StoreLocksOptions<V> {
  readonly store: KeyValueStore;
  readonly namespace: string;
  readonly guard: StoreGuard;
  /** The value or miss of each key; nothing is said of misses. */
  readonly look: (
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ) => Promise<readonly (V | undefined)[]>;
}

/** Undefined where the store has no `lock`: then nobody waits for another process. */
export function storeLocksOf<V>({
  store,
  namespace,
  guard,
  look,
}: StoreLocksOptions<V>): StoreLocks<V> | undefined {
  if (typeof store.lock !== 'function') return undefined;
  /** What is held together is let go together. */
  const held = new Map<string, { readonly lock: KeyLock; left: number }>();

  function release(keys: Iterable<string>): void {
    for (const key of keys) {
      const together = held.get(key);
      if (!held.delete(key) || together === undefined || --together.left > 0) continue;
      letGo(together.lock);
    }
  }

  async function take(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly string[] | undefined> {
    let isLate = false;
    const locking = async (): Promise<KeyLock> => {
      const lock = requireMembers(
        (await store.lock?.(keys, { namespace, signal })) as KeyLock,
        ['release'],
        'lock',
        'KeyLock',
      );
      // Nobody would ever let go of it.
      if (isLate) letGo(lock);
      return { keys: checkTexts('The keys of a lock', lock.keys), release: () => lock.release() };
    };
    let lock: KeyLock | undefined;
    try {
      lock = await guard('locked', signal, locking);
    } finally {
      isLate = lock === undefined;
    }
    if (lock === undefined) return undefined;
    const asked = new Set(keys);
    const got = lock.keys.filter((key) => asked.delete(key));
    const together = { lock, left: got.length };
    for (const key of got) held.set(key, together);
    if (got.length === 0) letGo(lock);
    return got;
  }

  async function claim(keys: readonly string[], signal: AbortSignal | undefined): Promise<Claimed<V>> {
    const got = await take(keys, signal);
    // A store that fails locks nothing: the call goes on as if it had no lock.
    if (got === undefined) return { mine: keys, found: new Map(), theirs: [] };
    if (got.length === 0) return { mine: got, found: new Map(), theirs: keys };
    try {
      const values = await look(got, signal);
      const found = new Map<string, V>();
      for (const [at, value] of values.entries())
        if (value !== undefined) found.set(got[at] as string, value);
      release(found.keys());
      const ours = new Set(got);
      return {
        mine: got.filter((key) => !found.has(key)),
        found,
        theirs: keys.filter((key) => !ours.has(key)),
      };
    } catch (error) {
      release(got);
      throw error;
    }
  }

  async function wait(theirs: readonly string[], signal: AbortSignal | undefined): Promise<Claimed<V>> {
    const found = new Map<string, V>();
    const until = performance.now() + LONGEST_WAIT_MS;
    let left = theirs;
    for (let ms = FIRST_LOOK_MS; left.length > 0; ms = Math.min(LONGEST_LOOK_MS, ms * 1.5)) {
      await sleep(ms * (0.75 + Math.random() / 2), signal);
      throwIfAborted(signal);
      const values = await look(left, signal);
      for (const [at, value] of values.entries())
        if (value !== undefined) found.set(left[at] as string, value);
      left = left.filter((key) => !found.has(key));
      if (left.length === 0) break;
      const now = await claim(left, signal);
      for (const [key, value] of now.found) found.set(key, value);
      left = now.theirs;
      if (now.mine.length > 0) return { mine: now.mine, found, theirs: left };
      if (performance.now() > until) return { mine: left, found, theirs: [] };
    }
    return { mine: [], found, theirs: [] };
  }

  return { claim, wait, release };
}

/** Where it cannot be told, the lease ends by itself. */
function letGo(lock: KeyLock): void {
  const release = async (): Promise<void> => lock.release();
  release().catch(() => undefined);
}
