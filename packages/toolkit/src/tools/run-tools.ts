import { raceAbort, typedElse } from '@mortise/core/call';
import type { LLM, ProviderOptions } from '@mortise/core/llm';
import { checkOptions } from '@mortise/core/shared';
import type { RunToolsOptions, RunToolsResult, ToolsInput } from './contract.ts';
import { streamTools } from './stream-tools.ts';
import type { Tool } from './tool.ts';

/**
 * Lets the model use tools until it answers without: every call of a reply is executed once, in parallel, and all
 * results go back together. An unknown tool, invalid arguments and a refusal go back to the model as results, and a provider that
 * paused in work of its own is asked to go on. A `toolChoice` that forces a call holds for the first reply; tools that it
 * leaves out are not run.
 * `input` may be the state of a run that was left or killed: what is pending is executed, and what has a result is not run again.
 * `timeoutMs` and `deadlineMs` bound each call of the model.
 * Every typed error has a `PartialToolsResult` in `partial`, with the state to go on from.
 * Rejects with `max-steps` when the model still asks for tools after `maxSteps`; with `budget` when it asks for more than
 * `maxToolCalls` at once or `maxTotalToolCalls` altogether; with `malformed-response` when it ends for a reason that nobody knows
 * (`other`) and says nothing. The calls that were not run are answered so in `partial.messages`, and pending in `partial.state`.
 */
export async function runTools<P extends ProviderOptions, M, T = undefined, Of extends Tool = Tool>(
  llm: LLM<P, M>,
  input: ToolsInput,
  given: RunToolsOptions<P, T, Of>,
): Promise<RunToolsResult<M, T>> {
  const { onEvent, ...options } = checkOptions(given, 'configuration');
  const stream = streamTools(llm, input, options);
  if (onEvent === undefined) return stream.final();
  const { signal } = options;
  for await (const event of stream) {
    try {
      const told = Promise.resolve(onEvent(event));
      await (signal === undefined ? told : raceAbort(told, signal));
    } catch (error) {
      throw typedElse(error, signal);
    }
  }
  return stream.final();
}
