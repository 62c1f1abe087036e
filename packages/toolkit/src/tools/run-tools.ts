import { linkedController, mapPool, raceAbort, throwIfAborted, typedElse } from '@mortise/core/call';
import { checkOptions, positive } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import {
  type ChatOptions,
  type ChatResponse,
  type ChatStreamEvent,
  type LLM,
  type ProviderOptions,
  type Usage,
  toMessages,
  type ChatInput,
  type ChatMessage,
  type ToolCallBlock,
  type ToolResultBlock,
  type ToolChoice,
} from '@mortise/core/llm';
import { shortened, toolArguments, toolErrorText, toolResultContent, type Tool } from './tool.ts';

/** The tools of a loop, and what bounds it. */
export interface RunToolsOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  ChatOptions<P>,
  'tools'
> {
  tools: readonly Tool[];
  /** Replies of the model, the last one included. Default: 10. */
  maxSteps?: number | undefined;
  /** Calls of one reply. A reply with more runs none of them, and rejects with `budget`. Default: 128. */
  maxToolCalls?: number | undefined;
  /** Tools that run at once. Default: 8. */
  concurrency?: number | undefined;
  /** Milliseconds for one execution of a tool without its own bound. Default: 60,000. */
  toolTimeoutMs?: number | undefined;
  /** A tool that throws: `result` tells the model, `throw` rejects with what it threw. Default: `result`. */
  toolErrors?: 'result' | 'throw' | undefined;
  /** Asked before each execution. `false` or a reason refuses, and goes back to the model. */
  approve?:
    | ((call: ToolCallBlock, context: { signal: AbortSignal }) => Approval | Promise<Approval>)
    | undefined;
  /** What happens, as it happens. Given, the model's replies are streamed. A promise is waited for before anything else happens. */
  onEvent?: ((event: RunToolsEvent) => void | Promise<void>) | undefined;
}

/** `true` runs the tool; `false` or a reason for the model does not. */
export type Approval = boolean | string;

/** What happens in a loop: everything of every stream, and the tools between them. */
export type RunToolsEvent =
  | { type: 'stream'; step: number; event: ChatStreamEvent }
  | { type: 'response'; step: number; response: ChatResponse }
  | { type: 'tool-start'; step: number; call: ToolCallBlock }
  | { type: 'tool-end'; step: number; call: ToolCallBlock; result: ToolResultBlock };

/** How a loop ended: the last reply, and everything that was said on the way. */
export interface RunToolsResult<M = unknown> {
  /** The last reply: the one that asked for no tool. */
  response: ChatResponse<M>;
  text: string;
  /** The whole conversation, what was given included: go on from here. */
  messages: ChatMessage[];
  steps: { response: ChatResponse<M>; results: ToolResultBlock[] }[];
  /** The sum over all steps, field by field; a field that some step did not give is absent. */
  usage: Usage;
}

/**
 * Lets the model use tools until it answers without: every call of a reply is executed once, in parallel, and all
 * results go back together. An unknown tool, invalid arguments and a refusal go back to the model as results, and a provider that
 * paused in work of its own is asked to go on. A `toolChoice` that forces a call holds for the first reply; tools that it
 * leaves out are not run.
 * `timeoutMs` and `deadlineMs` bound each call of the model.
 * Rejects with `budget` and the result so far in `partial` when the model still asks for tools after `maxSteps`, or for
 * more than `maxToolCalls` at once; with `malformed-response` when it ends for a reason that nobody knows (`other`) and says
 * nothing. The calls that were not run are answered so in `partial.messages`: go on from there.
 */
export async function runTools<P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  input: ChatInput,
  given: RunToolsOptions<P>,
): Promise<RunToolsResult<M>> {
  const options = checkOptions(given, 'configuration');
  const thrown: Thrown = {};
  try {
    return await loop(llm, input, options, thrown);
  } catch (error) {
    // `toolErrors: 'throw'`: what a tool threw is the application's own.
    throw 'error' in thrown && thrown.error === error ? error : typedElse(error, options.signal);
  }
}

/** What a tool threw that is to be thrown on. */
interface Thrown {
  error?: unknown;
}

