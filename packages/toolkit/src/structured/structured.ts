import { typedElse } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import { checkOptions } from '@mortise/core/shared';
import { isParserError } from '@mortise/core/parser';
import type { Schema } from '@mortise/core/schema';
import type { ChatResponse, LLM, ProviderOptions, ChatInput } from '@mortise/core/llm';
import { gaveUp, prepareStructured, refuseUnfinished, repairRequest } from './structured-mode.ts';
import type { StructuredOptions, StructuredResult } from './contract.ts';

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
  given: StructuredOptions<P> = {},
): Promise<StructuredResult<Output, M>> {
  const options = checkOptions(given);
  try {
    const { provider, model } = llm;
    const { parent } = options;
    return await inSpan(
      'structured',
      { parent, attributes: { provider, model } },
      ({ id = parent }) => asked(llm, schema, input, id === undefined ? options : { ...options, parent: id }),
      ({ mode, repairs }) => ({ attributes: { mode, repairs } }),
    );
  } catch (error) {
    throw typedElse(error, options.signal);
  }
}

async function asked<Input, Output, P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  schema: Schema<Input, Output>,
  input: ChatInput,
  options: StructuredOptions<P>,
): Promise<StructuredResult<Output, M>> {
  const prepared = prepareStructured(llm, schema, input, options);
  const { mode, form, parser, maxRepairs } = prepared;
  const { signal, parent } = options;
  let { messages } = prepared;
  const responses: ChatResponse<M>[] = [];
  for (let repairs = 0; ; repairs++) {
    const response = await llm.chat(messages, prepared.options);
    responses.push(response);
    refuseUnfinished(response, llm);
    try {
      const value = await parser.parse(form.textOf(response), { signal, parent });
      return { value, mode, response, repairs, responses };
    } catch (error) {
      if (!isParserError(error)) throw error;
      if (repairs >= maxRepairs) throw gaveUp(error, repairs, response, llm);
      messages = [...messages, ...repairRequest(error, response)];
    }
  }
}
