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
}

/** Receives every event of the process, synchronously. A throw or a rejection breaks nothing; it is reported. */
export type Subscriber = (event: MortiseEvent) => void;

interface Subscription {
  readonly subscriber: Subscriber;
  readonly captureContent: boolean;
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
  const subscription: Subscription = {
    subscriber,
    captureContent: isCapturing(options),
  };
  hub().subscriptions.add(subscription);
  return () => void hub().subscriptions.delete(subscription);
}

function isCapturing(options: SubscribeOptions): boolean {
  try {
    return options.captureContent ?? false;
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

function withContent(event: MortiseEvent, content: MortiseEvent['content']): MortiseEvent {
  return content === undefined ? event : { ...event, content };
}

/** A subscriber's error belongs to its author: it goes where uncaught errors go to be read, not to the caller. */
function report(error: unknown): void {
  const { console } = globalThis as { console?: { error(...data: unknown[]): void } };
  console?.error('A Mortise event subscriber threw; the call goes on.', error);
}
