import type { ChatResponse, Usage } from '@mortise/core/llm';
import type { PendingApproval } from './approval-contract.ts';
import type { PartialToolsResult, RunToolsResult, ToolsStep } from './contract.ts';
import { failed } from './execute.ts';
import { conversation, lazyState, type Call, type RunState } from './run-state.ts';
import { sumUsage } from './usage.ts';

/** What a run came to. */
export function resultOfRun<M, T>(
  state: RunState<M>,
  steps: ToolsStep<M>[],
  response: ChatResponse<M>,
  end: { ended: 'answer'; output: T } | { ended: 'approval' | 'stopped' },
  approvals: PendingApproval[],
): RunToolsResult<M, T> {
  const messages = conversation(state, approvals.length > 0 ? waiting : unrun);
  const result = { response, text: response.text, messages, steps, usage: usageOf(state), approvals };
  return withState({ ...result, ...end }, state);
}

/** How far a run came before its error. `reply`: the partial of the model's own. `goesOn`: what its state is of. */
export function partialOf<M>(
  state: RunState<M>,
  steps: readonly ToolsStep<M>[],
  reply?: unknown,
  goesOn = state,
): PartialToolsResult<M> {
  const response = state.reply?.response ?? steps.at(-1)?.response;
  const partial = {
    ...(response === undefined ? {} : { response }),
    ...(reply === undefined ? {} : { reply }),
    text: response?.text ?? '',
    messages: conversation(state, unrun),
    steps: [...steps],
    usage: usageOf(state),
  };
  return withState(partial, goesOn);
}

/** With what agents used whose calls are not answered yet: their part is added to the run's once they are. */
function usageOf({ usage, reply }: RunState): Usage {
  const calls = reply?.calls ?? [];
  const open = calls.flatMap(({ result, run }): Usage[] =>
    result === undefined && run?.usage !== undefined ? [run.usage] : [],
  );
  if (open.length === 0) return usage ?? {};
  return sumUsage(usage === undefined ? open : [usage, ...open]);
}

/** Providers refuse calls that nobody answers: so the conversation can go on. */
export function unrun({ block }: Call): ReturnType<typeof failed> {
  return failed(block, 'This call was not run: the run had ended.');
}

function waiting({ block }: Call): ReturnType<typeof failed> {
  return failed(block, 'This call was not run: it waits for an approval.');
}

function withState<R extends object>(result: R, run: RunState): R & Pick<PartialToolsResult, 'state'> {
  return Object.defineProperty(result, 'state', { get: lazyState(run) }) as R &
    Pick<PartialToolsResult, 'state'>;
}
