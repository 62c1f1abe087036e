import type { LLM, LLMCapabilities, LLMSettings } from '@mortise/core/llm';
import type { LLMDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';

/** Where the implementation under test must send to. */
export interface WireTarget {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /**
   * Spread it into the options: retries then do not wait as long as they would for a provider, and the servers of the
   * suite go by its names, so that two ports of this machine may stand for one server, and cases of bounds set theirs.
   */
  readonly settings: Pick<LLMSettings, 'retry' | 'name' | 'callIds' | 'maxReplyBytes' | 'maxLineBytes'> &
    OwnHeaders;
}

/** A language model under test, and the wire that it speaks. */
export interface LLMConformanceOptions {
  /** A new instance that speaks to `wire.url`. */
  readonly create: (wire: WireTarget) => LLM;
  readonly dialect: LLMDialect;
  /** What the implementation says it can do: its `metadata.capabilities`. */
  readonly declares: LLMCapabilities;
  /** Why a feature that is not declared is not there, by its name. */
  readonly reasons?: Readonly<Partial<Record<LLMFeature | (string & {}), string>>> | undefined;
  /** In titles and reports. Default: the dialect's name. */
  readonly name?: string | undefined;
}

/** What the cases of the LLM suite work with. */
export type LLMSubject = Pick<LLMConformanceOptions, 'create' | 'dialect' | 'declares'> & {
  /** What stands in the dialect's own `without`, less what the kit adds for what it does not write. Default: all of it. */
  readonly claims?: Readonly<Record<string, string>>;
};

/** What a case of the LLM suite may require. `headers`: it sends those of the application; declared unless a reason says why not. */
export type LLMFeature =
  | Exclude<keyof LLMCapabilities, 'inputModalities' | 'ownSettings'>
  | 'headers'
  | 'image'
  | 'document'
  | 'audio';
