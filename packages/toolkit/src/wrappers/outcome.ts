import type { Usage } from '@mortise/core/llm';

/** How a call went. `usage` is absent when the provider told none, or the call failed. */
export interface Outcome {
  readonly usage?: Usage | undefined;
  /** Who answered. Absent when the call failed. */
  readonly by?: { readonly provider?: string | undefined; readonly model?: string | undefined } | undefined;
  readonly error?: unknown;
  /** Something of the reply had arrived when a stream ended. */
  readonly begun?: boolean | undefined;
}
