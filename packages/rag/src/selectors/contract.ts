import type { CallOptions } from '@mortise/core/call';

/** Chooses among described choices. */
export interface Selector {
  /**
   * One choice at least, the best first, none twice. Rejects when it cannot tell: a choice that nobody made is worse than
   * none.
   */
  select(query: string, choices: readonly string[], options?: CallOptions): Promise<SelectedChoice[]>;
}

/** One of the choices that were given. */
export interface SelectedChoice {
  /** Index in the choices, from 0. */
  index: number;
  /** Why, where the selector can tell. */
  reason?: string;
}
