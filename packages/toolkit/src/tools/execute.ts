import { isMortiseError, MortiseError } from '@mortise/core';
import { linkedController, raceAbort, throwIfAborted } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import type { ToolCallBlock, ToolContext, ToolResultBlock } from '@mortise/core/llm';
import type { RunToolsEvent, StreamToolsOptions } from './contract.ts';
import type { Call } from './run-state.ts';
import { shortened, toolArguments, toolResultContent, type Tool } from './tool.ts';

/** What the execution of a call needs of its run. */
export interface Execution {
  readonly tools: readonly Tool[];
  readonly toolTimeoutMs: number;
  readonly toolErrors: NonNullable<StreamToolsOptions['toolErrors']>;
  readonly approve: StreamToolsOptions['approve'];
  /** Of the run. */
  readonly id: string;
  readonly step: number;
  /** The span of the run, where the runtime cannot tell. */
  readonly parent: string | undefined;
  /** Calls of a tool before this reply. */
  readonly callsBefore: (tool: string) => number;
  /** All calls of this reply. */
  readonly calls: readonly Call[];
  readonly tell: (event: RunToolsEvent) => Promise<void>;
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
export async function executeCall(
  call: Call,
  execution: Execution,
  signal: AbortSignal,
): Promise<ToolResultBlock> {
  const { block } = call;
  const { step, tell, tools } = execution;
  const tool = tools.find(({ name }) => name === block.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return failed(block, `There is no tool named ${shortened(block.name, MAX_NAME)}. There are: ${names}.`);
  }
  if (isBeyond(call, tool, execution))
    return failed(block, `This call was not run: ${tool.name} may be called ${tool.maxCalls} times.`);
  const prepared = await raceAbort(toolArguments(tool, block), signal);
  if ('problem' in prepared) return failed(block, prepared.problem);
  const refused = await refusal(block, execution, signal);
  if (refused !== undefined) return failed(block, refused);
  await tell({ type: 'tool-start', step, call: block });
  return run(tool, prepared.args, call, execution, signal);
}

function isBeyond({ at, block }: Call, { name, maxCalls }: Tool, { calls, callsBefore }: Execution): boolean {
  if (maxCalls === undefined) return false;
  const earlier = calls.filter((other) => other.at < at && other.block.name === block.name).length;
  return callsBefore(name) + earlier >= maxCalls;
}

/** What the model is told of a call that was not approved. */
async function refusal(
  call: ToolCallBlock,
  { approve, step, tell }: Execution,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (approve === undefined) return undefined;
  await tell({ type: 'approval-asked', step, call });
  const approval = await raceAbort(Promise.resolve(approve(call, { signal })), signal);
  const approved = approval === true;
  const reason = typeof approval === 'string' ? { reason: approval } : {};
  await tell({ type: 'approval-given', step, call, approved, ...reason });
  if (approved) return undefined;
  return reason.reason ?? 'The user did not approve this call.';
}

async function run(
  tool: Tool,
  args: unknown,
  call: Call,
  execution: Execution,
  signal: AbortSignal,
): Promise<ToolResultBlock> {
  const { block } = call;
  const { toolErrors, thrown, parent } = execution;
  try {
    const value = await inSpan(
      'tool.execute',
      {
        attributes: { tool: block.name, toolCallId: block.id },
        parent,
        content: () => ({ arguments: block.arguments }),
      },
      () => withTimeout(tool, args, call, execution, signal),
      (result) => ({ content: () => ({ result }) }),
    );
    return resultOf(block, toolResultContent(value));
  } catch (error) {
    throwIfAborted(signal);
    if (toolErrors === 'throw') {
      thrown.error = error;
      throw error;
    }
    if (toolErrors === 'result') return failed(block, toolErrorText(error));
    return failed(block, String(await raceAbort(Promise.resolve(toolErrors(error, block)), signal)));
  }
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
  { block, at }: Call,
  { id, step, tell, toolTimeoutMs }: Execution,
  outer: AbortSignal,
): Promise<unknown> {
  throwIfAborted(outer);
  const controller = linkedController(outer);
  const ms = tool.timeoutMs ?? toolTimeoutMs;
  const timer = setTimeout(() => {
    const message = `The tool ${tool.name} did not finish within ${ms} ms.`;
    const error = new MortiseError('timeout', message, { retryable: false });
    timeouts.add(error);
    controller.abort(error);
  }, ms);
  let over = false;
  const context: ToolContext = {
    signal: controller.signal,
    toolCallId: block.id,
    rawArguments: block.arguments,
    idempotencyKey: `${id}/${step}/${at}`,
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
