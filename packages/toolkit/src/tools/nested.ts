import type { RunToolsEvent, ToolsState } from './contract.ts';

/** By its registered name: the run outside may be of another copy of the toolkit. */
export const NESTED: unique symbol = Symbol.for('mortise.nested-run') as never;

/** What the run outside does for an agent inside. */
export interface NestedRun {
  /** Where it was left. */
  readonly state: ToolsState | undefined;
  readonly keep: (state: ToolsState) => Promise<void>;
  /** Absent: nobody reads. */
  readonly tell: ((event: RunToolsEvent) => Promise<void>) | undefined;
}

/** A context that an agent can run in. */
export interface Nesting {
  readonly [NESTED]?: NestedRun;
}
