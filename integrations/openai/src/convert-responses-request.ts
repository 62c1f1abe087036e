import {
  blocksOf,
  type ChatRequest,
  type ContentBlock,
  type ReasoningBlock,
  type ResponseFormat,
  type ToolChoice,
  type ToolDefinition,
} from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import {
  chosenTools,
  formatSchema,
  leaveOut,
  ownMetadata,
  toolSchema,
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
  if (reasoning?.budgetTokens !== undefined) {
    leaveOut(request, context, 'reasoning.budgetTokens', 'OpenAI takes an effort, not a budget.');
  }
  const { effort, summary } = reasoning ?? {};
  const body = defined({
    model: context.model,
    input: request.messages.flatMap((message) => toItems(message, request, context)),
    tools: request.tools?.map((tool) => toTool(tool, request, context)),
    tool_choice: toolChoice === undefined ? undefined : toToolChoice(toolChoice),
    text: responseFormat === undefined ? undefined : { format: toFormat(responseFormat, context) },
    temperature: request.temperature,
    top_p: request.topP,
    max_output_tokens: request.maxOutputTokens,
    reasoning: effort === undefined && summary === undefined ? undefined : defined({ effort, summary }),
    include: wantsEncryptedReasoning(request, context) ? ['reasoning.encrypted_content'] : undefined,
  });
  return withProviderOptions(body, request, context);
}

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
    blocksOf(message).some((block) => isEncrypted(block) && ownMetadata(block, context) !== undefined),
  );
}

function isEncrypted(block: ContentBlock): block is ReasoningBlock {
  return block.type === 'reasoning' && block.encrypted !== undefined;
}

function toTool(tool: ToolDefinition, request: ChatRequest, context: WireContext): WireBody {
  const { name, description } = tool;
  const { parameters, strict = false } = toolSchema(tool, request, context);
  // The field is required here, and its absence has meant true.
  return defined({ type: 'function', name, description, parameters, strict });
}

function toToolChoice(choice: ToolChoice): unknown {
  const named = (name: string): WireBody => ({ type: 'function', name });
  return chosenTools(choice, named, (allowed) => ({ type: 'allowed_tools', ...allowed }));
}

function toFormat(format: ResponseFormat, context: WireContext): WireBody {
  if (format.type !== 'json') return { type: 'text' };
  const { schema, name = 'response', description } = format;
  if (schema === undefined) return { type: 'json_object' };
  return defined({ type: 'json_schema', name, description, ...formatSchema(schema, context) });
}
