import type {
  ChatInput,
  ChatMessage,
  ChatOptions,
  ChatResponse,
  ChatStreamEvent,
  LLM,
  ProviderOptions,
  ToolCallBlock,
  ToolChoice,
  ToolResultBlock,
  Usage,
} from '@mortise/core/llm';
import type { Schema } from '@mortise/core/schema';
import type { JsonObject } from '@mortise/core/shared';
import type { WebStream } from '@mortise/core/sse';
import type { Tool } from './tool.ts';

/** What a loop begins with: a text, a conversation, or the state of a run that goes on. */
export type ToolsInput = ChatInput | ToolsState;

/** The tools of a loop, and what bounds it. `T` is what `output` gives. */
export interface StreamToolsOptions<P extends ProviderOptions = ProviderOptions, T = unknown> extends Omit<
  ChatOptions<P>,
  'tools'
> {
  tools: readonly Tool[];
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
  /** Tools that run at once. Default: 8. */
  concurrency?: number | undefined;
  /** Milliseconds for one execution of a tool without its own bound. Default: 60,000. */
  toolTimeoutMs?: number | undefined;
  /**
   * A tool that throws. `result`: the model is told that it failed, without the words of what was thrown, which may hold
   * secrets. A function: the model is told what it returns. `throw`: the run rejects with what was thrown. Default: `result`.
   */
  toolErrors?: 'result' | 'throw' | ToolErrorText | undefined;
  /** Asked before each execution, once the arguments are valid. `false` or a reason refuses, and goes back to the model. */
  approve?:
    | ((call: ToolCallBlock, context: { signal: AbortSignal }) => Approval | Promise<Approval>)
    | undefined;
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
> extends StreamToolsOptions<P, T> {
  /** What happens, as it happens. Given, the model's replies are streamed. A promise is waited for before anything else happens. */
  onEvent?: ((event: RunToolsEvent) => void | Promise<void>) | undefined;
}

/** What the model is told of what a tool threw. */
export type ToolErrorText = (error: unknown, call: ToolCallBlock) => string | Promise<string>;

/** `true` runs the tool; `false` or a reason for the model does not. */
export type Approval = boolean | string;

/** A call that waits for somebody's decision. Plain JSON. */
export interface PendingApproval {
  /** The id of the call. */
  callId: string;
  /** Of the tool. */
  name: string;
  arguments: JsonObject;
  /** Good for this call of this run with these arguments, until it expires. */
  token: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** What was decided. */
export interface GivenApproval {
  callId: string;
  approved: boolean;
  /** For the model, of a refusal. */
  reason?: string | undefined;
  /** As it was asked with. */
  token: string;
}

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

/**
 * What happens in a loop: everything of every stream, and the tools between them. `step` counts from 1 over the whole run.
 * Readers must expect types of later versions.
 */
export type RunToolsEvent =
  | { type: 'step-start'; step: number }
  /** `toolCallId`: the call that the event is a part of. */
  | { type: 'stream'; step: number; event: ChatStreamEvent; toolCallId?: string | undefined }
  /** `usage`: of the run so far, here and at the end of the step. */
  | { type: 'response'; step: number; response: ChatResponse; usage: Usage }
  /** `approval`: of a call that ends the run, to be decided later. */
  | { type: 'approval-asked'; step: number; call: ToolCallBlock; approval?: PendingApproval | undefined }
  | {
      type: 'approval-given';
      step: number;
      call: ToolCallBlock;
      approved: boolean;
      reason?: string | undefined;
    }
  /** The arguments are valid, and the call is approved. */
  | { type: 'tool-start'; step: number; call: ToolCallBlock }
  /** What a tool tells by `context.progress`. */
  | { type: 'tool-progress'; step: number; call: ToolCallBlock; value: unknown }
  /** What happens in the run of an agent that is a tool. */
  | { type: 'tool-event'; step: number; call: ToolCallBlock; event: RunToolsEvent }
  /** Of a call that was not run too: its result says why. */
  | { type: 'tool-end'; step: number; call: ToolCallBlock; result: ToolResultBlock }
  | { type: 'step-end'; step: number; usage: Usage };

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
export interface ToolsStream<M = unknown, T = undefined>
  extends AsyncIterable<RunToolsEvent>, WebStream<RunToolsEvent> {
  /** The text deltas of all replies. */
  readonly textStream: AsyncIterable<string>;
  /** How far the run has come, as plain JSON: also after an abort, whose reason says nothing of it. */
  readonly state: ToolsState;
  /** Reads to the end. After an early leave: `aborted`. */
  final(): Promise<RunToolsResult<M, T>>;
  /** Leaves the loop: the model's connection is closed, and the signals of tools that run are aborted. */
  cancel(): Promise<void>;
}

/** A run as plain JSON, to be kept and gone on from. It holds the conversation: keep it where that may be kept. */
export interface ToolsState {
  version: 1;
  /** Of the run. */
  id: string;
  /** Whole turns alone, as `messagesToJson` writes them. */
  messages: JsonObject[];
  /** Replies so far, the one in `reply` included. */
  steps: number;
  /** Calls of each tool in `messages`, those of this run. */
  calls: { [tool: string]: number };
  /** So far. */
  usage?: JsonObject | undefined;
  /** The model was told to give its answer by the tool for it. */
  reminded?: true | undefined;
  /** The last reply, until the next request: its calls may be unanswered. */
  reply?: ToolsReplyState | undefined;
}

/** A reply, and how far its calls have come. */
export interface ToolsReplyState {
  message: JsonObject;
  /** The response without its message. */
  about: JsonObject;
  /** Names of the tools that this step might call, where not all. */
  tools?: string[] | undefined;
  /** In the order of the message's. */
  calls: ToolsCallState[];
}

/** How far one call has come. Without a result it is run, or run again with the same key, when the run goes on. */
export interface ToolsCallState {
  /** A `tool-result` block. */
  result?: JsonObject | undefined;
  /** Decided, and not run yet: `false` or a reason refuses. */
  approved?: Approval | undefined;
  /** The run of an agent that is a tool. */
  run?: ToolsState | undefined;
}
