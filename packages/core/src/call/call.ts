import { defined } from '../shared/json.ts';
import { checkOptions, positive } from '../shared/options.ts';
import { emitPoint, type Span } from '../events/index.ts';
import { errorText, isMortiseError, MortiseError, toMortiseError, withErrorFields } from '../errors.ts';
import type { Attempt, CallOptions, Lease, LeaseOutcome, Warning } from './contract.ts';
import { hearIn, sayIn } from './life.ts';
import { nextDelay, type CallPolicy } from './retry.ts';
import {
  connectionIsClosed,
  linkedController,
  raceAbort,
  abortReason,
  sleep,
  throwIfAborted,
  watchdog,
  type Watchdog,
} from './timers.ts';

/** One call: its policy, what its caller asked for, and whom to tell. */
export interface CallSpec {
  readonly policy: CallPolicy;
  readonly options: CallOptions;
  /** For a stream the time bound is on each silence, and a successful attempt stays open until it is closed. */
  readonly stream: boolean;
  /** The estimate that a limiter reserves. */
  readonly tokens?: number | undefined;
  readonly about: { readonly provider?: string; readonly model?: string };
  readonly warn?: ((warning: Warning) => void) | undefined;
  /** What its retries are said to be of. Default: the span that is running, where the runtime can tell. */
  readonly span?: Pick<Span, 'id'> | undefined;
  /** Ends the call too, beside the caller's signal: aborted when a stream is left while it is being opened. */
  readonly leaveSignal?: AbortSignal | undefined;
}

/** An attempt with what must be undone when it ends. */
export interface OpenAttempt extends Attempt {
  /** The first content is there: the deadline no longer counts. */
  opened(): void;
  /** Nobody is waiting for the provider. */
  pause(): void;
  /** The reader waits again. */
  resume(): void;
  /** Ends the attempt: aborts what still runs for it and frees its timers, listener and lease. Safe to repeat. */
  close(outcome?: LeaseOutcome, reason?: unknown): void;
  /** What to throw for `error`: the caller's reason, our time-out, or `error` as a `MortiseError`. */
  failure(error: unknown): unknown;
}

/**
 * The one robust path from a public method to one attempt after another: limiter, time bounds, retries, abort.
 * A whole reply's attempt is closed on return; a stream's is handed out open.
 */
export async function runCall<T>(spec: CallSpec, run: (attempt: OpenAttempt) => Promise<T>): Promise<T> {
  const { policy, options } = spec;
  const deadlineMs = options.deadlineMs ?? policy.deadlineMs;
  const timeoutMs = options.timeoutMs ?? policy.timeoutMs;
  if (deadlineMs !== policy.deadlineMs) positive('deadlineMs', deadlineMs);
  if (timeoutMs !== policy.timeoutMs) positive('timeoutMs', timeoutMs);
  const deadlineAt = performance.now() + deadlineMs;

  for (let number = 1; ; number++) {
    throwIfAborted(options.signal);
    throwIfAborted(spec.leaveSignal);
    const attempt = openAttempt(spec, { number, timeoutMs, deadlineMs, deadlineAt });
    try {
      await attempt.acquire();
      const result = await raceAbort(run(attempt), attempt.signal);
      if (!spec.stream) attempt.close();
      if (number === 1) policy.budget.refund();
      return result;
    } catch (thrown) {
      const failure = attempt.failure(thrown);
      attempt.close({ error: failure }, failure);
      const aborted = options.signal?.aborted === true;
      const error = aborted ? undefined : errorOf(failure, spec);
      const delayMs = error && nextDelay(error, number, deadlineAt - performance.now(), policy);
      if (error === undefined || delayMs === undefined) {
        await connectionIsClosed();
        throw error ?? failure;
      }
      const { code, status } = error;
      const about = defined({ ...spec.about, attempt: number, delayMs, code, status });
      emitPoint('retry', about, spec.span);
      await sleep(delayMs, options.signal, spec.leaveSignal);
    }
  }
}

interface Bounds {
  readonly number: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly deadlineAt: number;
}

