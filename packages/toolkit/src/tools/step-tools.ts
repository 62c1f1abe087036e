import { MortiseError } from '@mortise/core';
import type { ToolChoice } from '@mortise/core/llm';
import type { StepSettings } from './contract.ts';
import type { Tool } from './tool.ts';

/** What one step has of the tools of its run. */
export interface StepTools {
  readonly sent: readonly Tool[];
  /** The names of those that may be run, where not all. */
  readonly callable: readonly string[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
}

/** The tools of a step. `last` are sent with any. Throws `configuration` where `settings` names a tool that is not there. */
export function stepTools(
  tools: readonly Tool[],
  settings: StepSettings,
  last: readonly Tool[],
  toolChoice: ToolChoice | undefined,
): StepTools {
  const some = settings.tools?.map((name) => {
    const found = tools.find((tool) => tool.name === name);
    if (found !== undefined) return found;
    const message = `prepareStep asks for the tool ${name}, which is not among the tools of the run. Add it there.`;
    throw new MortiseError('configuration', message);
  });
  const sent = [...(some ?? tools), ...last];
  const allowed = typeof toolChoice === 'object' && 'tools' in toolChoice ? toolChoice.tools : undefined;
  const names = sent.map(({ name }) => name);
  const callable = allowed === undefined ? some && names : names.filter((name) => allowed.includes(name));
  return { sent, callable, toolChoice };
}

/** A tool that must be called has been: told so again, the model could never answer. That others must not be stays. */
export function unforced(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (typeof choice !== 'object') return choice === 'required' ? undefined : choice;
  return 'tools' in choice ? { tools: choice.tools } : undefined;
}
