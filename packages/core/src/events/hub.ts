import { MortiseError } from '../errors.ts';
import { heard } from '../shared/heard.ts';
import { shown } from '../shared/options.ts';
import type { MortiseEvent } from './map.ts';

/** The part of `AsyncLocalStorage` that carries a span's id across awaits. */
export interface ContextStorage {
  getStore(): string | undefined;
  run<T>(spanId: string | undefined, fn: () => T): T;
}

interface AsyncHooks {
  AsyncLocalStorage: (new () => ContextStorage) & { snapshot?(): Resume };
}

/** Runs `fn` in a context that was captured. */
export type Resume = <T>(fn: () => T) => T;

/**
 * Node, Bun, Deno and workerd hand out `AsyncLocalStorage` here, without an import that a browser could not resolve.
 * Where there is none, parents pass through the `parent` option.
 */
function defaultContext(): Pick<Hub, 'storage' | 'capture'> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as Partial<AsyncHooks> | undefined;
  const Storage = hooks?.AsyncLocalStorage;
  if (Storage === undefined) return { storage: undefined };
  return { storage: new Storage(), capture: () => Storage.snapshot?.() };
}

export interface SubscribeOptions {
  /** Put prompts, replies and queries into `event.content`. Default: false, they are private. */
  captureContent?: boolean | undefined;
  /**
   * Runs what happens inside an operation, and makes a context of one's own the current one there, such as a tracer's: once for a
   * whole call, once where a stream is opened and once more where it is first read on. What is current there in an `AsyncLocalStorage` is so
   * at each pull; where the runtime has none, it is called for each. Default: it is just run.
   */
  around?: Around | undefined;
}

/**
 * Calls `work` once, at once, and returns what it returns. `spanId` is the operation's. What it returns or throws itself changes
 * nothing for the caller.
 */
export type Around = (spanId: string, work: () => unknown) => unknown;

/** Receives every event of the process, synchronously. A throw or a rejection breaks nothing; it is reported. */
export type Subscriber = (event: MortiseEvent) => void;

interface Subscription {
  readonly subscriber: Subscriber;
  readonly captureContent: boolean;
  readonly around?: Around | undefined;
}

/** One a process, two copies of core included: it hangs on `globalThis` under a registered symbol. */
export interface Hub {
  readonly subscriptions: Set<Subscription>;
  storage: ContextStorage | undefined;
  /** The context of this moment, that of `storage` and of every other of its kind. Absent where the runtime cannot tell. */
  capture?: (() => Resume | undefined) | undefined;
  nextId: number;
}

const KEY = Symbol.for('mortise.events.v1');

export function hub(): Hub {
  const holder = globalThis as { [KEY]?: Hub };
  return (holder[KEY] ??= { subscriptions: new Set(), ...defaultContext(), nextId: 1 });
}

/**
 * Sends every event of this process to `subscriber` until the returned function is called.
 *
 * ```ts
 * const stop = subscribe((event) => console.error(event.phase, event.name, event.attributes));
 * ```
 *
 * Throws `configuration` for a subscriber or an `around` that is no function.
 */
export function subscribe(subscriber: Subscriber, options: SubscribeOptions = {}): () => void {
  const given: unknown = subscriber;
  if (typeof given !== 'function')
    throw new MortiseError(
      'configuration',
      `subscribe takes a function of an event, and not ${shown(given)}.`,
    );
  const subscription: Subscription = { subscriber, ...readOptions(options) };
  hub().subscriptions.add(subscription);
  return () => void hub().subscriptions.delete(subscription);
}

function readOptions(options: SubscribeOptions): Omit<Subscription, 'subscriber'> {
  let read: SubscribeOptions;
  try {
    const { captureContent, around } = options;
    read = { captureContent, around };
  } catch (cause) {
    throw new MortiseError('configuration', 'The options of subscribe cannot be read.', { cause });
  }
  const around: unknown = read.around;
  if (around !== undefined && typeof around !== 'function')
    throw new MortiseError('configuration', `around is ${shown(around)}; it is a function.`);
  // Consent is `true`, and nothing else that a program may take for it.
  return { captureContent: read.captureContent === true, around: read.around };
}

/** Replaces the storage that links parents, for runtimes without `process.getBuiltinModule`. */
export function setContextStorage(storage: ContextStorage | undefined): void {
  const shared = hub();
  shared.storage = storage;
  shared.capture = undefined;
}

/** True when somebody listens: what only feeds events need not be computed otherwise. */
export function hasSubscribers(): boolean {
  return hub().subscriptions.size > 0;
}

/** Builds the event's content only for the subscribers that asked for it. */
export function publish(event: MortiseEvent, content?: () => MortiseEvent['content']): void {
  let full: MortiseEvent | undefined;
  const { subscriptions } = hub();
  for (const subscription of [...subscriptions]) {
    // Ended by one before it.
    if (!subscriptions.has(subscription)) continue;
    const { subscriber, captureContent } = subscription;
    if (captureContent && content !== undefined) full ??= withContent(event, content);
    try {
      heard(subscriber(captureContent ? (full ?? event) : event), report);
    } catch (error) {
      report(error);
    }
  }
}

/** Runs `work` in the storage of parents, and inside what subscribers want around it. */
export function runWithin<T>(spanId: string, work: () => T): T {
  const { storage, subscriptions } = hub();
  let run = work;
  for (const { around } of subscriptions) {
    if (around === undefined) continue;
    const inner = run;
    run = () => guarded(around, spanId, inner);
  }
  return storage === undefined ? run() : storage.run(spanId, run);
}

/** What runs the pulls of a stream as `runWithin` would: in the context of the first, since to make it anew for each would cost more than the pull. */
export function resumeWithin(spanId: string): Resume {
  const { capture } = hub();
  const captured = capture === undefined ? undefined : runWithin(spanId, capture);
  return captured ?? ((fn) => runWithin(spanId, fn));
}

/** Whatever `around` does, `work` runs exactly once, and what comes of it is what the caller gets. */
function guarded<T>(around: Around, spanId: string, work: () => T): T {
  let state = 'waits' as 'waits' | 'returned' | 'threw';
  let outcome: unknown;
  const once = (): T => {
    if (state === 'waits') {
      try {
        outcome = work();
        state = 'returned';
      } catch (error) {
        outcome = error;
        state = 'threw';
      }
    }
    if (state === 'threw') throw outcome;
    return outcome as T;
  };
  try {
    around(spanId, once);
  } catch (error) {
    if (state !== 'threw' || outcome !== error) report(error);
  }
  return once();
}

/** Content that cannot be read is left out: the call that it is of may need none of it. */
function withContent(event: MortiseEvent, read: () => MortiseEvent['content']): MortiseEvent {
  try {
    const content = read();
    return content === undefined ? event : { ...event, content };
  } catch {
    return event;
  }
}

/** A subscriber's error belongs to its author: it goes where uncaught errors go to be read, not to the caller. */
function report(error: unknown): void {
  const { console } = globalThis as { console?: { error(...data: unknown[]): void } };
  try {
    console?.error('A Mortise event subscriber threw; the call goes on.', error);
  } catch {
    // It cannot be shown, or there is nowhere to.
  }
}
