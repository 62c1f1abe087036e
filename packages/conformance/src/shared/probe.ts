import type { Buffer } from 'node:buffer';
import type { CallOptions } from '@mortise/core/call';
import type { DialectBase } from '../dialects/contract.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import type { Delivery } from '../lab/deliver.ts';
import type { Wire, WireHandler, WireRequest } from '../wire.ts';

/**
 * How the cases that all contracts have in common make a call of one of them, and know a right reply. What a status
 * means, when a call is tried again and what an abort does is one thing, whatever was asked for.
 */
export interface Probe<S> {
  /** What each of these cases requires. */
  readonly requires: readonly string[];
  /** The methods that give one reply; a rule that holds for all is tried on all. The first gives a whole reply. */
  methods(subject: S): readonly string[];
  dialect(subject: S): DialectBase;
  /** An implementation before a server of its own. */
  connect(context: CaseContext<S>, handler: WireHandler, access?: Access): Promise<Connected>;
  /** Answers every request rightly. */
  respondWith(subject: S, options?: RespondOptions): WireHandler;
  /** Whether a request asks for a stream. */
  streams(subject: S, request: WireRequest): boolean;
  /** Checks that the reply is the one that was sent. */
  checkReply(context: CaseContext<S>, reply: unknown, what: string): void;
}

export interface Connected {
  readonly wire: Wire;
  /** The implementation itself. */
  readonly model: object;
  readonly call: (method: string, options?: CallOptions) => Promise<unknown>;
}

/** What some cases add to the settings; an implementation that takes no headers ignores it, and gives a reason for `headers`. */
export interface OwnHeaders {
  /** Of the application's own, sent with every request; their values are secrets, whatever their names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an implementation reaches its server. */
export interface Access extends OwnHeaders {
  /** Makes the base URL of the server's, which is without a path. */
  readonly url?: (url: string) => string;
}

/** What is done to a reply before it is sent. */
export interface RespondOptions {
  readonly delivery?: Delivery | undefined;
  /** Cuts the bytes into writes. Default: one. */
  readonly split?: ((bytes: Buffer) => Buffer[]) | undefined;
  /** Changes every JSON object before it is sent. */
  readonly edit?: ((data: Record<string, unknown>) => Record<string, unknown>) | undefined;
}

/** A case that is tried by every method. */
export function onEveryMethod<S>(
  probe: Probe<S>,
  about: Omit<ConformanceCase<S>, 'run' | 'requires'>,
  run: (context: CaseContext<S>, method: string) => Promise<void>,
): ConformanceCase<S> {
  return {
    ...about,
    requires: probe.requires,
    run: async (context) =>
      void (await Promise.all(probe.methods(context.subject).map((method) => run(context, method)))),
  };
}

/** A case that is tried on a whole reply. */
export function onWhole<S>(
  probe: Probe<S>,
  about: Omit<ConformanceCase<S>, 'run' | 'requires'>,
  run: (context: CaseContext<S>, method: string) => Promise<void>,
): ConformanceCase<S> {
  const { requires } = probe;
  return { ...about, requires, run: (context) => run(context, probe.methods(context.subject)[0] as string) };
}
