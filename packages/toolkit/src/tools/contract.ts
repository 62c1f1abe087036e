import type {
  ChatInput,
  ChatMessage,
  ChatOptions,
  ChatResponse,
  LLM,
  ProviderOptions,
  ToolChoice,
  ToolResultBlock,
  Usage,
} from '@mortise/core/llm';
import type { Schema } from '@mortise/core/schema';
import type { WebStream } from '@mortise/core/sse';
import type { Approval, GivenApproval, PendingApproval } from './approval-contract.ts';
import type { CallOf, RunToolsEvent } from './event-contract.ts';
import type { ToolsState } from './state-contract.ts';
import type { Tool } from './tool.ts';

/** What a loop begins with: a text, a conversation, or the state of a run that goes on. */
export type ToolsInput = ChatInput | ToolsState;

/** The tools of a loop, and what bounds it. `T` is what `output` gives, `Of` are the tools. */
export interface StreamToolsOptions<
  P extends ProviderOptions = ProviderOptions,
  T = unknown,
  Of extends Tool = Tool,
> extends Omit<ChatOptions<P>, 'tools'> {
  tools: readonly Of[];
  /**
   * The shape of the answer. The model gives it by calling a tool of its own, which ends the run; an answer that does not fit goes
   * back to it, and one in words is asked for again, once.
   */
  output?: Schema<unknown, T> | undefined;
  /** The name of that tool. Default: `answer`. */
  outputName?: string | undefined;
  /** Replies of the model in the whole run, the last one and those before a resumption included. Default: 10. */
  maxSteps?: number | undefined;
  /** Calls of one reply. A reply with more runs none of them, and rejects with `budget`. Default: 128. */
  maxToolCalls?: number | undefined;
  /** Calls of the whole run. A reply that goes past it runs none of its calls, and rejects with `budget`. Default: no bound. */
  maxTotalToolCalls?: number | undefined;
  /**
   * Calls of one reply that are under way at once: 8 by default, 1 runs them one after the other. They are begun in the order in
   * which the model wrote them and may end in any; the next begins when one has ended. Their results go back in the order
   * of the calls. A call that waits for `approve` is under way.
   */
  concurrency?: number | undefined;
  /** Milliseconds for one execution of a tool without its own bound. Default: 60,000. */
  toolTimeoutMs?: number | undefined;
  /**
   * A tool that throws. `result`: the model is told that it failed, without the words of what was thrown, which may hold
   * secrets. A function: the model is told what it returns. `throw`: the run rejects with what was thrown. Default: `result`.
   */
  toolErrors?: 'result' | 'throw' | ToolErrorText<Of> | undefined;
  /**
   * Asked before each execution, once the arguments are valid, also of tools that do not ask for it. `false` or a reason refuses, and
   * goes back to the model. To ask only where the tool says so: `(call, { needsApproval }) => !needsApproval || ask(call)`.
   */
  approve?: Approve<Of> | undefined;
  /**
   * Where there is no `approve`: a call of a tool that `needsApproval` ends the run (`ended: 'approval'`), and what is asked is
   * signed with this secret (HMAC-SHA-256), at least 16 bytes. Whoever has a token can decide its call: give it to them alone.
   */
  approvalKey?: string | Uint8Array | undefined;
  /** Milliseconds for which an approval may be given. Default: 86,400,000, which is a day. */
  approvalTtlMs?: number | undefined;
  /**
   * What was decided of the calls that wait in the state. One that was forged, changed or has expired is `permission`, one that
   * was given already `conflict`; then none of them holds.
   */
  approvals?: readonly GivenApproval[] | undefined;
  /** Asked after each step that asked for tools, when all are answered. `true` ends the run there (`ended: 'stopped'`). */
  stopWhen?: ((step: FinishedStep) => boolean | Promise<boolean>) | undefined;
  /** Asked before each request: what is different for this step. */
  prepareStep?:
    | ((step: ComingStep) => StepSettings | undefined | Promise<StepSettings | undefined>)
    | undefined;
  /**
   * Keeps the state: called with plain JSON before each request, after each reply, and after each tool, before its result is used.
   * It is waited for, one call at a time; what it throws ends the run. A run that is killed goes on from the last state
   * that was kept.
   */
  onState?: ((state: ToolsState) => void | Promise<void>) | undefined;
  /** Names the run; keys of idempotency begin with it. Default: 128 random bits. A resumed run keeps its own. */
  runId?: string | undefined;
}

