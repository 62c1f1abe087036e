import { isMortiseError, MortiseError } from '@mortise/core';
import { linkedController, raceAbort, throwIfAborted } from '@mortise/core/call';
import { emitPoint, inSpan } from '@mortise/core/events';
import type { ToolCallBlock, ToolContext, ToolResultBlock, Usage } from '@mortise/core/llm';
import type { Approval, PendingApproval } from './approval-contract.ts';
import type { StreamToolsOptions } from './contract.ts';
import type { RunToolsEvent } from './event-contract.ts';
import { callKey, insideCallId, NESTED, type Ask, type NestedRun } from './nested.ts';
import type { Call, RunState } from './run-state.ts';
import { shortened, toolArguments, toolResultContent, type Tool } from './tool.ts';
import { sumUsage } from './usage.ts';

/** What the execution of a call needs of its run. */
export interface Execution {
  readonly tools: readonly Tool[];
  readonly toolTimeoutMs: number;
  readonly toolErrors: NonNullable<StreamToolsOptions['toolErrors']>;
  /** Asked before each execution. */
  readonly approve: StreamToolsOptions['approve'];
  /** Of the run outside: asked where a call needs approval. */
  readonly approveOutside: StreamToolsOptions['approve'];
  /** Asks for what is decided later. */
  readonly ask: Ask | undefined;
  /** The tool by which the model gives its answer: it changes nothing, and nobody is asked. */
  readonly output: Tool | undefined;
  readonly state: RunState;
  readonly step: number;
  /** The span of the run, where the runtime cannot tell. */
  readonly parent: string | undefined;
  /** All calls of this reply. */
  readonly calls: readonly Call[];
  readonly tell: (event: RunToolsEvent) => Promise<void>;
  /** Somebody reads what is told. */
  readonly isRead: boolean;
  /** The state of this run has changed. */
  readonly keep: () => Promise<void>;
  readonly thrown: Thrown;
}

/** What is thrown on as it is. */
export interface Thrown {
  /** What a tool threw. */
  error?: unknown;
  /** An error of the loop's own, with its partial. */
  bound?: MortiseError;
}

/** What came of a call. */
export type Outcome = Answer | { readonly asked: readonly PendingApproval[] };

/** The result of a call, and what an agent used for it. */
export interface Answer {
  readonly result: ToolResultBlock;
  readonly usage?: Usage;
}

export async function executeCall(call: Call, execution: Execution, signal: AbortSignal): Promise<Outcome> {
  const { block } = call;
  const { step, tell, tools } = execution;
  const refused = (content: string): Outcome => ({ result: failed(block, content) });
  const tool = tools.find(({ name }) => name === block.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return refused(`There is no tool named ${shortened(block.name, MAX_NAME)}. There are: ${names}.`);
  }
  if (isBeyond(call, tool, execution))
    return refused(`This call was not run: ${tool.name} may be called ${tool.maxCalls} times.`);
  const prepared = await raceAbort(toolArguments(tool, block), signal);
  if ('problem' in prepared) return refused(prepared.problem);
  if (tool !== execution.output) {
    const decided = await decision(call, tool, prepared.args, execution, signal);
    if (typeof decided === 'object') return { asked: [decided] };
    if (decided !== true) {
      return refused(typeof decided === 'string' ? decided : 'The user did not approve this call.');
    }
  }
  await tell({ type: 'tool-start', step, call: block });
  return run(tool, prepared.args, call, execution, signal);
}

function isBeyond({ at, block }: Call, { name, maxCalls }: Tool, { calls, state }: Execution): boolean {
  if (maxCalls === undefined) return false;
  const earlier = calls.filter((other) => other.at < at && other.block.name === block.name).length;
  return (state.calls.get(name) ?? 0) + earlier >= maxCalls;
}

/** Whether a call may run: from the state, from whoever is asked at once, or asked for later. */
async function decision(
  call: Call,
  tool: Tool,
  args: unknown,
  execution: Execution,
  signal: AbortSignal,
): Promise<Approval | PendingApproval> {
  const { approve, approveOutside, ask, state, step, tell, parent } = execution;
  const { block, approved, at } = call;
  const said = (decision: 'asked' | 'given' | 'refused'): void =>
    emitPoint('approval', { tool: tool.name, toolCallId: block.id, step, decision }, parentSpan(parent));
  if (approved !== undefined) {
    said(approved === true ? 'given' : 'refused');
    return approved;
  }
  const needs = tool.needsApproval?.(args as never) ?? false;
  const needsApproval = (await raceAbort(Promise.resolve(needs), signal)) !== false;
  if (approve === undefined && !needsApproval) return true;
  const askNow = approve ?? approveOutside;
  if (askNow !== undefined) {
    said('asked');
    await tell({ type: 'approval-asked', step, call: block });
    const approval = await raceAbort(Promise.resolve(askNow(block, { signal, needsApproval })), signal);
    said(approval === true ? 'given' : 'refused');
    await tell(approvalGiven(step, block, approval));
    return approval;
  }
  if (ask === undefined) return `This call was not run: ${tool.name} needs approval, and nobody can give it.`;
  const approval = await ask({ run: state.id, step, at, block, callId: block.id });
  said('asked');
  await tell({ type: 'approval-asked', step, call: block, approval });
  return approval;
}

