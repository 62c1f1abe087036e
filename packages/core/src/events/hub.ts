import { MortiseError } from '../errors.ts';
import { heard } from '../shared/heard.ts';
import type { MortiseEvent } from './map.ts';

/** The part of `AsyncLocalStorage` that carries a span's id across awaits. */
export interface ContextStorage {
  getStore(): string | undefined;
  run<T>(spanId: string | undefined, fn: () => T): T;
}

interface AsyncHooks {
  AsyncLocalStorage: new () => ContextStorage;
}

/**
 * Node, Bun, Deno and workerd hand out `AsyncLocalStorage` here, without an import that a browser could not resolve.
 * Where there is none, parents pass through the `parent` option.
 */
function defaultContextStorage(): ContextStorage | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as Partial<AsyncHooks> | undefined;
  return hooks?.AsyncLocalStorage === undefined ? undefined : new hooks.AsyncLocalStorage();
}

export interface SubscribeOptions {
  /** Put prompts, replies and queries into `event.content`. Default: false, they are private. */
  captureContent?: boolean | undefined;
  /**
   * Runs what happens inside an operation: every piece of its work, so once for a whole call and once for each pull of a stream.
   * Makes a context of one's own the current one there, such as a tracer's. Default: it is just run.
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
  nextId: number;
}

const KEY = Symbol.for('mortise.events.v1');

export function hub(): Hub {
  const holder = globalThis as { [KEY]?: Hub };
  return (holder[KEY] ??= { subscriptions: new Set(), storage: defaultContextStorage(), nextId: 1 });
}

/**
 * Sends every event of this process to `subscriber` until the returned function is called.
 *
 * ```ts
 * const stop = subscribe((event) => console.error(event.phase, event.name, event.attributes));
 * ```
 */
export function subscribe(subscriber: Subscriber, options: SubscribeOptions = {}): () => void {
  const subscription: Subscription = { subscriber, ...readOptions(options) };
  hub().subscriptions.add(subscription);
  return () => void hub().subscriptions.delete(subscription);
}

function readOptions(options: SubscribeOptions): Omit<Subscription, 'subscriber'> {
  try {
    const { captureContent = false, around } = options;
    return { captureContent, around };
  } catch (cause) {
    throw new MortiseError('configuration', 'The options of subscribe cannot be read.', { cause });
  }
}

/** Replaces the storage that links parents, for runtimes without `process.getBuiltinModule`. */
export function setContextStorage(storage: ContextStorage | undefined): void {
  hub().storage = storage;
}

/** True when somebody listens: what only feeds events need not be computed otherwise. */
export function hasSubscribers(): boolean {
  return hub().subscriptions.size > 0;
}

/** Builds the event's content only for the subscribers that asked for it. */
export function publish(event: MortiseEvent, content?: () => MortiseEvent['content']): void {
  let full: MortiseEvent | undefined;
  for (const { subscriber, captureContent } of [...hub().subscriptions]) {
    if (captureContent && content !== undefined) full ??= withContent(event, content());
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
  let run = storage === undefined ? work : () => storage.run(spanId, work);
  for (const { around } of subscriptions) if (around !== undefined) run = guarded(around, spanId, run);
  return run();
}

/** Whatever `around` does, `work` runs exactly once, and what comes of it is what the caller gets. */
function guarded<T>(around: Around, spanId: string, work: () => T): () => T {
  return () => {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    const once = (): T => {
      if (outcome === undefined) {
        try {
          outcome = { value: work() };
        } catch (error) {
          outcome = { error };
        }
      }
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    };
    try {
      around(spanId, once);
    } catch (error) {
      if (outcome === undefined || !('error' in outcome) || outcome.error !== error) report(error);
    }
    return once();
  };
}

function withContent(event: MortiseEvent, content: MortiseEvent['content']): MortiseEvent {
  return content === undefined ? event : { ...event, content };
}

/** A subscriber's error belongs to its author: it goes where uncaught errors go to be read, not to the caller. */
function report(error: unknown): void {
  const { console } = globalThis as { console?: { error(...data: unknown[]): void } };
  console?.error('A Mortise event subscriber threw; the call goes on.', error);
}
