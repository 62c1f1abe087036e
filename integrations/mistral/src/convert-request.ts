import type { ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '@mortise/core/llm';
import { fitSchema, openaiDialect, type SchemaDialect } from '@mortise/core/schema';
import { defined } from '@mortise/core/shared';
import { withOptions } from '@mortise/core/wire';
import { Notes, type NotesContext, type Wire } from './convert.ts';
import { toMessages } from './convert-message.ts';

/** Merged last into the request's body, in Mistral's own spelling; `tools` are added to the call's. */
export type MistralOptions = {
  /** Puts a prompt for safety before the conversation. */
  safe_prompt?: boolean | undefined;
  /** `reasoning`: the system prompt that makes a model reason which does not take an effort. */
  prompt_mode?: 'reasoning' | (string & {}) | null | undefined;
  parallel_tool_calls?: boolean | undefined;
  presence_penalty?: number | undefined;
  frequency_penalty?: number | undefined;
  /** What much of the reply is expected to be. */
  prediction?: { type: 'content'; content: string } | undefined;
  /** Requests with one key share a cache. */
  prompt_cache_key?: string | undefined;
  service_tier?: string | undefined;
  guardrails?: readonly object[] | undefined;
  /** Tools of Mistral's own. */
  tools?: readonly object[] | undefined;
  [member: string]: unknown;
};

/** Merged last into the request's body, in Mistral's own spelling. */
export type MistralProviderOptions = {
  mistral?: MistralOptions | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** Mistral names no limits of its strict mode; its SDK writes schemas as OpenAI wants them. */
export const SCHEMA_DIALECT: SchemaDialect = /* @__PURE__ */ strictMode();

function strictMode(): SchemaDialect {
  return { ...openaiDialect, name: "Mistral's strict mode" };
}

/** The body of `POST /v1/chat/completions`: https://docs.mistral.ai/api/endpoint/chat */
export function toRequest(
  request: ChatRequest<MistralProviderOptions>,
  context: NotesContext,
  stream: boolean,
): Wire {
  const notes = new Notes(context, request.strict);
  const { reasoning, toolChoice, tools } = request;
  if (reasoning?.budgetTokens !== undefined)
    notes.leaveOut('reasoning.budgetTokens', 'Mistral takes an effort, not a budget.');
  if (reasoning?.summary !== undefined)
    notes.leaveOut('reasoning.summary', 'Mistral gives its reasoning as it is.');
  const body = defined({
    model: context.model,
    messages: toMessages(request.messages, notes),
    tools: tools?.map((tool) => toTool(tool, notes)),
    tool_choice: toolChoice === undefined ? undefined : toChoice(toolChoice),
    response_format: toFormat(request.responseFormat),
    temperature: request.temperature,
    top_p: request.topP,
    max_tokens: request.maxOutputTokens,
    stop: request.stop,
    random_seed: request.seed,
    reasoning_effort: reasoning?.effort,
    stream: stream ? true : undefined,
  });
  return withOptions(body, request.providerOptions?.mistral, { merged: true, added: ['tools'] });
}

function toTool({ name, description, parameters, strict }: ToolDefinition, notes: Notes): Wire {
  const fitted = fitSchema(parameters, SCHEMA_DIALECT, strict === true ? 'strict-tool' : 'tool');
  const isLoose = strict === true && !fitted.strict;
  if (isLoose) notes.leaveOut('tools.strict', `the schema of ${name} has no strict form: ${fitted.reason}.`);
  const called = defined({
    name,
    description,
    parameters: fitted.schema,
    strict: isLoose ? undefined : strict,
  });
  return { type: 'function', function: called };
}

function toChoice(choice: ToolChoice): unknown {
  if (choice === 'required') return 'any';
  if (typeof choice === 'string') return choice;
  return 'tool' in choice ? { type: 'function', function: { name: choice.tool } } : undefined;
}

function toFormat(format: ResponseFormat | undefined): Wire | undefined {
  if (format === undefined) return undefined;
  if (format.type !== 'json') return { type: 'text' };
  const { schema: given, name = 'response', description } = format;
  if (given === undefined) return { type: 'json_object' };
  const { schema, strict } = fitSchema(given, SCHEMA_DIALECT, 'format');
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict }) };
}
