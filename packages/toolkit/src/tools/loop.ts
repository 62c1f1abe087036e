import { isMortiseError, MortiseError, withErrorFields, type KnownErrorCode } from '@mortise/core';
import { mapPool, raceAbort, typedElse } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import type {
  ChatMessage,
  ChatOptions,
  ChatResponse,
  ChatStreamEvent,
  LLM,
  ProviderOptions,
  ToolChoice,
} from '@mortise/core/llm';
import { positive } from '@mortise/core/shared';
import type {
  PartialToolsResult,
  RunToolsEvent,
  RunToolsResult,
  StepSettings,
  StreamToolsOptions,
  ToolsStep,
} from './contract.ts';
import { executeCall, failed, type Execution, type Thrown } from './execute.ts';
import {
  conversation,
  lazyState,
  replyOf,
  toState,
  type Call,
  type Reply,
  type RunState,
} from './run-state.ts';
import type { Tool } from './tool.ts';
import { sumUsage } from './usage.ts';

/** How a loop is run. */
export interface LoopHooks {
  readonly signal: AbortSignal;
  /** Resolves when the event was read. Absent: nobody reads, and replies are not streamed. */
  readonly tell?: ((event: RunToolsEvent) => Promise<void>) | undefined;
}

/** Runs `state` to its end. Rejects with exactly the signal's reason, with what a tool threw (`toolErrors: 'throw'`), or typed. */
export async function runLoop<P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  state: RunState<M>,
  options: StreamToolsOptions<P>,
  hooks: LoopHooks,
): Promise<RunToolsResult<M>> {
  const thrown: Thrown = {};
  const steps: ToolsStep<M>[] = [];
  try {
    return await inSpan('run-tools', { parent: options.parent }, ({ id: parent = options.parent }) =>
      new Loop(llm, state, options, { ...hooks, parent, thrown, steps }).run(),
    );
  } catch (error) {
    const { signal } = hooks;
    if (signal.aborted && error === signal.reason) throw error;
    // What a tool threw is the application's own.
    if ('error' in thrown && thrown.error === error) throw error;
    const typed = typedElse(error, signal);
    if (!isMortiseError(typed) || typed === thrown.bound) throw typed;
    throw withErrorFields(typed, { partial: partialOf(state, steps, typed.partial) });
  }
}

interface LoopParts<M> extends LoopHooks {
  readonly parent: string | undefined;
  readonly thrown: Thrown;
  readonly steps: ToolsStep<M>[];
}

class Loop<P extends ProviderOptions, M> {
  readonly #llm: LLM<P, M>;
  readonly #state: RunState<M>;
  readonly #options: StreamToolsOptions<P>;
  readonly #parts: LoopParts<M>;
  readonly #bounds: Bounds;
  #saving: Promise<void> = Promise.resolve();
  /** The state has changed since it was kept last. */
  #changed = true;

  constructor(llm: LLM<P, M>, state: RunState<M>, options: StreamToolsOptions<P>, parts: LoopParts<M>) {
    this.#llm = llm;
    this.#state = state;
    this.#options = options;
    this.#parts = parts;
    this.#bounds = boundsOf(options);
    // A timer fires at once beyond what it can hold.
    for (const { name, timeoutMs = 1, maxCalls = 1 } of options.tools) {
      positive(`timeoutMs of ${name}`, timeoutMs);
      positive(`maxCalls of ${name}`, maxCalls, true);
    }
  }

  async run(): Promise<RunToolsResult<M>> {
    for (;;) {
      const reply = this.#state.reply ?? (await this.#ask());
      const ended = await this.#settle(reply);
      await this.#tell({ type: 'step-end', step: this.#state.steps, usage: this.#state.usage ?? {} });
      if (ended !== undefined) return ended;
      this.#turnOver(reply);
    }
  }

  async #ask(): Promise<Reply<M>> {
    const { steps, messages, usage = {} } = this.#state;
    const step = steps + 1;
    const { prepareStep, signal: _signal } = this.#options;
    const settings = (await prepareStep?.({ step, messages: [...messages], usage })) ?? {};
    const { shown, callable, toolChoice } = this.#toolsOf(settings, step);
    await this.#save();
    await this.#tell({ type: 'step-start', step });
    const options = { ...chatOptions(this.#options), ...this.#shared(), tools: shown, toolChoice };
    // A copy: an LLM that keeps its request must not see it grow.
    const sent = [...(settings.messages ?? messages)];
    const response = await this.#reply((settings.llm ?? this.#llm) as LLM<P, M>, sent, options, step);
    const reply = replyOf(response, callable);
    this.#state.steps = step;
    this.#state.usage = added(this.#state.usage, response.usage);
    this.#state.reply = reply;
    await this.#keep();
    await this.#tell({ type: 'response', step, response, usage: this.#state.usage });
    return reply;
  }

  /** The tools of a step: those that are sent, and the names of those that may be run, where not all. */
  #toolsOf(
    settings: StepSettings,
    step: number,
  ): { shown: readonly Tool[]; callable: readonly string[] | undefined; toolChoice: ToolChoice | undefined } {
    const { tools, toolChoice: given } = this.#options;
    const toolChoice = settings.toolChoice ?? (step === 1 ? given : unforced(given));
    const shown = settings.tools?.map((name) => {
      const found = tools.find((tool) => tool.name === name);
      if (found !== undefined) return found;
      const message = `prepareStep asks for the tool ${name}, which is not among the tools of the run. Add it there.`;
      throw new MortiseError('configuration', message);
    });
    const names = settings.tools ?? tools.map(({ name }) => name);
    const allowed = typeof toolChoice === 'object' && 'tools' in toolChoice ? toolChoice.tools : undefined;
    const callable = allowed === undefined ? settings.tools : names.filter((name) => allowed.includes(name));
    return { shown: shown ?? tools, callable, toolChoice };
  }