function openAttempt(spec: CallSpec, bounds: Bounds): OpenAttempt & { acquire(): Promise<void> } {
  const caller = spec.options.signal;
  const controller = linkedController(caller, spec.leaveSignal);

  let silence: Watchdog | undefined;
  let lease: Lease | undefined;
  let closed = false;
  let headers: Headers | undefined;
  const untilDeadline = Math.max(1, bounds.deadlineAt - performance.now());
  const deadline = setTimeout(() => controller.abort(deadlineError(spec, bounds)), untilDeadline);
  const touch = (): void => {
    if (closed) return;
    if (spec.stream) silence?.touch();
    // This call may be part of another one's attempt, which waits as long as this does.
    sayIn(caller);
  };
  hearIn(controller.signal, touch);

  return {
    number: bounds.number,
    signal: controller.signal,
    maxReplyBytes: spec.policy.maxReplyBytes,
    maxLineBytes: spec.policy.maxLineBytes,
    async acquire() {
      if (spec.policy.limiter !== undefined) {
        const request = { tokens: spec.tokens, signal: controller.signal };
        const pending = spec.policy.limiter.acquire(request);
        try {
          lease = await raceAbort(pending, controller.signal);
        } catch (error) {
          // A place that is granted after all must be given back.
          pending.then(
            (late) => late.release(),
            () => undefined,
          );
          throw error;
        }
      }
      // Aborted in the moment of the grant: nothing is sent.
      throwIfAborted(controller.signal);
      silence = watchdog(bounds.timeoutMs, () => controller.abort(timeoutError(spec, bounds)));
    },
    touch,
    replied(told) {
      headers = told;
    },
    pause() {
      silence?.pause();
    },
    resume() {
      if (!closed) silence?.resume();
    },
    warn(warning) {
      spec.warn?.(warning);
    },
    opened() {
      clearTimeout(deadline);
    },
    close(outcome, reason) {
      if (closed) return;
      closed = true;
      clearTimeout(deadline);
      silence?.stop();
      controller.unlink();
      // The call is over: what a limiter throws on its return, now or later, is not what became of it.
      const release = async (): Promise<void> =>
        lease?.release(headers === undefined ? outcome : { ...outcome, headers });
      if (lease !== undefined) release().catch(() => undefined);
      if (reason !== undefined && !controller.signal.aborted) controller.abort(reason);
    },
    failure(error) {
      if (caller?.aborted === true) return abortReason(caller);
      if (controller.signal.aborted) return abortReason(controller.signal);
      return errorOf(error, spec);
    },
  };
}

/** `error` as ours, with whom it is about and, where it has a name, which server was asked. */
function errorOf(error: unknown, { about, policy: { server } }: CallSpec): MortiseError {
  const ours = toMortiseError(error, about);
  return server === undefined || ours.server !== undefined ? ours : withErrorFields(ours, { server });
}

function timeoutError(spec: CallSpec, { timeoutMs }: Bounds): MortiseError {
  const who = spec.about.provider ?? 'The model';
  const what = spec.stream
    ? `was silent for ${timeoutMs} ms`
    : `did not finish its reply within ${timeoutMs} ms`;
  return tooLate(spec, `${who} ${what}. Raise timeoutMs if that can be normal.`);
}

function deadlineError(spec: CallSpec, { deadlineMs }: Bounds): MortiseError {
  const message = `The call took longer than its deadline of ${deadlineMs} ms, retries and waits included. Raise deadlineMs or lower the load.`;
  return tooLate(spec, message, false);
}

function tooLate(
  { about, policy: { server } }: CallSpec,
  message: string,
  retryable?: boolean,
): MortiseError {
  return new MortiseError('timeout', message, { ...about, server, retryable });
}

/**
 * The way into a public method, and out of it: `run` gets options that can be read, and what it throws is an error of ours
 * or exactly the reason of the caller's signal.
 */
export async function throughDoor<O extends CallOptions, T>(
  given: O,
  about: { readonly provider?: string; readonly model?: string },
  run: (options: O) => Promise<T>,
): Promise<T> {
  const options = checkOptions(given);
  try {
    return await run(options);
  } catch (error) {
    throw typed(error, options.signal, about);
  }
}

/** What to throw for `error`: itself where it is ours or the caller's reason, the reason after an abort, else ours. */
export function typed(
  error: unknown,
  signal: AbortSignal | undefined,
  about?: { readonly provider?: string; readonly model?: string },
): unknown {
  if (isMortiseError(error)) return error;
  return signal?.aborted === true ? signal.reason : toMortiseError(error, about);
}

/**
 * `typed` for those who call models, whose errors are typed already: what is left is of a callback, or of a model without a
 * base. It is `internal`, unless the caller aborted.
 */
export function typedElse(error: unknown, signal: AbortSignal | undefined): unknown {
  if (isMortiseError(error)) return error;
  return signal?.aborted === true
    ? signal.reason
    : new MortiseError('internal', errorText(error), { cause: error });
}
