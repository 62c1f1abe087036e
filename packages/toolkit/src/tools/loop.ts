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
import { positive, shown } from '@mortise/core/shared';
import { mayForce } from '../structured/structured-mode.ts';
import { Approvals } from './approvals.ts';
import type {
  Approval,
  PartialToolsResult,
  PendingApproval,
  RunToolsEvent,
  RunToolsResult,
  StepSettings,
  StreamToolsOptions,
  ToolsStep,
} from './contract.ts';
import { approvalGiven, executeCall, failed, type Execution, type Thrown } from './execute.ts';
import { outputTool, type OutputTool } from './output.ts';
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
  /** Absent: nobody reads, and replies are not streamed. */
  readonly listener: Listener | undefined;
}

/** Who reads a run. */
export interface Listener {
  /** Resolves when the event was read; rejects when the run is aborted. */
  tell(event: RunToolsEvent): Promise<void>;
  /** The same with each event of a stream, to its end. */
  pipe<E>(stream: AsyncIterable<E>, shown: (event: E) => RunToolsEvent): Promise<void>;
}

/** Runs `state` to its end. Rejects with exactly the signal's reason, with what a tool threw (`toolErrors: 'throw'`), or typed. */
export async function runLoop<P extends ProviderOptions, M, T>(
  llm: LLM<P, M>,
  state: RunState<M>,
  options: StreamToolsOptions<P, T>,
  hooks: LoopHooks,
): Promise<RunToolsResult<M, T>> {
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

class Loop<P extends ProviderOptions, M, T> {
  readonly #llm: LLM<P, M>;
  readonly #state: RunState<M>;
  readonly #options: StreamToolsOptions<P, T>;
  readonly #output: OutputTool<T> | undefined;
  readonly #approvals: Approvals | undefined;
  readonly #parts: LoopParts<M>;
  readonly #bounds: Bounds;
  #saving: Promise<void> = Promise.resolve();
  /** The state has changed since it was kept last. */
  #changed = true;

  constructor(llm: LLM<P, M>, state: RunState<M>, options: StreamToolsOptions<P, T>, parts: LoopParts<M>) {
    this.#llm = llm;
    this.#state = state;
    this.#options = options;
    this.#parts = parts;
    ({ bounds: this.#bounds, output: this.#output, approvals: this.#approvals } = checkRun(options));
  }

  async run(): Promise<RunToolsResult<M, T>> {
    await this.#decide();
    for (;;) {
      const reply = this.#state.reply ?? (await this.#ask());
      const ended = await this.#settle(reply);
      await this.#tell({ type: 'step-end', step: this.#state.steps, usage: this.#state.usage ?? {} });
      if (ended !== undefined) return ended;
      this.#turnOver(reply);
    }
  }

  /** Takes up what was decided of the calls that wait: all of it, or none. */
  async #decide(): Promise<void> {
    const { approvals = [] } = this.#options;
    if (approvals.length === 0) return;
    if (this.#approvals === undefined) {
      throw new MortiseError(
        'configuration',
        'approvals are checked with the key that signed them: give approvalKey.',
      );
    }
    const decided = new Map<Call, Approval>();
    for (const given of approvals) {
      const call = await this.#approvals.check(this.#state, given);
      if (decided.has(call)) {
        const message = `The call ${given.callId} is decided twice. Give one approval for each.`;
        throw new MortiseError('conflict', message);
      }
      decided.set(call, given.approved || (given.reason ?? false));
    }
    for (const [call, approval] of decided) call.approved = approval;
    await this.#keep();
    for (const [{ block }, approval] of decided) {
      await this.#tell(approvalGiven(this.#state.steps, block, approval));
    }
  }

  async #ask(): Promise<Reply<M>> {
    const { steps, messages, usage = {} } = this.#state;
    const step = steps + 1;
    const { prepareStep } = this.#options;
    const settings = (await prepareStep?.({ step, messages: [...messages], usage })) ?? {};
    const { sent: tools, callable, toolChoice } = this.#toolsOf(settings, step);
    await this.#save();
    await this.#tell({ type: 'step-start', step });
    const { signal, parent } = this.#parts;
    const options = { ...chatOptions(this.#options), signal, parent, tools, toolChoice };
    // A copy: an LLM that keeps its request must not see it grow.
    const asked = [...(settings.messages ?? messages)];
    const response = await this.#reply((settings.llm ?? this.#llm) as LLM<P, M>, asked, options, step);
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
  ): { sent: readonly Tool[]; callable: readonly string[] | undefined; toolChoice: ToolChoice | undefined } {
    const { tools, toolChoice: given } = this.#options;
    const last = this.#output === undefined ? [] : [this.#output.tool];
    const some = settings.tools?.map((name) => {
      const found = tools.find((tool) => tool.name === name);
      if (found !== undefined) return found;
      const message = `prepareStep asks for the tool ${name}, which is not among the tools of the run. Add it there.`;
      throw new MortiseError('configuration', message);
    });
    const all = [...(some ?? tools), ...last];
    const toolChoice = this.#choice(settings.toolChoice ?? (step === 1 ? given : unforced(given)));
    const allowed = typeof toolChoice === 'object' && 'tools' in toolChoice ? toolChoice.tools : undefined;
    const names = all.map(({ name }) => name);
    const callable = allowed === undefined ? some && names : names.filter((name) => allowed.includes(name));
    return { sent: all, callable, toolChoice };
  }

  /** The answer can be given whatever else may be called; a model that gave it in words is held to its tool. */
  #choice(asked: ToolChoice | undefined): ToolChoice | undefined {
    if (this.#output === undefined) return asked;
    const { name } = this.#output.tool;
    if (this.#state.reminded && mayForce(this.#llm, this.#options)) return { tool: name };
    if (typeof asked !== 'object' || !('tools' in asked) || asked.tools.includes(name)) return asked;
    return { ...asked, tools: [...asked.tools, name] };
  }

  async #reply(
    llm: LLM<P, M>,
    messages: readonly ChatMessage[],
    options: ChatOptions<P>,
    step: number,
  ): Promise<ChatResponse<M>> {
    const { listener } = this.#parts;
    if (listener === undefined) return llm.chat(messages, options);
    // Awaited, since the stream of a model without a base may be a promise, whose rejection is then heard.
    const stream = await Promise.resolve(llm.streamChat(messages, options));
    const idOf = callIds();
    await listener.pipe(stream, (event) => {
      const toolCallId = idOf(event);
      return { type: 'stream', step, event, ...(toolCallId === undefined ? {} : { toolCallId }) };
    });
    return stream.final();
  }

  /** Runs what is unanswered of a reply; the result of the run where that was its end. */
  async #settle(reply: Reply<M>): Promise<RunToolsResult<M, T> | undefined> {
    const { response, calls } = reply;
    const { finishReason, text } = response;
    const bound = this.#bound(calls);
    const approvals = bound === undefined ? await this.#execute(reply) : [];
    const results = calls.flatMap(({ result }) => result ?? []);
    this.#parts.steps.push({ response, results });
    if (calls.length === 0 && finishReason.unified === 'other' && text === '') {
      const message = `The model ended with ${finishReason.raw}, and without a text: that is no answer. Call again, or look at the last message in partial.`;
      throw this.#failure('malformed-response', message);
    }
    if (calls.length === 0 && finishReason.unified !== 'pause' && this.#output === undefined) {
      return this.#result(response, { ended: 'answer', output: undefined as T });
    }
    if (bound !== undefined) throw this.#failure(bound.code, bound.message);
    if (approvals.length > 0) return this.#result(response, { ended: 'approval' }, approvals);
    const answer = await this.#answer(reply);
    if (answer !== undefined) return this.#result(response, { ended: 'answer', output: answer.value });
    const { steps: step, usage = {}, reminded } = this.#state;
    if (calls.length === 0 && finishReason.unified !== 'pause' && reminded) {
      const message = `The model gave its answer in words again, although it was told to call ${this.#output?.tool.name}: ${shown(text)}. Use structured() on messages of partial, or another model.`;
      throw this.#failure('validation', message);
    }
    const { stopWhen } = this.#options;
    if (calls.length > 0 && stopWhen !== undefined) {
      const messages = conversation(this.#state, unrun);
      const stop = await stopWhen({ step, messages, usage, response, results });
      if (stop === true) return this.#result(response, { ended: 'stopped' });
    }
    if (step >= this.#bounds.maxSteps) throw this.#failure('max-steps', outOfSteps(step));
    return undefined;
  }

  /** What `output` wants, where a call of this reply gave it. */
  async #answer({ calls }: Reply<M>): Promise<{ readonly value: T } | undefined> {
    const output = this.#output;
    if (output === undefined) return undefined;
    const given = calls.find(
      ({ block, result }) => block.name === output.tool.name && result?.isError !== true,
    );
    return given && output.valueOf(given.block);
  }

  /** Why the calls of this reply are not run, if they are not. */
  #bound(all: readonly Call[]): { readonly code: KnownErrorCode; readonly message: string } | undefined {
    const { maxSteps, maxToolCalls, maxTotalToolCalls } = this.#bounds;
    const { steps } = this.#state;
    const calls = all.filter(({ block }) => block.name !== this.#output?.tool.name).length;
    if (all.length > maxToolCalls) {
      const message = `One reply asked for ${all.length} tool calls, and maxToolCalls is ${maxToolCalls}: none was run. Raise maxToolCalls, or look in partial.messages for a loop.`;
      return { code: 'budget', message };
    }
    const before = [...this.#state.calls.values()].reduce((sum, count) => sum + count, 0);
    if (maxTotalToolCalls !== undefined && before + calls > maxTotalToolCalls) {
      const message = `After ${before} tool calls the model asked for ${calls} more, and maxTotalToolCalls is ${maxTotalToolCalls}: none of these was run. Raise maxTotalToolCalls and go on from partial.state.`;
      return { code: 'budget', message };
    }
    // Its answer is no call that another reply must follow.
    if (steps < maxSteps || (calls === 0 && all.length > 0)) return undefined;
    return { code: 'max-steps', message: outOfSteps(steps) };
  }

  /** What waits for a decision. The first throw (`toolErrors: 'throw'`, or the caller's abort) ends the others. */
  async #execute({ calls, tools }: Reply<M>): Promise<PendingApproval[]> {
    const { approve, toolErrors = 'result' } = this.#options;
    const { concurrency, toolTimeoutMs } = this.#bounds;
    const { signal: caller, parent, listener, thrown } = this.#parts;
    const { steps: step } = this.#state;
    const output = this.#output?.tool;
    const all = output === undefined ? this.#options.tools : [...this.#options.tools, output];
    const execution: Execution = {
      ...{ toolTimeoutMs, toolErrors, approve, step, calls, parent, thrown, output, state: this.#state },
      tools: tools === undefined ? all : all.filter(({ name }) => tools.includes(name)),
      approvals: this.#approvals,
      isRead: listener !== undefined,
      tell: (event) => this.#tell(event),
      keep: () => this.#keep(),
    };
    const open = calls.filter(({ result }) => result === undefined);
    const pool = { concurrency, signal: caller, siblingReason };
    const outcomes = await mapPool(open, pool, async (call, signal) => {
      const outcome = await executeCall(call, execution, signal);
      if ('asked' in outcome) return outcome.asked;
      const { result, usage } = outcome;
      call.result = result;
      if (usage !== undefined) this.#state.usage = added(this.#state.usage, usage);
      await this.#keep();
      await this.#tell({ type: 'tool-end', step, call: call.block, result });
      return undefined;
    });
    return outcomes.flatMap((asked) => asked ?? []);
  }

  /** The reply becomes a turn of the conversation. A pause has no calls of ours: the provider goes on from its message. */
  #turnOver({ calls, response }: Reply<M>): void {
    const { messages } = this.#state;
    const isPause = response.finishReason.unified === 'pause';
    const inWords = this.#output !== undefined && calls.length === 0 && !isPause;
    // Providers refuse a message that says nothing.
    if (!inWords || response.text.trim() !== '')
      messages.splice(0, Infinity, ...conversation(this.#state, unrun));
    if (inWords) {
      const { name } = this.#output.tool;
      messages.push({
        role: 'user',
        content: `Give the answer by calling ${name}, with the whole answer as its arguments.`,
      });
      this.#state.reminded = true;
    }
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

  #tell(event: RunToolsEvent): Promise<void> {
    return this.#parts.listener?.tell(event) ?? Promise.resolve();
  }

  #result(
    response: ChatResponse<M>,
    end: { ended: 'answer'; output: T } | { ended: 'approval' | 'stopped' },
    approvals: PendingApproval[] = [],
  ): RunToolsResult<M, T> {
    const { steps } = this.#parts;
    const messages = conversation(this.#state, approvals.length > 0 ? waiting : unrun);
    const result = {
      response,
      text: response.text,
      messages,
      steps,
      usage: this.#state.usage ?? {},
      approvals,
    };
    return withState({ ...result, ...end }, this.#state);
  }

  #failure(code: KnownErrorCode, message: string): MortiseError {
    // After a reply that says nothing, a run that goes on asks again.
    const goesOn = code === 'malformed-response' ? { ...this.#state, reply: undefined } : this.#state;
    const partial = partialOf(this.#state, this.#parts.steps, undefined, goesOn);
    return (this.#parts.thrown.bound = new MortiseError(code, message, { partial }));
  }
}

/** The options of a run, checked: `configuration` where they do not fit each other. */
export function checkRun<P extends ProviderOptions, T>(
  options: StreamToolsOptions<P, T>,
): { bounds: Bounds; output: OutputTool<T> | undefined; approvals: Approvals | undefined } {
  const { tools, output, outputName = 'answer', approve, approvalKey, approvalTtlMs } = options;
  for (const tool of tools) {
    const { name, timeoutMs = 1, maxCalls = 1 } = tool;
    // A timer fires at once beyond what it can hold.
    positive(`timeoutMs of ${name}`, timeoutMs);
    positive(`maxCalls of ${name}`, maxCalls, true);
    if (!('needsApproval' in tool) || approve !== undefined || approvalKey !== undefined) continue;
    const message = `The tool ${name} needs approval, and nobody can give it. Set approve, which is asked at once, or approvalKey, which signs what is asked for later.`;
    throw new MortiseError('configuration', message);
  }
  return {
    bounds: boundsOf(options),
    output: output && outputTool(output, outputName, tools),
    approvals: approvalKey === undefined ? undefined : new Approvals(approvalKey, approvalTtlMs),
  };
}

interface Bounds {
  readonly maxSteps: number;
  readonly maxToolCalls: number;
  readonly maxTotalToolCalls: number | undefined;
  readonly concurrency: number;
  readonly toolTimeoutMs: number;
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

/** What of the options is the model's. */
function chatOptions<P extends ProviderOptions, T>({
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
  ...rest
}: StreamToolsOptions<P, T>): ChatOptions<P> {
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

function outOfSteps(steps: number): string {
  return `The model still asked for tools after ${steps} replies. Raise maxSteps and go on from partial.state, or look in partial.messages for a loop.`;
}

function waiting({ block }: Call): ReturnType<typeof failed> {
  return failed(block, 'This call was not run: it waits for an approval.');
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

function withState<R extends object>(result: R, run: RunState): R & Pick<PartialToolsResult, 'state'> {
  return Object.defineProperty(result, 'state', { get: lazyState(run) }) as R &
    Pick<PartialToolsResult, 'state'>;
}
