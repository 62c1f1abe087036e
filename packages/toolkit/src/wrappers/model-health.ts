import { emitPoint } from '@mortise/core/events';
import { isMortiseError, MortiseError } from '@mortise/core';
import type { LLM } from '@mortise/core/llm';
import { checkOptions, heard, positive, reading, wholeNumber } from '@mortise/core/shared';

/** When a model is gone past, and for how long. */
export interface ModelHealthOptions {
  /** Calls in a row that failed, after which a model rests; `Infinity`: it never does. Default: 3. */
  failures?: number | undefined;
  /**
   * Milliseconds; the n-th rest in a row is drawn evenly from the upper half of 0 to `baseRestMs * 2^(n-1)`. A `Retry-After`
   * that is longer counts instead, up to `maxRestMs`. Default: 5,000.
   */
  baseRestMs?: number | undefined;
  /** Milliseconds, an upper bound of a rest. Default: 300,000. */
  maxRestMs?: number | undefined;
  /**
   * What makes two models one, such as `(llm) => `${llm.provider}/${llm.model}`` where a model is made for each request. One small
   * entry is kept for each key. Default: the object itself, which is not kept alive.
   */
  key?: ((llm: LLM) => string | object) | undefined;
  /** Milliseconds, by a clock that never goes back. Default: `performance.now()`. */
  now?: (() => number) | undefined;
}

/** How a model is doing. Plain data. */
export interface ModelState {
  /** `trying`: its rest is over, and one call finds out whether it is well again. */
  readonly state: 'well' | 'resting' | 'trying';
  /** Calls in a row that failed since it was last well or put to rest. */
  readonly failures: number;
  /** Milliseconds until another call may try it. Absent while it is well. */
  readonly restMs?: number;
  /** The code of its last failure. Absent while it is well. */
  readonly code?: string;
}

/** What wrappers remember of models. Share one between wrappers to share what they find out; it is in this process alone. */
export interface ModelHealth {
  stateOf(llm: LLM): ModelState;
  /**
   * A call of `llm` that is about to be made. Undefined while it rests, or while another call tries it; with `evenAtRest` it is
   * let through all the same.
   */
  enter(llm: LLM, evenAtRest?: boolean): ModelVisit | undefined;
}

/** One call of a model, which says how it went: `began` where the reply comes in pieces, then one of the others. The first of those counts. */
export interface ModelVisit {
  /** The first content is there: a model that rested is well again. */
  began(): void;
  /** The reply is whole. */
  succeeded(): void;
  /** The model's own failure; after `began` its reply was cut. */
  failed(error: unknown): void;
  /** Nobody waits any more, or the failure says nothing about the model. */
  left(): void;
}

/** What is known of one model. */
interface Entry {
  /** In a row, before any content. The first content of a reply ends the row. */
  failures: number;
  /** Replies that were cut, in a row. A whole reply ends the row. */
  cuts: number;
  /** Rests since the last whole reply. */
  rests: number;
  /** Of the rest; undefined while the model is well. */
  until: number | undefined;
  /** The call that tries whether the model is well again, and how long others wait for it. */
  trial: { readonly visit: ModelVisit; readonly until: number } | undefined;
  /** Counts rests and recoveries: what began before the last one says nothing about the time after it. */
  epoch: number;
  code: string | undefined;
}

const BASE_REST_MS = 5_000;
const MAX_REST_MS = 300_000;

/**
 * A memory of models that fail: after `failures` in a row a model rests, then one call tries it while others go past it. A
 * success ends that, another failure doubles the rest (a circuit breaker: Nygard, "Release It!", 2007; the jitter: Brooker,
 * "Exponential Backoff and Jitter", AWS 2015). Each change is a `health` event. Throws `configuration` for numbers that make no
 * sense.
 */
