import { isMortiseError, MortiseError, withErrorFields, type KnownErrorCode } from '@mortise/core';
import { mapPool, typedElse } from '@mortise/core/call';
import { inSpan, type Attributes } from '@mortise/core/events';
import type {
  ChatMessage,
  ChatOptions,
  ChatResponse,
  ChatStreamEvent,
  LLM,
  ProviderOptions,
} from '@mortise/core/llm';
import { shown } from '@mortise/core/shared';
import type { PendingApproval } from './approval-contract.ts';
import { boundOf, chatOptions, outOfSteps } from './bounds.ts';
import type { RunToolsResult, StreamToolsOptions, ToolsStep } from './contract.ts';
import type { RunToolsEvent } from './event-contract.ts';
import { executeCall, type Answer, type Execution, type Thrown } from './execute.ts';
import { Keeper } from './keeper.ts';
import { NESTED, type Nesting } from './nested.ts';
import { partsOf, type RunParts } from './parts.ts';
import { partialOf, resultOfRun, unrun } from './result.ts';
import { conversation, replyOf, type Call, type Reply, type RunState } from './run-state.ts';
import { stepTools, unforced } from './step-tools.ts';
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
  options: StreamToolsOptions<P, T> & Nesting,
  hooks: LoopHooks,
): Promise<RunToolsResult<M, T>> {
  const thrown: Thrown = {};
  const steps: ToolsStep<M>[] = [];
  try {
    return await inSpan(
      'run-tools',
      { parent: options.parent, attributes: aboutRun(llm, state, options) },
      ({ id: parent = options.parent }) => {
        const parts = { ...hooks, ...partsOf(llm, options), parent, thrown, steps };
        return new Loop(llm, state, options, parts).run();
      },
      ({ ended, approvals, usage: { raw: _raw, ...usage } }) => ({
        attributes: { ended, usage, steps: state.steps, approvals: approvals.length },
      }),
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

function aboutRun(llm: LLM, state: RunState, { tools, [NESTED]: outside }: RunOptions): Attributes {
  const { provider, model } = llm;
  const agent = outside === undefined ? {} : { agent: outside.name };
  return { provider, model, run: state.id, tools: tools.length, resumed: state.steps > 0, ...agent };
}

type RunOptions = Pick<StreamToolsOptions, 'tools'> & Nesting;

interface LoopParts<M, T> extends LoopHooks, RunParts<T> {
  readonly parent: string | undefined;
  readonly thrown: Thrown;
  readonly steps: ToolsStep<M>[];
}

/** The steps of a run. */
class Loop<P extends ProviderOptions, M, T> {
  readonly #llm: LLM<P, M>;
  readonly #state: RunState<M>;
  readonly #options: StreamToolsOptions<P, T> & Nesting;
  readonly #parts: LoopParts<M, T>;
  readonly #keeper: Keeper;
  /** Of the step that is under way. */
  #span: string | undefined;

  constructor(
    llm: LLM<P, M>,
    state: RunState<M>,
    options: StreamToolsOptions<P, T> & Nesting,
    parts: LoopParts<M, T>,
  ) {
    this.#llm = llm;
    this.#state = state;
    this.#options = options;
    this.#parts = parts;
    this.#keeper = new Keeper(state, options.onState, parts.signal);
  }

  async run(): Promise<RunToolsResult<M, T>> {
    await this.#decide();
    const { parent } = this.#parts;
    for (;;) {
      const { reply, steps } = this.#state;
      const attributes = { step: reply === undefined ? steps + 1 : steps };
      const ended = await inSpan('run-tools.step', { parent, attributes }, ({ id = parent }) => {
        this.#span = id;
        return this.#step();
      });
      if (ended !== undefined) return ended;
    }
  }

  async #step(): Promise<RunToolsResult<M, T> | undefined> {
    const reply = this.#state.reply ?? (await this.#ask());
    const ended = await this.#settle(reply);
    await this.#tell({ type: 'step-end', step: this.#state.steps, usage: this.#state.usage ?? {} });
    if (ended === undefined) this.#turnOver(reply);
    return ended;
  }

  /** Takes up what was decided of the calls that wait. */
  async #decide(): Promise<void> {
    const { approvals: given = [] } = this.#options;
    if (given.length === 0) return;
    const { approvals } = this.#parts;
    if (approvals === undefined) {
      const message = 'approvals are checked with the key that signed them: give approvalKey.';
      throw new MortiseError('configuration', message);
    }
    const events = await approvals.take(this.#state, given);
    await this.#keeper.keep();
    for (const event of events) await this.#tell(event);
  }

  async #ask(): Promise<Reply<M>> {
    const { steps, messages, usage = {}, reminded } = this.#state;
    const step = steps + 1;
    const { prepareStep, tools: all, toolChoice } = this.#options;
    const settings = (await prepareStep?.({ step, messages: [...messages], usage })) ?? {};
    const { output, signal } = this.#parts;
    const asked = settings.toolChoice ?? (step === 1 ? toolChoice : unforced(toolChoice));
    const choice = output === undefined ? asked : output.choice(asked, reminded);
    const tools = stepTools(all, settings, output === undefined ? [] : [output.tool], choice);
    await this.#keeper.save();
    await this.#tell({ type: 'step-start', step });
    const about = { signal, parent: this.#span, tools: tools.sent, toolChoice: tools.toolChoice };
    // A copy: an LLM that keeps its request must not see it grow.
    const sent = [...(settings.messages ?? messages)];
    const llm = (settings.llm ?? this.#llm) as LLM<P, M>;
    const response = await this.#reply(llm, sent, { ...chatOptions(this.#options), ...about }, step);
    const reply = replyOf(response, tools.callable);
    this.#state.steps = step;
    this.#state.usage = added(this.#state.usage, response.usage);
    this.#state.reply = reply;
    await this.#keeper.keep();
    await this.#tell({ type: 'response', step, response, usage: this.#state.usage });
    return reply;
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
    const { output, bounds } = this.#parts;
    const bound = boundOf(calls, this.#state, bounds, output?.tool.name);
    const approvals = bound === undefined ? await this.#execute(reply) : [];
    const results = calls.flatMap(({ result }) => result ?? []);
    this.#parts.steps.push({ response, results });
    const isEnd = calls.length === 0 && finishReason.unified !== 'pause';
    if (calls.length === 0 && finishReason.unified === 'other' && text === '') {
      const message = `The model ended with ${finishReason.raw}, and without a text: that is no answer. Call again, or look at the last message in partial.`;
      throw this.#failure('malformed-response', message);
    }
    if (isEnd && output === undefined)
      return this.#result(response, { ended: 'answer', output: undefined as T });
    if (bound !== undefined) throw this.#failure(bound.code, bound.message);
    if (approvals.length > 0) return this.#result(response, { ended: 'approval' }, approvals);
    const answer = await output?.answerOf(calls);
    if (answer !== undefined) return this.#result(response, { ended: 'answer', output: answer.value });
    const { steps: step, usage = {}, reminded } = this.#state;
    if (isEnd && reminded) {
      const message = `The model gave its answer in words again, although it was told to call ${output?.tool.name}: ${shown(text)}. Use structured() on messages of partial, or another model.`;
      throw this.#failure('validation', message);
    }
    const { stopWhen } = this.#options;
    if (calls.length > 0 && stopWhen !== undefined) {
      const messages = conversation(this.#state, unrun);
      const stop = await stopWhen({ step, messages, usage, response, results });
      if (stop === true) return this.#result(response, { ended: 'stopped' });
    }
    if (step >= bounds.maxSteps) throw this.#failure('max-steps', outOfSteps(step));
    return undefined;
  }

  /** What waits for a decision. The first throw (`toolErrors: 'throw'`, or the caller's abort) ends the others. */
  async #execute({ calls, tools: callable }: Reply<M>): Promise<PendingApproval[]> {
    const { approve, toolErrors = 'result', tools, [NESTED]: outside } = this.#options;
    const { bounds, signal, listener, thrown, approvals, output } = this.#parts;
    const parent = this.#span;
    const { concurrency, toolTimeoutMs } = bounds;
    const { steps: step } = this.#state;
    const all = output === undefined ? tools : [...tools, output.tool];
    const execution: Execution = {
      ...{ toolTimeoutMs, toolErrors, approve, step, calls, parent, thrown, state: this.#state },
      tools: callable === undefined ? all : all.filter(({ name }) => callable.includes(name)),
      output: output?.tool,
      approveOutside: outside?.approve,
      ask: approvals === undefined ? outside?.ask : (asked) => approvals.ask(asked),
      isRead: listener !== undefined,
      tell: (event) => this.#tell(event),
      keep: () => this.#keeper.keep(),
    };
    const open = calls.filter(({ result }) => result === undefined);
    const pool = { concurrency, signal, siblingReason };
    const outcomes = await mapPool(open, pool, async (call, callSignal) => {
      const outcome = await executeCall(call, execution, callSignal);
      if ('asked' in outcome) return outcome.asked;
      await this.#answered(call, outcome, step);
      return [];
    });
    return outcomes.flat();
  }

  async #answered(call: Call, { result, usage }: Answer, step: number): Promise<void> {
    call.result = result;
    if (usage !== undefined) this.#state.usage = added(this.#state.usage, usage);
    await this.#keeper.keep();
    await this.#tell({ type: 'tool-end', step, call: call.block, result });
  }

  /** The reply becomes a turn of the conversation. A pause has no calls of ours: the provider goes on from its message. */
  #turnOver({ calls, response }: Reply<M>): void {
    const { messages } = this.#state;
    const { output } = this.#parts;
    const isPause = response.finishReason.unified === 'pause';
    const inWords = output !== undefined && calls.length === 0 && !isPause;
    // Providers refuse a message that says nothing.
    if (!inWords || response.text.trim() !== '')
      messages.push(...conversation(this.#state, unrun).slice(messages.length));
    if (inWords) {
      messages.push({ role: 'user', content: output.reminder });
      this.#state.reminded = true;
    }
    for (const { block } of calls) {
      if (!this.#options.tools.some(({ name }) => name === block.name)) continue;
      this.#state.calls.set(block.name, (this.#state.calls.get(block.name) ?? 0) + 1);
    }
    this.#state.reply = undefined;
    this.#keeper.changed();
  }

  #tell(event: RunToolsEvent): Promise<void> {
    return this.#parts.listener?.tell(event) ?? Promise.resolve();
  }

  #result(
    response: ChatResponse<M>,
    end: { ended: 'answer'; output: T } | { ended: 'approval' | 'stopped' },
    approvals: PendingApproval[] = [],
  ): RunToolsResult<M, T> {
    return resultOfRun(this.#state, this.#parts.steps, response, end, approvals);
  }

  #failure(code: KnownErrorCode, message: string): MortiseError {
    // After a reply that says nothing, a run that goes on asks again.
    const goesOn = code === 'malformed-response' ? { ...this.#state, reply: undefined } : this.#state;
    const partial = partialOf(this.#state, this.#parts.steps, undefined, goesOn);
    return (this.#parts.thrown.bound = new MortiseError(code, message, { partial }));
  }
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