/** The same, with somebody who is told. */
export interface RunToolsOptions<
  P extends ProviderOptions = ProviderOptions,
  T = unknown,
  Of extends Tool = Tool,
> extends StreamToolsOptions<P, T, Of> {
  /** What happens, as it happens. Given, the model's replies are streamed. A promise is waited for before anything else happens. */
  onEvent?: ((event: RunToolsEvent<Of>) => void | Promise<void>) | undefined;
}

// Methods, so that what knows some tools is taken where calls of any are meant.

/** What the model is told of what a tool threw. */
export type ToolErrorText<Of extends Tool = Tool> = {
  text(error: unknown, call: CallOf<Of>): string | Promise<string>;
}['text'];

/** Says whether a call may run. */
export type Approve<Of extends Tool = Tool> = {
  approve(
    call: CallOf<Of>,
    context: {
      readonly signal: AbortSignal;
      /** What the tool's own `needsApproval` says of this call; false where it has none. */
      readonly needsApproval: boolean;
    },
  ): Approval | Promise<Approval>;
}['approve'];

/** A step before its request. */
export interface ComingStep {
  /** From 1, over the whole run. */
  readonly step: number;
  /** What the model would be sent. */
  readonly messages: readonly ChatMessage[];
  readonly usage: Usage;
}

/** A step whose calls are all answered. */
export interface FinishedStep extends ComingStep {
  readonly response: ChatResponse;
  /** In the order of the calls. */
  readonly results: readonly ToolResultBlock[];
}

/** What one step has instead of the run's own. */
export interface StepSettings {
  llm?: LLM | undefined;
  /** Names of the tools that the model is shown and may call. */
  tools?: readonly string[] | undefined;
  toolChoice?: ToolChoice | undefined;
  /** What the model is sent in this step. The conversation of the run stays as it is. */
  messages?: readonly ChatMessage[] | undefined;
}

/** One reply, and what came of its calls. */
export interface ToolsStep<M = unknown> {
  response: ChatResponse<M>;
  results: ToolResultBlock[];
}

/** How far a run has come, and everything that was said on the way. */
export interface ToolsProgress<M = unknown> {
  /** Of the last whole reply. */
  text: string;
  /** The whole conversation, what was given included, every call with a result: go on from here. */
  messages: ChatMessage[];
  /** The steps of this call. Those before a resumption are in `messages` alone. */
  steps: ToolsStep<M>[];
  /** The sum over the whole run, agents that are tools included, field by field; a field that some step did not give is absent. */
  usage: Usage;
  /** Plain JSON that `runTools` goes on from, in another process too. Not enumerable: it repeats the messages. */
  readonly state: ToolsState;
}

/** How a loop ended. */
export type RunToolsResult<M = unknown, T = undefined> = ToolsProgress<M> & {
  /** The last reply. */
  response: ChatResponse<M>;
  /** What waits to be decided, where the run ended with that. */
  approvals: PendingApproval[];
} & (
    | {
        /** The model asked for no tool any more. */
        ended: 'answer';
        /** The answer, where `output` says its shape. */
        output: T;
      }
    | {
        /** `approval`: some call waits for a decision. `stopped`: `stopWhen` said so. */
        ended: 'approval' | 'stopped';
        output?: undefined;
      }
  );

/** What an error has in `partial`. */
export interface PartialToolsResult<M = unknown> extends ToolsProgress<M> {
  /** The last whole reply. */
  response?: ChatResponse<M>;
  /** What the model's own error had in `partial`: of a stream, what had arrived. */
  reply?: unknown;
}

/**
 * A loop that is under way, under the rules of `ChatStream`: single use, pull-based (the loop waits until its event is read),
 * cancelled by `break`. `final()` may be called at any time; where nobody reads, replies are not streamed.
 */
export interface ToolsStream<M = unknown, T = undefined, Of extends Tool = Tool>
  extends AsyncIterable<RunToolsEvent<Of>>, WebStream<RunToolsEvent<Of>> {
  /** The text deltas of all replies. */
  readonly textStream: AsyncIterable<string>;
  /** How far the run has come, as plain JSON: also after an abort, whose reason says nothing of it. */
  readonly state: ToolsState;
  /** Reads to the end. After an early leave: `aborted`. */
  final(): Promise<RunToolsResult<M, T>>;
  /** Leaves the loop: the model's connection is closed, and the signals of tools that run are aborted. */
  cancel(): Promise<void>;
}
