/** How one call of a model is bounded and repeated. Every model of every integration takes these options. */
export interface CallSettings {
  /**
   * `false` makes one attempt. Otherwise attempts are repeated with full jitter while the error is retryable.
   * Default: 3 attempts, 500 ms base, 30 s at most between two.
   */
  retry?: false | RetryOptions | undefined;
  /**
   * Milliseconds for one attempt of a whole reply; for a stream, for each silence: until the headers, until the
   * first event, between two events that say something. Comments, pings and empty deltas say nothing: a dead provider
   * behind a living proxy is silent. It never bounds the length of a healthy stream.
   * Default: 300,000, since a reasoning model may think for minutes.
   */
  timeoutMs?: number | undefined;
  /**
   * Milliseconds for the call with its retries and waits; for a stream, until its first content arrives.
   * A `Retry-After` beyond it fails at once. Default: 900,000.
   */
  deadlineMs?: number | undefined;
  /**
   * Bytes of one reply, a stream's and an error's included, as they come out of decompression. Beyond it the reply is
   * `malformed-response` and its connection closed. Default: 50,331,648 (48 MiB); of a stream, of which only what it says
   * is kept, 268,435,456 (256 MiB).
   */
  maxReplyBytes?: number | undefined;
  /** Bytes of one line or event of a stream, likewise. Default: 33,554,432 (32 MiB): an image in base64 is one. */
  maxLineBytes?: number | undefined;
  /** Asked before every attempt. Share one between models to share the limit. */
  limiter?: RateLimiter | undefined;
}

/** What every model of an integration takes besides what it needs to reach its server. */
export interface ModelSettings extends CallSettings {
  /**
   * What the application calls the server, such as `eu-gateway`; not empty, else `configuration`. Every response, and
   * every error of a request, says it as `server`. Default: no name.
   */
  name?: string | undefined;
}

/**
 * Who answered; part of every response, beside `model`. The bases always give it (C-16), and wrappers pass on what the
 * model behind them said. It is optional for those who implement a contract without a base.
 */
export interface AnsweredBy {
  /** The integration, such as `openai`. */
  provider?: string;
  /** The name that the application gave the server (the option `name`). Absent where it gave none. */
  server?: string;
}

export interface RetryOptions {
  /** The first try included. Default: 3. */
  maxAttempts?: number | undefined;
  /** Milliseconds; the n-th wait is drawn evenly from 0 to `baseDelayMs * 2^(n-1)`. Default: 500. */
  baseDelayMs?: number | undefined;
  /** Milliseconds, an upper bound of that range. A `Retry-After` may be longer. Default: 30,000. */
  maxDelayMs?: number | undefined;
  /**
   * Shared between models, it bounds the retries of all of them together; `callPolicy({}).budget` makes one. Default: one
   * per model, of 500.
   */
  budget?: RetryBudget | undefined;
}

/**
 * A bucket that retries draw on, so that an outage is not answered with a multiple of the load. The numbers are
 * those of the AWS SDKs' standard retry mode: 500 tokens, 5 for a retry, 1 back for a success.
 */
export interface RetryBudget {
  /** True when a retry may be made; it is then paid for. */
  take(): boolean;
  /** A first attempt succeeded. */
  refund(): void;
}

/** What every method takes besides its own options. */
export interface CallOptions {
  /** Cancels the call at every await. The call then rejects with exactly `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Overrides the model's `timeoutMs` for this call. */
  timeoutMs?: number | undefined;
  /** Overrides the model's `deadlineMs` for this call. */
  deadlineMs?: number | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** Settings for one provider or several, keyed by provider, so that a swap ignores what is not its own. */
export type ProviderOptions = { [provider: string]: { [option: string]: unknown } | undefined };

/** Keyed by provider. What must be sent back (signatures, encrypted reasoning) survives a round trip through JSON. */
export type ProviderMetadata<M = unknown> = { [provider: string]: M };

/** One try of a request, as an integration sees it. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /**
   * A fresh signal for this attempt: hand it to the SDK, to `fetch`, to every wait, and to each model that is asked within it: what
   * that one hears counts here too.
   */
  readonly signal: AbortSignal;
  /**
   * Reports that the provider sent something, which restarts the bound on silence. Events of a stream that add to the reply count
   * by themselves, so do models that are asked with `signal`, and `streamEvents` and `readJson` call it; only a transport of your
   * own has to.
   */
  touch(): void;
  /** Bytes that a reply may have; `readJson`, `readReplyText` and `streamEvents` keep to it. Default: 48 MiB, of a stream 256. */
  readonly maxReplyBytes?: number | undefined;
  /** Bytes that a line or an event of a stream may have. Default: 32 MiB. */
  readonly maxLineBytes?: number | undefined;
  /** The reply's headers, for limiters that follow them. `readJson` and `streamEvents` call it. */
  replied?(headers: Headers): void;
  /** Says that something was left out or changed; it comes back in `warnings` and as an event. */
  warn(warning: Warning): void;
}

/** A preference that could not be honoured, or something else the caller should know. */
export interface Warning {
  /** `unsupported-setting`: left out. `other`: read the message. */
  type: 'unsupported-setting' | 'other' | (string & {});
  /** The option it is about, such as `temperature`. */
  setting?: string;
  message: string;
  /** The places, from 0, of the inputs it is about, where the call has a list of them. */
  inputs?: number[];
}

/** A fair queue before a provider. Implementations are FIFO, cancellable, and refuse at once what can never fit. */
export interface RateLimiter {
  /** Resolves when one request of about `tokens` tokens may be sent; rejects with `signal.reason` on abort. */
  acquire(request: { tokens?: number | undefined; signal?: AbortSignal | undefined }): Promise<Lease>;
}

export interface Lease {
  /** The attempt is over. `tokens` is what it really used; `error` how it failed. Called exactly once. */
  release(outcome?: LeaseOutcome): void;
}

/** What an attempt reports to its limiter when it ends. */
export interface LeaseOutcome {
  tokens?: number | undefined;
  error?: unknown;
  /** The provider's reply headers, for limiters that follow them. */
  headers?: Headers | undefined;
}
