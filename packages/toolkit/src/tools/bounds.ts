import { MortiseError, type KnownErrorCode } from '@mortise/core';
import type { ChatOptions, ProviderOptions } from '@mortise/core/llm';
import { positive } from '@mortise/core/shared';
import type { StreamToolsOptions } from './contract.ts';
import { asksForApproval, NESTED, type Nesting } from './nested.ts';
import type { Call, RunState } from './run-state.ts';

/** What bounds a run, checked. */
export interface Bounds {
  readonly maxSteps: number;
  readonly maxToolCalls: number;
  readonly maxTotalToolCalls: number | undefined;
  readonly concurrency: number;
  readonly toolTimeoutMs: number;
}

/**
 * The bounds of a run. Throws `configuration` for numbers that are none, and where tools need approval and nobody can give it:
 * for an agent whoever runs it can, `isAgent`.
 */
export function checkRun<P extends ProviderOptions, T>(
  options: StreamToolsOptions<P, T> & Nesting,
  isAgent = options[NESTED] !== undefined,
): Bounds {
  const { tools, approve, approvalKey } = options;
  for (const { name, timeoutMs = 1, maxCalls = 1 } of tools) {
    // A timer fires at once beyond what it can hold.
    positive(`timeoutMs of ${name}`, timeoutMs);
    positive(`maxCalls of ${name}`, maxCalls, true);
  }
  const asking = tools.find(asksForApproval);
  if (asking !== undefined && !isAgent && (approve ?? approvalKey) === undefined) {
    const message = `The tool ${asking.name} needs approval, and nobody can give it. Set approve, which is asked at once, or approvalKey, which signs what is asked for later.`;
    throw new MortiseError('configuration', message);
  }
  return boundsOf(options);
}

function boundsOf<P extends ProviderOptions, T>({
  maxSteps = 10,
  maxToolCalls = 128,
  maxTotalToolCalls,
  concurrency = 8,
  toolTimeoutMs = 60_000,
}: StreamToolsOptions<P, T>): Bounds {
  return {
    maxSteps: positive('maxSteps', maxSteps, true),
    maxToolCalls: positive('maxToolCalls', maxToolCalls, true),
    maxTotalToolCalls:
      maxTotalToolCalls === undefined ? undefined : positive('maxTotalToolCalls', maxTotalToolCalls, true),
    concurrency: positive('concurrency', concurrency, true),
    toolTimeoutMs: positive('toolTimeoutMs', toolTimeoutMs),
  };
}

/** Why the calls of a reply are not run, if they are not. `outputName`: of the tool that gives the answer, which is free. */
export function boundOf(
  all: readonly Call[],
  { steps, calls: before }: RunState,
  { maxSteps, maxToolCalls, maxTotalToolCalls }: Bounds,
  outputName: string | undefined,
): { readonly code: KnownErrorCode; readonly message: string } | undefined {
  const calls = all.filter(({ block }) => block.name !== outputName).length;
  if (all.length > maxToolCalls) {
    const message = `One reply asked for ${all.length} tool calls, and maxToolCalls is ${maxToolCalls}: none was run. Raise maxToolCalls, or look in partial.messages for a loop.`;
    return { code: 'budget', message };
  }
  const earlier = [...before.values()].reduce((sum, count) => sum + count, 0);
  if (maxTotalToolCalls !== undefined && earlier + calls > maxTotalToolCalls) {
    const message = `After ${earlier} tool calls the model asked for ${calls} more, and maxTotalToolCalls is ${maxTotalToolCalls}: none of these was run. Raise maxTotalToolCalls and go on from partial.state.`;
    return { code: 'budget', message };
  }
  // Its answer is no call that another reply must follow.
  if (steps < maxSteps || (calls === 0 && all.length > 0)) return undefined;
  return { code: 'max-steps', message: outOfSteps(steps) };
}

export function outOfSteps(steps: number): string {
  return `The model still asked for tools after ${steps} replies. Raise maxSteps and go on from partial.state, or look in partial.messages for a loop.`;
}

/** What of the options is the model's. */
export function chatOptions<P extends ProviderOptions, T>({
  maxSteps: _1,
  maxToolCalls: _2,
  maxTotalToolCalls: _3,
  concurrency: _4,
  toolTimeoutMs: _5,
  toolErrors: _6,
  approve: _7,
  stopWhen: _8,
  prepareStep: _9,
  onState: _10,
  runId: _11,
  output: _12,
  outputName: _13,
  approvalKey: _14,
  approvalTtlMs: _15,
  approvals: _16,
  [NESTED]: _17,
  ...rest
}: StreamToolsOptions<P, T> & Nesting): ChatOptions<P> {
  return rest;
}