export function approvalGiven(step: number, call: ToolCallBlock, approval: Approval): RunToolsEvent {
  const reason = typeof approval === 'string' ? { reason: approval } : {};
  return { type: 'approval-given', step, call, approved: approval === true, ...reason };
}

/** Where the runtime cannot tell which span is running. */
function parentSpan(id: string | undefined): { readonly id: string } | undefined {
  return id === undefined ? undefined : { id };
}

async function run(
  tool: Tool,
  args: unknown,
  call: Call,
  execution: Execution,
  signal: AbortSignal,
): Promise<Outcome> {
  const { block } = call;
  const { toolErrors, thrown, parent, step } = execution;
  const of: FromInside = { asked: [] };
  const outcome = (result: ToolResultBlock): Outcome =>
    of.usage === undefined ? { result } : { result, usage: of.usage };
  try {
    const value = await inSpan(
      'tool.execute',
      {
        attributes: { tool: block.name, toolCallId: block.id, step },
        parent,
        content: () => ({ arguments: block.arguments, description: tool.description }),
      },
      ({ id = parent }) => withTimeout(tool, args, call, { ...execution, parent: id }, of, signal),
      (result) => ({ content: () => ({ result }) }),
    );
    if (of.asked.length > 0) return { asked: of.asked };
    return outcome(resultOf(block, toolResultContent(value)));
  } catch (error) {
    throwIfAborted(signal);
    if (toolErrors === 'throw') {
      thrown.error = error;
      throw error;
    }
    if (toolErrors === 'result') return outcome(failed(block, toolErrorText(error)));
    const text = await raceAbort(Promise.resolve(toolErrors(error, block)), signal);
    return outcome(failed(block, String(text)));
  }
}

/** What a tool gives beside what it returns. */
interface FromInside {
  usage?: Usage;
  /** Calls of an agent that wait. */
  asked: readonly PendingApproval[];
}

/** The errors of bounds of ours: their words are for the model too. */
const timeouts = new WeakSet<object>();

/** What the model is told of a failure: not the words of what was thrown, which may hold addresses, paths and keys. */
function toolErrorText(error: unknown): string {
  return isMortiseError(error, 'timeout') && timeouts.has(error) ? error.message : 'The tool failed.';
}

/** The tool gets a signal of its own, which ends with the bound; one that ignores it is left behind. */
async function withTimeout(
  tool: Tool,
  args: unknown,
  call: Call,
  execution: Execution,
  inside: FromInside,
  outer: AbortSignal,
): Promise<unknown> {
  throwIfAborted(outer);
  const { state, step, tell, isRead, keep, toolTimeoutMs, parent, approve, approveOutside, ask } = execution;
  const { block, at } = call;
  const controller = linkedController(outer);
  const ms = tool.timeoutMs ?? toolTimeoutMs;
  const timer = setTimeout(() => {
    const message = `The tool ${tool.name} did not finish within ${ms} ms.`;
    const error = new MortiseError('timeout', message, { retryable: false });
    timeouts.add(error);
    controller.abort(error);
  }, ms);
  let over = false;
  const nested: NestedRun = {
    name: tool.name,
    state: call.run,
    async keep(run) {
      call.run = run;
      await keep();
    },
    tell: isRead ? (event) => tell({ type: 'tool-event', step, call: block, event }) : undefined,
    approve: approve ?? approveOutside,
    ask: ask && ((asked) => ask({ ...asked, callId: insideCallId(block.id, asked.callId) })),
    wait: (asked) => void (inside.asked = asked),
  };
  const context: ToolContext & { [NESTED]: NestedRun } = {
    [NESTED]: nested,
    signal: controller.signal,
    toolCallId: block.id,
    rawArguments: block.arguments,
    idempotencyKey: callKey(state.id, step, at),
    addUsage(usage) {
      inside.usage = inside.usage === undefined ? usage : sumUsage([inside.usage, usage]);
    },
    ...(parent === undefined ? {} : { parent }),
    async progress(value) {
      // Of a tool that was left behind, or in the midst of an abort: nobody is told, and nothing is thrown at it.
      if (!over) await tell({ type: 'tool-progress', step, call: block, value }).catch(() => undefined);
    },
  };
  try {
    // Inside a promise, so that a throw before the first await is a rejection like any other.
    const running = Promise.resolve().then(() => tool.execute(args as never, context));
    return await raceAbort(running, controller.signal);
  } finally {
    over = true;
    clearTimeout(timer);
    controller.unlink();
  }
}

/** Characters of a name that nobody gave a tool. */
const MAX_NAME = 64;

export function resultOf(call: ToolCallBlock, content: ToolResultBlock['content']): ToolResultBlock {
  return { type: 'tool-result', toolCallId: call.id, toolName: shortened(call.name, MAX_NAME), content };
}

export function failed(call: ToolCallBlock, content: string): ToolResultBlock {
  return { ...resultOf(call, content), isError: true };
}
