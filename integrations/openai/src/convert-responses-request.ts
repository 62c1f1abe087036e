import { blocksOf, type ChatRequest } from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import {
  chosenTools,
  leaveOut,
  ownMetadata,
  toFormat,
  toFunction,
  unsupported,
  withProviderOptions,
  type WireBody,
  type WireContext,
} from './convert.ts';
import { isStored, toItems } from './convert-responses-items.ts';

/** The body of `POST /responses`, without `stream`. Throws `unsupported` for what the wire cannot carry. */
export function toResponsesRequest(request: ChatRequest, context: WireContext): WireBody {
  const { reasoning, toolChoice, responseFormat } = request;
  if (request.stop !== undefined)
    throw unsupported(context, 'stop sequences', "Use api: 'chat-completions', or cut the text yourself.");
  if (request.seed !== undefined) leaveOut(request, context, 'seed', 'the Responses API has none.');
  if (reasoning?.budgetTokens !== undefined)
    leaveOut(request, context, 'reasoning.budgetTokens', 'OpenAI takes an effort, not a budget.');
  const { effort, summary } = reasoning ?? {};
  const body = defined({
    model: context.model,
    input: request.messages.flatMap((message) => toItems(message, request, context)),
    // The field `strict` is required here, and its absence has meant true.
    tools: request.tools?.map((tool) => ({
      type: 'function',
      strict: false,
      ...toFunction(tool, request, context),
    })),
    tool_choice: toolChoice && chosenTools(toolChoice, named, allowed),
    text: responseFormat && { format: toFormat(responseFormat, context) },
    temperature: request.temperature,
    top_p: request.topP,
    max_output_tokens: request.maxOutputTokens,
    reasoning: effort === undefined && summary === undefined ? undefined : defined({ effort, summary }),
    include: wantsEncryptedReasoning(request, context) ? ['reasoning.encrypted_content'] : undefined,
  });
  return withProviderOptions(body, request, context);
}

const named = (name: string): WireBody => ({ type: 'function', name });
const allowed = (tools: WireBody): WireBody => ({ type: 'allowed_tools', ...tools });

/** The same body, asking for a stream. */
export function toResponsesStreamRequest(request: ChatRequest, context: WireContext): WireBody {
  return { ...toResponsesRequest(request, context), stream: true };
}

/**
 * Reasoning survives a tool loop by its id where the provider stores replies, and by its encrypted content where it
 * does not. A model that does not reason refuses to be asked for it, so it is asked for where reasoning is known to
 * be in play, or nothing will be stored.
 */
function wantsEncryptedReasoning(request: ChatRequest, context: WireContext): boolean {
  const declared = context.capabilities?.reasoning;
  if (declared === false) return false;
  if (declared === true || !isStored(request, context)) return true;
  if (request.reasoning !== undefined && request.reasoning.effort !== 'none') return true;
  return request.messages.some((message) =>
    blocksOf(message).some(
      (block) =>
        block.type === 'reasoning' &&
        block.encrypted !== undefined &&
        ownMetadata(block, context) !== undefined,
    ),
  );
}
