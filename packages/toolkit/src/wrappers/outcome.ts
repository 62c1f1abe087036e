import type { Usage } from '@mortise/core/llm';

/** How a call went. `usage` is absent when the provider told none, or the call failed. */
export interface Outcome {
  readonly usage?: Usage | undefined;
  readonly error?: unknown;
  /** Something of the reply had arrived when a stream ended. */
  readonly begun?: boolean | undefined;
}