async function loop<P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  input: ChatInput,
  options: RunToolsOptions<P>,
  thrown: Thrown,
): Promise<RunToolsResult<M>> {
  const {
    tools,
    maxSteps = 10,
    maxToolCalls = 128,
    concurrency = 8,
    toolTimeoutMs = 60_000,
    toolErrors = 'result',
    approve,
    onEvent,
    ...rest
  } = options;
  positive('maxSteps', maxSteps, true);
  positive('maxToolCalls', maxToolCalls, true);
  positive('concurrency', concurrency, true);
  const { toolChoice: choice } = rest;
  const allowed = typeof choice === 'object' && 'tools' in choice ? choice.tools : undefined;
  // A timer fires at once beyond what it can hold.
  for (const { name, timeoutMs = 1 } of tools) positive(`timeoutMs of ${name}`, timeoutMs);
  const run: Run = {
    tools: allowed === undefined ? tools : tools.filter(({ name }) => allowed.includes(name)),
    toolTimeoutMs: positive('toolTimeoutMs', toolTimeoutMs),
    toolErrors,
    concurrency,
    approve,
    onEvent,
    thrown,
  };
  return inSpan('run-tools', { parent: options.parent }, async ({ id: parent = options.parent }) => {
    const chatOptions = { ...rest, tools, parent } as ChatOptions<P>;
    run.parent = parent;
    const messages: ChatMessage[] = [...toMessages(input)];
    const steps: RunToolsResult<M>['steps'] = [];
    for (let step = 1; ; step++) {
      const response = await reply(llm, messages, chatOptions, run, step);
      chatOptions.toolChoice = unforced(chatOptions.toolChoice);
      await onEvent?.({ type: 'response', step, response });
      messages.push(response.message);
      const { toolCalls, text } = response;
      const refused = refusal(toolCalls.length, step, maxSteps, maxToolCalls);
      const results = refused === undefined ? await execute(toolCalls, run, step, options.signal) : [];
      steps.push({ response, results });
      const usage = sumUsage(steps.map((each) => each.response.usage));
      const result = { response, text, messages, steps, usage };
      const { unified, raw } = response.finishReason;
      if (toolCalls.length === 0 && unified === 'other' && text === '') {
        const message = `The model ended with ${raw}, and without a text: that is no answer. Call again, or look at the last message in partial.`;
        throw new MortiseError('malformed-response', message, { partial: result });
      }
      if (toolCalls.length === 0 && unified !== 'pause') return result;
      if (refused !== undefined) {
        // Providers refuse calls that nobody answers: so the conversation can go on from here.
        if (toolCalls.length > 0) messages.push({ role: 'tool', content: toolCalls.map(unrun) });
        throw new MortiseError('budget', refused, { partial: result });
      }
      // A pause has no calls of ours: the message goes back as it is, and the provider goes on.
      if (toolCalls.length > 0) messages.push({ role: 'tool', content: results });
    }
  });
}

/** The options of a run with their defaults filled in. */
interface Run {
  readonly tools: readonly Tool[];
  readonly toolTimeoutMs: number;
  readonly toolErrors: 'result' | 'throw';
  readonly concurrency: number;
  readonly approve: RunToolsOptions['approve'];
  readonly onEvent: RunToolsOptions['onEvent'];
  readonly thrown: Thrown;
  /** The span of the run, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** A tool that must be called has been: told so again, the model could never answer. That others must not be stays. */
function unforced(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (typeof choice !== 'object') return choice === 'required' ? undefined : choice;
  return 'tools' in choice ? { tools: choice.tools } : undefined;
}

async function reply<P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  messages: readonly ChatMessage[],
  options: ChatOptions<P>,
  { onEvent }: Run,
  step: number,
): Promise<ChatResponse<M>> {
  // A copy: an LLM that keeps its request must not see it grow.
  if (onEvent === undefined) return llm.chat([...messages], options);
  // Awaited, since the stream of a model without a base may be a promise, whose rejection is then heard.
  const stream = await Promise.resolve(llm.streamChat([...messages], options));
  for await (const event of stream) await onEvent({ type: 'stream', step, event });
  return stream.final();
}

