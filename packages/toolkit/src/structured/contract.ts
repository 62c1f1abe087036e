import type { ChatOptions, ChatResponse, ProviderOptions } from '@mortise/core/llm';

/** `native`: the provider's schema mode. `tool`: a tool that the model must call. `prompt`: instructions and a parser. */
export type StructuredMode = 'native' | 'tool' | 'prompt';

/** How typed output is asked for, and how often a bad answer is sent back. */
export interface StructuredOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  ChatOptions<P>,
  'responseFormat' | 'tools' | 'toolChoice'
> {
  /**
   * Default: what `llm.metadata.capabilities.structuredOutput` says, `prompt` when it says nothing. A schema that the
   * wire's strict mode cannot express, or that is more than it takes (see `strictSchema`), goes by a tool instead of
   * natively; by prompt where there are no tools, or a call cannot be forced beside the other options (thinking).
   */
  mode?: StructuredMode | undefined;
  /** How often a reply that does not fit is sent back with what was wrong. Default: 1. */
  maxRepairs?: number | undefined;
  /** Names the schema or the tool to the model: 1 to 64 letters, digits, `_` and `-`. Default: `answer`. */
  name?: string | undefined;
  description?: string | undefined;
}

export interface StructuredResult<T, M = unknown> {
  /** What the schema gave: its output. */
  value: T;
  /** The mode that was used. */
  mode: StructuredMode;
  /** The reply that holds the value. */
  response: ChatResponse<M>;
  /** How often the model was asked to mend its reply. */
  repairs: number;
  /** Every reply, `response` last: what was paid for. */
  responses: ChatResponse<M>[];
}
