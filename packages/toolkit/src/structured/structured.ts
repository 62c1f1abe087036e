import { isParserError } from '@mortise/core/parser';
import type { Schema } from '@mortise/core/schema';
import type { ChatOptions, ChatResponse, LLM, ProviderOptions, ChatInput } from '@mortise/core/llm';
import { gaveUp, planStructured, refuseUnfinished, repairRequest } from './structured-way.ts';

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
  /** The way it was had. */
  mode: StructuredMode;
  /** The reply that holds the value. */
  response: ChatResponse<M>;
  /** How often the model was asked to mend its reply. */
  repairs: number;
  /** Every reply, `response` last: what was paid for. */
  responses: ChatResponse<M>[];
}

/**
 * A typed value from any LLM.
 *
 * ```ts
 * const { value } = await structured(llm, z.object({ city: z.string() }), 'Where is the Eiffel tower?');
 * ```
 *
 * Rejects with `parse` or `validation` (a `ParserError`, its `partial` the last reply) when the reply does not fit
 * after the repairs; `parse` at once when it was cut at its token limit; `content-filter` when the model refused;
 * `unsupported` when `mode` is `native` and the schema has no strict form; and as `llm.chat` does.
 */
export async function structured<Input, Output, P extends ProviderOptions = ProviderOptions, M = unknown>(
  llm: LLM<P, M>,
  schema: Schema<Input, Output>,
  input: ChatInput,
  options: StructuredOptions<P> = {},
): Promise<StructuredResult<Output, M>> {
  const plan = planStructured(llm, schema, input, options);
  const { mode, way, parser, maxRepairs } = plan;
  const { signal, parent } = options;
  let { messages } = plan;
  const responses: ChatResponse<M>[] = [];
  for (let repairs = 0; ; repairs++) {
    const response = await llm.chat(messages, plan.options);
    responses.push(response);
    refuseUnfinished(response, llm);
    try {
      const value = await parser.parse(way.textOf(response), { signal, parent });
      return { value, mode, response, repairs, responses };
    } catch (error) {
      if (!isParserError(error)) throw error;
      if (repairs >= maxRepairs) throw gaveUp(error, repairs, response, llm);
      messages = [...messages, ...repairRequest(error, response)];
    }
  }
}