/** Results in the order of the calls. The first throw (`toolErrors: 'throw'`, or the caller's abort) ends the others. */
async function execute(
  calls: readonly ToolCallBlock[],
  run: Run,
  step: number,
  caller: AbortSignal | undefined,
): Promise<ToolResultBlock[]> {
  const pool = { concurrency: run.concurrency, signal: caller, siblingReason };
  return mapPool(calls, pool, async (call, signal) => {
    await run.onEvent?.({ type: 'tool-start', step, call });
    const result = await executeOne(call, run, signal);
    await run.onEvent?.({ type: 'tool-end', step, call, result });
    return result;
  });
}

function siblingReason(cause: unknown): MortiseError {
  return new MortiseError('aborted', 'Another tool of the same reply failed.', { cause });
}

async function executeOne(call: ToolCallBlock, run: Run, signal: AbortSignal): Promise<ToolResultBlock> {
  const failed = (content: string): ToolResultBlock => ({ ...resultOf(call, content), isError: true });
  const tool = run.tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = run.tools.map(({ name }) => name).join(', ');
    return failed(`There is no tool named ${shortened(call.name, MAX_NAME)}. There are: ${names}.`);
  }
  const prepared = await raceAbort(toolArguments(tool, call), signal);
  if ('problem' in prepared) return failed(prepared.problem);
  const approval =
    run.approve === undefined
      ? true
      : await raceAbort(Promise.resolve(run.approve(call, { signal })), signal);
  if (approval !== true) {
    return failed(typeof approval === 'string' ? approval : 'The user did not approve this call.');
  }
  try {
    const value = await inSpan(
      'tool.execute',
      {
        attributes: { tool: call.name, toolCallId: call.id },
        parent: run.parent,
        content: () => ({ arguments: call.arguments }),
      },
      () => withTimeout(tool, prepared.args, call, tool.timeoutMs ?? run.toolTimeoutMs, signal),
      (result) => ({ content: () => ({ result }) }),
    );
    return resultOf(call, toolResultContent(value));
  } catch (error) {
    throwIfAborted(signal);
    if (run.toolErrors === 'throw') {
      run.thrown.error = error;
      throw error;
    }
    return failed(toolErrorText(error));
  }
}

/** The tool gets a signal of its own, which ends with the bound; one that ignores it is left behind. */
async function withTimeout(
  tool: Tool,
  args: unknown,
  call: ToolCallBlock,
  ms: number,
  outer: AbortSignal,
): Promise<unknown> {
  throwIfAborted(outer);
  const controller = linkedController(outer);
  const timer = setTimeout(() => {
    controller.abort(
      new MortiseError('timeout', `The tool ${tool.name} did not finish within ${ms} ms.`, {
        retryable: false,
      }),
    );
  }, ms);
  const context = { signal: controller.signal, toolCallId: call.id, rawArguments: call.arguments };
  try {
    // Inside a promise, so that a throw before the first await is a rejection like any other.
    const running = Promise.resolve().then(() => tool.execute(args as never, context));
    return await raceAbort(running, controller.signal);
  } finally {
    clearTimeout(timer);
    controller.unlink();
  }
}

/** Characters of a name that nobody gave a tool. */
const MAX_NAME = 64;

function resultOf(call: ToolCallBlock, content: ToolResultBlock['content']): ToolResultBlock {
  return { type: 'tool-result', toolCallId: call.id, toolName: shortened(call.name, MAX_NAME), content };
}

/** Why the calls of this reply are not run, if they are not. */
function refusal(calls: number, step: number, maxSteps: number, maxToolCalls: number): string | undefined {
  if (calls > maxToolCalls)
    return `One reply asked for ${calls} tool calls, and maxToolCalls is ${maxToolCalls}: none was run. Raise maxToolCalls, or look in partial.messages for a loop.`;
  if (step < maxSteps) return undefined;
  return `The model still asked for tools after ${maxSteps} replies. Raise maxSteps, or look in partial.messages for a loop.`;
}

function unrun(call: ToolCallBlock): ToolResultBlock {
  return { ...resultOf(call, 'This call was not run: the run had reached its bound.'), isError: true };
}

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const;

/** Adds up calls, which are separate; within one call usage never adds up (L-02). */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum: Usage = {};
  for (const field of COUNTS) {
    const values = usages.map((usage) => usage[field]);
    if (values.length > 0 && values.every((value) => value !== undefined)) {
      sum[field] = values.reduce((total: number, value) => total + (value ?? 0), 0);
    }
  }
  return sum;
}
