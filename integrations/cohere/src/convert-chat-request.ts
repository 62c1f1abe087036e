import type { ChatRequest, ToolDefinition } from '@mortise/core/llm';
import { fitSchema, cohereDialect } from '@mortise/core/schema';
import { defined } from '@mortise/core/shared';
import { withOptions } from '@mortise/core/wire';
import { leaveOut, unsupported, type WireBody, type WireContext } from './convert.ts';
import { toMessages } from './convert-message.ts';

/** Stop sequences that a request takes. https://docs.cohere.com/reference/chat */
const MAX_STOP = 5;
/** The highest `p` that Cohere takes. */
const MAX_P = 0.99;

/** The body of `POST /v2/chat`, without `stream`. Throws `unsupported` for what the API cannot carry. */
export function toChatRequest(request: ChatRequest, context: WireContext): WireBody {
  const { messages, documents, uncited } = toMessages(request.messages, context);
  const { stop, toolChoice } = request;
  if (stop !== undefined && stop.length > MAX_STOP) {
    throw unsupported(context, `${stop.length} stop sequences`, `Cohere takes ${MAX_STOP}.`);
  }
  // Cohere cannot be told which tool to call; a single one that must be called comes to the same.
  const forced = typeof toolChoice === 'object' && 'tool' in toolChoice ? toolChoice.tool : undefined;
  const offered = request.tools?.filter(({ name }) => forced === undefined || name === forced);
  const tools = offered?.map(fitted);
  const body = defined({
    model: context.model,
    messages,
    tools: tools?.map(toTool),
    strict_tools: toStrictTools(tools, request, context),
    tool_choice: tools === undefined ? undefined : toToolChoice(request),
    documents: documents.length === 0 ? undefined : documents,
    citation_options: uncited ? { mode: 'OFF' } : undefined,
    response_format: toResponseFormat(request, documents.length > 0, context),
    max_tokens: request.maxOutputTokens,
    stop_sequences: stop,
    temperature: request.temperature,
    p: toP(request, context),
    seed: request.seed,
    thinking: toThinking(request, context),
  });
  return withOptions(body, request.providerOptions?.['cohere']);
}

/** The same, asking for a stream. */
export function toChatStreamRequest(request: ChatRequest, context: WireContext): WireBody {
  return { ...toChatRequest(request, context), stream: true };
}

function toTool({ name, description, parameters }: ToolDefinition): WireBody {
  return { type: 'function', function: defined({ name, description, parameters }) };
}

/** Strict or not, the API takes optional members and objects that are not closed. */
function fitted(tool: ToolDefinition): ToolDefinition {
  return { ...tool, parameters: fitSchema(tool.parameters, cohereDialect, 'tool').schema };
}

/** One switch for all tools. */
function toStrictTools(
  tools: readonly ToolDefinition[] | undefined,
  request: ChatRequest,
  context: WireContext,
): true | undefined {
  if (tools?.some(({ strict }) => strict === true) !== true) return undefined;
  if (tools.every(({ strict }) => strict === true)) return true;
  leaveOut(
    request,
    context,
    'tools.strict',
    'Cohere holds the model to the schemas of all tools or of none.',
  );
  return undefined;
}

function toToolChoice({ toolChoice }: ChatRequest): string | undefined {
  if (toolChoice === undefined || toolChoice === 'auto') return undefined;
  return toolChoice === 'none' ? 'NONE' : 'REQUIRED';
}

function toResponseFormat(
  { responseFormat, tools }: ChatRequest,
  hasDocuments: boolean,
  context: WireContext,
): WireBody | undefined {
  if (responseFormat?.type !== 'json') return undefined;
  if (tools !== undefined || hasDocuments) {
    const beside = tools === undefined ? 'documents' : 'tools';
    throw unsupported(context, `responseFormat together with ${beside}`, 'Cohere takes one of them at once.');
  }
  const { schema, description } = responseFormat;
  if (schema === undefined) return { type: 'json_object' };
  const fit = fitSchema(schema, cohereDialect, 'format').schema;
  return { type: 'json_object', json_schema: defined({ description, ...fit }) };
}

function toP(request: ChatRequest, context: WireContext): number | undefined {
  const { topP } = request;
  if (topP === undefined || topP <= MAX_P) return topP;
  if (request.strict) throw unsupported(context, `topP ${topP}`, `Cohere takes ${MAX_P} at most.`);
  const message = `topP was lowered from ${topP} to ${MAX_P}, the most that Cohere takes.`;
  context.warn({ type: 'other', setting: 'topP', message });
  return MAX_P;
}

function toThinking(request: ChatRequest, context: WireContext): WireBody | undefined {
  const { effort, budgetTokens, summary } = request.reasoning ?? {};
  if (summary !== undefined) leaveOut(request, context, 'reasoning.summary', 'Cohere shows reasoning whole.');
  if (effort === 'none' || budgetTokens === 0) return { type: 'disabled' };
  if (budgetTokens !== undefined) return { type: 'enabled', token_budget: budgetTokens };
  if (effort === undefined) return undefined;
  leaveOut(request, context, 'reasoning.effort', 'Cohere takes a budget (budgetTokens), or the effort none.');
  return { type: 'enabled' };
}
