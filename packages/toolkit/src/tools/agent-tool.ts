import type { ChatInput, ChatMessage, LLM, ProviderOptions } from '@mortise/core/llm';
import { checkOptions, type JsonObject, type JsonSchema } from '@mortise/core/shared';
import type { InferInput, InferOutput, Schema } from '@mortise/core/schema';
import type { StreamToolsOptions } from './contract.ts';
import { checkRun } from './bounds.ts';
import { askingOutside, asksForApproval, NESTED, type NestedRun, type Nesting } from './nested.ts';
import { outputTool } from './output.ts';
import { streamTools } from './stream-tools.ts';
import { tool, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';

/** An agent as a tool of another one: what the caller sees of it, and what it runs with. */
export interface AgentToolOptions<
  Args = { task: string },
  P extends ProviderOptions = ProviderOptions,
  M = unknown,
  T = unknown,
  Name extends string = string,
>
  extends
    Omit<
      StreamToolsOptions<P, T>,
      'signal' | 'parent' | 'onState' | 'runId' | 'approvalKey' | 'approvalTtlMs' | 'approvals'
    >,
    Pick<ToolOptions<unknown, Args, unknown>, 'maxCalls' | 'needsApproval'> {
  /** As a tool's. */
  name: Name;
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
 * `output`. A call inside that needs approval is decided by its `approve`; without one, as a call of the run outside is: by
 * `approve` there, or later, where the run outside ends with it (`callId`: the ids of the calls around it come first).
 */
export function agentTool<P extends ProviderOptions, M, T, S extends Schema, const Name extends string>(
  given: AgentToolOptions<InferOutput<S>, P, M, T, Name> & {
    parameters: S;
    input: (args: InferOutput<S>) => ChatInput;
  },
): Tool<InferOutput<S>, unknown, Name, InferInput<S>>;
export function agentTool<P extends ProviderOptions, M, T, const Name extends string>(
  given: AgentToolOptions<{ task: string }, P, M, T, Name> & { parameters?: undefined },
): Tool<{ task: string }, unknown, Name, { task: string }>;
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
  checkRun(options, true);
  const { output: schema, outputName, tools, approve } = options;
  if (schema !== undefined) outputTool({ schema, name: outputName, others: tools, llm, options });
  async function execute(args: never, context: ToolCallContext): Promise<unknown> {
    const { signal, parent, idempotencyKey: runId, addUsage } = context;
    const outside: NestedRun | undefined = (context as Nesting)[NESTED];
    const begin = outside?.state ?? withSystem(system, input(args));
    const nested: Nesting = { [NESTED]: outside };
    const own = { signal, parent, runId, onState: outside?.keep };
    const stream = streamTools(llm, begin, { ...options, ...own, ...nested });
    let waits = false;
    try {
      if (outside?.tell !== undefined) for await (const event of stream) await outside.tell(event);
      const result = await stream.final();
      if (result.ended === 'approval') {
        waits = true;
        outside?.wait?.(result.approvals);
      }
      return result.ended === 'answer' && schema !== undefined ? result.output : result.text;
    } finally {
      // Of a run that goes on later, all of it is counted then.
      if (!waits) addUsage(stream.state.usage ?? {});
    }
  }
  const made = { name, description, execute, timeoutMs: runTimeoutMs, maxCalls, needsApproval };
  const agent = tool({ ...made, parameters: parameters as JsonSchema } as ToolOptions<
    JsonSchema,
    JsonObject,
    unknown
  >) as Tool<never>;
  return approve === undefined && tools.some(asksForApproval) ? askingOutside(agent) : agent;
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