  #shared(): { readonly signal: AbortSignal; readonly parent: string | undefined } {
    return { signal: this.#parts.signal, parent: this.#parts.parent };
  }

  async #reply(
    llm: LLM<P, M>,
    messages: readonly ChatMessage[],
    options: ChatOptions<P>,
    step: number,
  ): Promise<ChatResponse<M>> {
    const { tell } = this.#parts;
    if (tell === undefined) return llm.chat(messages, options);
    // Awaited, since the stream of a model without a base may be a promise, whose rejection is then heard.
    const stream = await Promise.resolve(llm.streamChat(messages, options));
    const idOf = callIds();
    for await (const event of stream) {
      const toolCallId = idOf(event);
      await tell({ type: 'stream', step, event, ...(toolCallId === undefined ? {} : { toolCallId }) });
    }
    return stream.final();
  }

  /** Runs what is unanswered of a reply; the result of the run where that was its end. */
  async #settle(reply: Reply<M>): Promise<RunToolsResult<M> | undefined> {
    const { response, calls } = reply;
    const { finishReason, text } = response;
    const bound = this.#bound(calls.length);
    if (bound === undefined) await this.#execute(reply);
    const results = calls.flatMap(({ result }) => result ?? []);
    this.#parts.steps.push({ response, results });
    if (calls.length === 0 && finishReason.unified === 'other' && text === '') {
      const message = `The model ended with ${finishReason.raw}, and without a text: that is no answer. Call again, or look at the last message in partial.`;
      throw this.#failure('malformed-response', message);
    }
    if (calls.length === 0 && finishReason.unified !== 'pause') return this.#result('answer', response);
    if (bound !== undefined) throw this.#failure(bound.code, bound.message);
    const { steps: step, usage = {} } = this.#state;
    const messages = conversation(this.#state, unrun);
    const stop = await this.#options.stopWhen?.({ step, messages, usage, response, results });
    return stop === true ? this.#result('stopped', response) : undefined;
  }

  /** Why the calls of this reply are not run, if they are not. */
  #bound(calls: number): { readonly code: KnownErrorCode; readonly message: string } | undefined {
    const { maxSteps, maxToolCalls, maxTotalToolCalls } = this.#bounds;
    const { steps } = this.#state;
    if (calls > maxToolCalls) {
      const message = `One reply asked for ${calls} tool calls, and maxToolCalls is ${maxToolCalls}: none was run. Raise maxToolCalls, or look in partial.messages for a loop.`;
      return { code: 'budget', message };
    }
    const before = [...this.#state.calls.values()].reduce((sum, count) => sum + count, 0);
    if (maxTotalToolCalls !== undefined && before + calls > maxTotalToolCalls) {
      const message = `After ${before} tool calls the model asked for ${calls} more, and maxTotalToolCalls is ${maxTotalToolCalls}: none of these was run. Raise maxTotalToolCalls and go on from partial.state.`;
      return { code: 'budget', message };
    }
    if (steps < maxSteps) return undefined;
    const message = `The model still asked for tools after ${steps} replies. Raise maxSteps and go on from partial.state, or look in partial.messages for a loop.`;
    return { code: 'max-steps', message };
  }

  /** The first throw (`toolErrors: 'throw'`, or the caller's abort) ends the others. */
  async #execute({ calls, tools }: Reply<M>): Promise<void> {
    const { approve, toolErrors = 'result' } = this.#options;
    const { concurrency, toolTimeoutMs } = this.#bounds;
    const { id, steps: step } = this.#state;
    const execution: Execution = {
      tools:
        tools === undefined
          ? this.#options.tools
          : this.#options.tools.filter(({ name }) => tools.includes(name)),
      ...{ toolTimeoutMs, toolErrors, approve, id, step, calls },
      parent: this.#parts.parent,
      callsBefore: (tool) => this.#state.calls.get(tool) ?? 0,
      tell: (event) => this.#tell(event),
      thrown: this.#parts.thrown,
    };
    const open = calls.filter(({ result }) => result === undefined);
    const pool = { concurrency, signal: this.#parts.signal, siblingReason };
    await mapPool(open, pool, async (call, signal) => {
      const result = await executeCall(call, execution, signal);
      call.result = result;
      await this.#keep();
      await this.#tell({ type: 'tool-end', step, call: call.block, result });
    });
  }

  /** The reply becomes a turn of the conversation. A pause has no calls of ours: the provider goes on from its message. */
  #turnOver({ calls }: Reply<M>): void {
    this.#state.messages.splice(0, Infinity, ...conversation(this.#state, unrun));
    for (const { block } of calls) {
      if (!this.#options.tools.some(({ name }) => name === block.name)) continue;
      this.#state.calls.set(block.name, (this.#state.calls.get(block.name) ?? 0) + 1);
    }
    this.#state.reply = undefined;
    this.#changed = true;
  }

  async #keep(): Promise<void> {
    this.#changed = true;
    await this.#save();
  }

  /** One at a time, in the order of the changes. */
  async #save(): Promise<void> {
    const { onState } = this.#options;
    if (onState === undefined) return;
    if (this.#changed) {
      this.#changed = false;
      const state = toState(this.#state);
      this.#saving = this.#saving.then(() => onState(state));
    }
    await raceAbort(this.#saving, this.#parts.signal);
  }

  async #tell(event: RunToolsEvent): Promise<void> {
    await this.#parts.tell?.(event);
  }

  #result(ended: RunToolsResult['ended'], response: ChatResponse<M>): RunToolsResult<M> {
    const { steps } = this.#parts;
    const messages = conversation(this.#state, unrun);
    const usage = this.#state.usage ?? {};
    return withState({ ended, response, text: response.text, messages, steps, usage }, this.#state);
  }

  #failure(code: KnownErrorCode, message: string): MortiseError {
    // After a reply that says nothing, a run that goes on asks again.
    const goesOn = code === 'malformed-response' ? { ...this.#state, reply: undefined } : this.#state;
    const partial = partialOf(this.#state, this.#parts.steps, undefined, goesOn);
    return (this.#parts.thrown.bound = new MortiseError(code, message, { partial }));
  }
}

interface Bounds {
  readonly maxSteps: number;
  readonly maxToolCalls: number;
  readonly maxTotalToolCalls: number | undefined;
  readonly concurrency: number;
  readonly toolTimeoutMs: number;
}

function boundsOf<P extends ProviderOptions>({
  maxSteps = 10,
  maxToolCalls = 128,
  maxTotalToolCalls,
  concurrency = 8,
  toolTimeoutMs = 60_000,
}: StreamToolsOptions<P>): Bounds {
  return {
    maxSteps: positive('maxSteps', maxSteps, true),
    maxToolCalls: positive('maxToolCalls', maxToolCalls, true),
    maxTotalToolCalls:
      maxTotalToolCalls === undefined ? undefined : positive('maxTotalToolCalls', maxTotalToolCalls, true),
    concurrency: positive('concurrency', concurrency, true),
    toolTimeoutMs: positive('toolTimeoutMs', toolTimeoutMs),
  };
}

/** What of the options is the model's. */
function chatOptions<P extends ProviderOptions>({
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
  ...rest
}: StreamToolsOptions<P>): ChatOptions<P> {
  return rest;
}

/** A tool that must be called has been: told so again, the model could never answer. That others must not be stays. */
function unforced(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (typeof choice !== 'object') return choice === 'required' ? undefined : choice;
  return 'tools' in choice ? { tools: choice.tools } : undefined;
}

/** The id of the call that an event of one stream is a part of. */
function callIds(): (event: ChatStreamEvent) => string | undefined {
  const ids = new Map<number, string>();
  return (event) => {
    const known = event as Exclude<ChatStreamEvent, { type: `${string}:${string}` }>;
    if (known.type === 'tool-call-start') ids.set(known.index, known.id);
    else if (known.type !== 'tool-call-delta' && known.type !== 'block') return undefined;
    return ids.get(known.index);
  };
}

function added(before: RunState['usage'], usage: ChatResponse['usage']): ChatResponse['usage'] {
  return sumUsage(before === undefined ? [usage] : [before, usage]);
}

function siblingReason(cause: unknown): MortiseError {
  return new MortiseError('aborted', 'Another tool of the same reply failed.', { cause });
}

/** Providers refuse calls that nobody answers: so the conversation can go on. */
function unrun({ block }: Call): ReturnType<typeof failed> {
  return failed(block, 'This call was not run: the run had ended.');
}

function partialOf<M>(
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
    usage: state.usage ?? {},
  };
  return withState(partial, goesOn);
}

function withState<R extends object>(result: R, run: RunState): R & Pick<RunToolsResult, 'state'> {
  return Object.defineProperty(result, 'state', { get: lazyState(run) }) as R & Pick<RunToolsResult, 'state'>;
}
