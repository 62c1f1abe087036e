import type { LLM, ProviderOptions } from '@mortise/core/llm';
import { Approvals } from './approvals.ts';
import { checkRun, type Bounds } from './bounds.ts';
import type { StreamToolsOptions } from './contract.ts';
import type { Nesting } from './nested.ts';
import { outputTool, type OutputTool } from './output.ts';

/** What a run has beside its options. */
export interface RunParts<T> {
  readonly bounds: Bounds;
  readonly output: OutputTool<T> | undefined;
  readonly approvals: Approvals | undefined;
}

/** Throws `configuration` where the options do not fit each other. */
export function partsOf<P extends ProviderOptions, M, T>(
  llm: LLM<P, M>,
  options: StreamToolsOptions<P, T> & Nesting,
): RunParts<T> {
  const { tools: others, output: schema, outputName: name, approvalKey, approvalTtlMs } = options;
  return {
    bounds: checkRun(options),
    output: schema && outputTool({ schema, name, others, llm, options }),
    approvals: approvalKey === undefined ? undefined : new Approvals(approvalKey, approvalTtlMs),
  };
}
