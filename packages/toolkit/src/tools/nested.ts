import type { ToolCallBlock } from '@mortise/core/llm';
import type { PendingApproval } from './approval-contract.ts';
import type { StreamToolsOptions } from './contract.ts';
import type { RunToolsEvent } from './event-contract.ts';
import type { ToolsState } from './state-contract.ts';

/** By its registered name: the run outside may be of another copy of the toolkit. */
export const NESTED: unique symbol = Symbol.for('mortise.nested-run') as never;
const ASKS: unique symbol = Symbol.for('mortise.asks-outside') as never;

/** What the run outside does for an agent inside. */
export interface NestedRun {
  /** The name of the tool that the agent is. */
  readonly name: string;
  /** Where it was left. */
  readonly state: ToolsState | undefined;
  readonly keep: (state: ToolsState) => Promise<void>;
  /** Absent: nobody reads. */
  readonly tell: ((event: RunToolsEvent) => Promise<void>) | undefined;
  /** Asked at once for calls that need approval, where the agent has no `approve` of its own. */
  readonly approve?: StreamToolsOptions['approve'];
  /** Signs what is asked for later. */
  readonly ask?: Ask | undefined;
  /** The agent's run ended with calls that wait: so does the one outside. */
  readonly wait?: ((approvals: readonly PendingApproval[]) => void) | undefined;
}

/** A context or options that an agent can run with. */
export interface Nesting {
  readonly [NESTED]?: NestedRun | undefined;
}

/** A call whose approval is asked for later. */
export interface AskedCall {
  /** The id of its run: that of an agent's is the key of the call outside. */
  readonly run: string;
  readonly step: number;
  /** Its place in the reply. */
  readonly at: number;
  readonly block: ToolCallBlock;
  /** What people know it by: `PendingApproval.callId`. */
  readonly callId: string;
}

export type Ask = (asked: AskedCall) => Promise<PendingApproval>;

/** Names one call of one run, also after a kill. An agent's run has it as its id. */
export function callKey(run: string, step: number, at: number): string {
  return `${run}/${step}/${at}`;
}

/** What people know a call inside an agent by: the call of the agent comes first. */
export function insideCallId(agent: string, inside: string): string {
  return `${agent}/${inside}`;
}

/** Whether somebody must be there who approves of calls: of this tool, or of one inside the agent that it is. */
export function asksForApproval(tool: object): boolean {
  return 'needsApproval' in tool || ASKS in tool;
}

/** The tool of an agent whose own tools ask the run outside. */
export function askingOutside<T extends object>(tool: T): T {
  return { ...tool, [ASKS]: true };
}
