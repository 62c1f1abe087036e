import type { KeyValueStore, LLM } from '@mortise/core';
import {
  runTools,
  toolsStateFromJson,
  type GivenApproval,
  type PendingApproval,
  type Tool,
} from '@mortise/toolkit';

export interface AgentOptions {
  readonly llm: LLM;
  readonly tools: readonly Tool[];
  /** Keeps the run, so that another process can go on with it. */
  readonly store: KeyValueStore;
  /** Signs what is asked, so that nobody can say yes to something else. The same in every process. */
  readonly approvalKey: string;
}

/** The run is at its end, or somebody must decide. */
export type Outcome = { readonly text: string } | { readonly approvals: readonly PendingApproval[] };

const RUN = 'run';

/** Begins a run. Throws where one is under way. */
export async function begin(options: AgentOptions, task: string): Promise<Outcome> {
  if ((await options.store.get(RUN)) !== undefined)
    throw new TypeError('A run waits. Answer it first: npm start -- yes, or npm start -- no');
  const system = 'You look after the wood of a workshop. Look at the stock before you order.';
  return go(options, [
    { role: 'system', content: system },
    { role: 'user', content: task },
  ]);
}

/** Goes on with the run that waits, also after a crash: calls that have a result are not made again. */
export async function resume(options: AgentOptions, approved?: boolean): Promise<Outcome> {
  const kept = await options.store.get(RUN);
  if (kept === undefined)
    throw new TypeError('No run waits. Begin one: npm start -- "Order four boards of oak"');
  // What is asked is signed anew by this, and nothing is sent to the model.
  const outcome = await go(options, toolsStateFromJson(kept));
  if (approved === undefined || !('approvals' in outcome)) return outcome;
  const decided = outcome.approvals.map(({ callId, token }) => ({ callId, token, approved }));
  const now = await options.store.get(RUN);
  return go(options, toolsStateFromJson(now ?? kept), decided);
}

async function go(
  { llm, tools, store, approvalKey }: AgentOptions,
  begin: Parameters<typeof runTools>[1],
  approvals?: readonly GivenApproval[],
): Promise<Outcome> {
  const result = await runTools(llm, begin, {
    tools: [...tools],
    approvalKey,
    approvals,
    onState: (state) => store.set(RUN, state),
  });
  if (result.ended === 'approval') return { approvals: result.approvals };
  await store.delete(RUN);
  return { text: result.text };
}
