import { isLeft, leftError } from '../errors.ts';
import { hasSubscribers, hub, publish, resumeWithin, runWithin, type Resume } from './hub.ts';
import type { Attributes, EventName } from './map.ts';

/** One running operation. `end` and `fail` close it; whatever comes after the first of them is ignored. */
export interface Span {
  /** Absent when nobody listens. */
  readonly id: string | undefined;
  end(attributes?: Attributes, content?: () => Attributes): void;
  fail(error: unknown, attributes?: Attributes): void;
  /** Runs `fn` with this span as the parent of what starts inside it, and inside the `around` of subscribers. */
  run<T>(fn: () => T): T;
  /** The same for the pulls of a stream, all of which have the context of the first. Absent: `run`. */
  resume?<T>(fn: () => T): T;
}

const SILENT: Span = {
  id: undefined,
  end: () => undefined,
  fail: () => undefined,
  run: (fn) => fn(),
};

/** What is known of an operation when it begins. */
export interface SpanOptions {
  attributes?: Attributes | undefined;
  /** Built only when a subscriber captures content. */
  content?: (() => Attributes) | undefined;
  /** The id of the span around this one; default: the one that is running. */
  parent?: string | undefined;
}

/** Opens a span and publishes its `start`. Free without subscribers. */
export function startSpan(name: EventName, options: SpanOptions = {}): Span {
  if (!hasSubscribers()) return SILENT;
  const shared = hub();
  const spanId = `m${(shared.nextId++).toString(36)}`;
  const parentId = options.parent ?? shared.storage?.getStore();
  const base = { name, spanId, ...(parentId === undefined ? {} : { parentId }) };
  const started = options.attributes ?? {};
  const begin = performance.now();
  let open = true;
  let resume: Resume | undefined;

  publish({ ...base, phase: 'start', time: Date.now(), attributes: started }, options.content);

  const close = (
    how: { readonly phase: 'end' } | { readonly phase: 'error'; readonly error: unknown },
    attributes: Attributes | undefined,
    content?: () => Attributes,
  ): void => {
    if (!open) return;
    open = false;
    const timing = { time: Date.now(), durationMs: performance.now() - begin };
    const left = how.phase === 'error' && isLeft(how.error) ? { left: true } : undefined;
    publish({ ...base, ...timing, ...how, attributes: { ...started, ...left, ...attributes } }, content);
  };

  return {
    id: spanId,
    end: (attributes, content) => close({ phase: 'end' }, attributes, content),
    fail: (error, attributes) => close({ phase: 'error', error }, attributes),
    run: (fn) => runWithin(spanId, fn),
    resume: (fn) => (resume ??= resumeWithin(spanId))(fn),
  };
}

/** Asks a stream for more, within its span. */
export function pullWithin<T>(span: Span | undefined, pull: () => T): T {
  if (span?.id === undefined) return pull();
  return span.resume === undefined ? span.run(pull) : span.resume(pull);
}

/** See {@link endWhenForgotten}. */
const FORGOTTEN = /* @__PURE__ */ new FinalizationRegistry<Span>((span) => {
  span.fail(leftError('The stream was neither read to its end nor left, and nobody holds it any more.'));
});

/**
 * Ends the span of a stream that was begun and neither read on nor left: nobody can read what is collected as garbage, which it is
 * once its time bound, whose timer holds it, and its signal are gone too.
 */
export function endWhenForgotten(stream: object, span: Span): void {
  if (span.id !== undefined) FORGOTTEN.register(stream, span);
}

/** Publishes something without a duration, inside the span that is running or `span`. */
export function emitPoint(name: EventName, attributes: Attributes, span?: Pick<Span, 'id'>): void {
  if (!hasSubscribers()) return;
  const shared = hub();
  const spanId = span?.id ?? shared.storage?.getStore() ?? 'none';
  publish({ name, phase: 'point', spanId, time: Date.now(), attributes });
}

/** Runs `fn` inside a span: one `start`, then one `end` or `error`. What `fn` returns or throws passes through. */
export async function inSpan<T>(
  name: EventName,
  options: SpanOptions,
  fn: (span: Span) => Promise<T>,
  describe?: (result: T) => { attributes?: Attributes; content?: () => Attributes },
): Promise<T> {
  if (!hasSubscribers()) return fn(SILENT);
  const span = startSpan(name, options);
  try {
    const result = await span.run(() => fn(span));
    const description = describe?.(result);
    span.end(description?.attributes, description?.content);
    return result;
  } catch (error) {
    span.fail(error);
    throw error;
  }
}

/**
 * The same for custom code: `await traced('load-user', () => loadUser(id))` shows up among the events, and what
 * happens inside it has it as parent.
 */
export function traced<T>(
  name: EventName,
  fn: () => T | Promise<T>,
  attributes: Attributes = {},
): Promise<T> {
  return inSpan(name, { attributes }, async () => fn());
}