export function modelHealth(given: ModelHealthOptions = {}): ModelHealth {
  const options = checkOptions(given, 'configuration');
  const { key = (llm: LLM) => llm } = options;
  const clock = options.now ?? (() => performance.now());
  const now = (): number => asked('`now` of modelHealth', clock);
  const limit = wholeNumber('failures', options.failures ?? 3, { orInfinity: true });
  const maxRestMs = positive('maxRestMs', options.maxRestMs ?? MAX_REST_MS);
  const baseRestMs = positive('baseRestMs', options.baseRestMs ?? BASE_REST_MS);
  const byObject = new WeakMap<object, Entry>();
  const byName = new Map<string, Entry>();

  function entryOf(llm: LLM): Entry {
    const name: unknown = asked('`key` of modelHealth', () => key(llm));
    if ((typeof name !== 'object' || name === null) && typeof name !== 'string')
      throw new MortiseError('configuration', '`key` of modelHealth gave neither a string nor an object.');
    const entries = (typeof name === 'object' ? byObject : byName) as WeakMap<object, Entry>;
    // Each key goes to the map that takes it.
    let entry = entries.get(name as object);
    if (entry === undefined) {
      entry = {
        failures: 0,
        cuts: 0,
        rests: 0,
        until: undefined,
        trial: undefined,
        epoch: 0,
        code: undefined,
      };
      entries.set(name as object, entry);
    }
    return entry;
  }

  /** Undefined while the model is well or may be tried. Compared so that a clock that gives no number holds up nobody. */
  function heldUntil({ until, trial }: Entry, time: number): number | undefined {
    if (until === undefined) return undefined;
    const held = trial === undefined ? until : Math.max(until, trial.until);
    return held > time ? held : undefined;
  }

  function rest(entry: Entry, llm: LLM, error: unknown): void {
    const range = Math.min(maxRestMs, baseRestMs * 2 ** entry.rests);
    const drawn = range * (0.5 + Math.random() / 2);
    const asked = isMortiseError(error) ? (error.retryAfterMs ?? 0) : 0;
    const restMs = Math.min(maxRestMs, asked > drawn ? asked : drawn);
    const failures = entry.failures + entry.cuts;
    Object.assign(entry, { failures: 0, cuts: 0, trial: undefined, until: now() + restMs });
    entry.rests++;
    entry.epoch++;
    emitPoint('health', { ...aboutOf(llm), state: 'resting', restMs, failures, code: entry.code });
  }

  function visitOf(entry: Entry, llm: LLM): ModelVisit {
    let epoch = entry.epoch;
    let hasBegun = false;
    let isOver = false;
    const endTrial = (): void => {
      if (entry.trial?.visit === visit) entry.trial = undefined;
    };
    const visit: ModelVisit = {
      began() {
        if (isOver || hasBegun) return;
        hasBegun = true;
        entry.failures = 0;
        if (entry.until !== undefined) {
          Object.assign(entry, { until: undefined, trial: undefined, cuts: 0, code: undefined });
          entry.epoch++;
          emitPoint('health', { ...aboutOf(llm), state: 'well' });
        }
        epoch = entry.epoch;
      },
      succeeded() {
        if (isOver) return;
        visit.began();
        isOver = true;
        Object.assign(entry, { cuts: 0, rests: entry.until === undefined ? 0 : entry.rests });
      },
      failed(error) {
        if (isOver) return;
        isOver = true;
        const isTrial = entry.trial?.visit === visit;
        endTrial();
        // Told by others already; and of a model at rest nobody expected more.
        if (epoch !== entry.epoch || (entry.until !== undefined && !isTrial)) return;
        entry.code = isMortiseError(error) ? error.code : 'internal';
        if (hasBegun) entry.cuts++;
        else entry.failures++;
        if (isTrial || entry.failures + entry.cuts >= limit) rest(entry, llm, error);
      },
      left() {
        if (isOver) return;
        if (hasBegun) return visit.succeeded();
        isOver = true;
        endTrial();
      },
    };
    return visit;
  }

  return {
    stateOf(llm) {
      const time = now();
      const entry = entryOf(llm);
      const failures = entry.failures + entry.cuts;
      if (entry.until === undefined) return { state: 'well', failures };
      const restMs = Math.max(0, (heldUntil(entry, time) ?? time) - time);
      const { code } = entry;
      const state = entry.trial === undefined ? 'resting' : 'trying';
      return { state, failures, restMs, ...(code === undefined ? {} : { code }) };
    },
    enter(llm, evenAtRest = false) {
      const time = now();
      const entry = entryOf(llm);
      const isHeld = heldUntil(entry, time) !== undefined;
      if (isHeld && !evenAtRest) return undefined;
      const visit = visitOf(entry, llm);
      if (!isHeld && entry.until !== undefined) {
        // One that hangs holds up the others no longer than the longest rest.
        entry.trial = { visit, until: time + maxRestMs };
        emitPoint('health', { ...aboutOf(llm), state: 'trying' });
      }
      return visit;
    },
  };
}

/** What a function of the application gives. */
export function asked<T>(what: string, ask: () => T): T {
  return heard(reading(what, ask, 'configuration'));
}

function aboutOf({ provider, model }: LLM): { readonly provider: string; readonly model: string } {
  return { provider, model };
}

/** Codes that are about what was asked, or about the application: another call of the same model may do well. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  'invalid-request',
  'context-length',
  'content-filter',
  'unsupported',
  'validation',
  'parse',
  'budget',
  'max-steps',
  'aborted',
]);

/** Whether a failure says something about its model. A limiter of the application refuses what can never fit; a provider's refusal passes. */
export function isOfModel(error: unknown): boolean {
  if (!isMortiseError(error)) return true;
  if (error.code === 'rate-limit') return error.retryable;
  return !OF_THE_REQUEST.has(error.code);
}
