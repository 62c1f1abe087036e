import type { ChatInput, ChatMessage, LLM, ProviderOptions } from '@mortise/core/llm';
import { checkOptions, type JsonObject, type JsonSchema } from '@mortise/core/shared';
import type { InferOutput, Schema } from '@mortise/core/schema';
import type { StreamToolsOptions } from './contract.ts';
import { checkRun } from './loop.ts';
import { NESTED, type NestedRun, type Nesting } from './nested.ts';
import { streamTools } from './stream-tools.ts';
import { tool, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';

/** An agent as a tool of another one: what the caller sees of it, and what it runs with. */
export interface AgentToolOptions<
  Args = { task: string },
  P extends ProviderOptions = ProviderOptions,
  M = unknown,
  T = unknown,
>
  extends
    Omit<
      StreamToolsOptions<P, T>,
      'signal' | 'parent' | 'onState' | 'runId' | 'approvalKey' | 'approvalTtlMs' | 'approvals'
    >,
    Pick<ToolOptions<unknown, Args, unknown>, 'maxCalls' | 'needsApproval'> {
  /** As a tool's. */
  name: string;
  /** When to use it and what it gives, for the model that calls it. */
  description: string;
  llm: LLM<P, M>;
  /** What the agent is told before its task. Default: nothing. */
  system?: string | undefined;
  /** What the agent is asked. Default: the task. */
  input?: ((args: Args) => ChatInput) | undefined;
  /** Milliseconds for one run of the agent. Default: 900,000. */
  runTimeoutMs?: number | undefined;
}

/**
 * A tool that runs an agent: `streamTools` inside, with its own model and tools. Whoever reads the run outside sees its events
 * (`tool-event`), its usage is added, an abort ends it, and its state is kept in the state of the run outside. It gives its text, or its
 * `output`. A call that needs approval inside must be decided at once, by `approve`.
 */
export function agentTool<P extends ProviderOptions, M, T, S extends Schema>(
  given: AgentToolOptions<InferOutput<S>, P, M, T> & {
    parameters: S;
    input: (args: InferOutput<S>) => ChatInput;
  },
): Tool<InferOutput<S>>;
export function agentTool<P extends ProviderOptions, M, T>(
  given: AgentToolOptions<{ task: string }, P, M, T> & { parameters?: undefined },
): Tool<{ task: string }>;
export function agentTool<P extends ProviderOptions, M, T>(
  given: AgentToolOptions<never, P, M, T> & { parameters?: Schema | undefined },
): Tool<never> {
  const {
    name,
    description,
    llm,
    system,
    parameters = TASK,
    input = taskOf,
    ...rest
  } = checkOptions(given, 'configuration');
  const { runTimeoutMs = 900_000, maxCalls, needsApproval, ...options } = rest;
  checkRun(options);
  async function execute(args: never, context: ToolCallContext): Promise<unknown> {
    const { signal, parent, idempotencyKey: runId, addUsage } = context;
    const outside: NestedRun | undefined = (context as Nesting)[NESTED];
    const begin = outside?.state ?? withSystem(system, input(args));
    const stream = streamTools(llm, begin, { ...options, signal, parent, runId, onState: outside?.keep });
    try {
      if (outside?.tell !== undefined) for await (const event of stream) await outside.tell(event);
      const result = await stream.final();
      return result.ended === 'answer' && options.output !== undefined ? result.output : result.text;
    } finally {
      addUsage(stream.state.usage ?? {});
    }
  }
  const made = { name, description, execute, timeoutMs: runTimeoutMs, maxCalls, needsApproval };
  return tool({ ...made, parameters: parameters as JsonSchema } as ToolOptions<
    JsonSchema,
    JsonObject,
    unknown
  >) as Tool<never>;
}

const TASK: JsonSchema = {
  type: 'object',
  properties: {
    task: { type: 'string', description: 'What to do, with all that is needed to know for it.' },
  },
  required: ['task'],
  additionalProperties: false,
};

function taskOf({ task }: { task: unknown }): string {
  return typeof task === 'string' ? task : JSON.stringify(task ?? '');
}

function withSystem(system: string | undefined, input: ChatInput): ChatInput {
  if (system === undefined) return input;
  const asked: readonly ChatMessage[] =
    typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  return [{ role: 'system', content: system }, ...asked];
}
