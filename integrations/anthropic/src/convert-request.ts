import { type ChatRequest, type JsonSchema, type ToolChoice, type ToolDefinition } from '@mortise/core';
import { fitSchema, anthropicDialect } from '@mortise/core/schema';
import { defined, nonEmpty } from '@mortise/core/shared';
import { requestNotes, withOptions, type NotesContext, type RequestNotes } from '@mortise/core/wire';
import { toConversation, type Wire } from './convert-content.ts';

/**
 * `providerOptions.anthropic`: merged into the request body last, so that what the contract does not model is one line
 * away. A member replaces ours, but `tools` are added to the call's, and the members of `tool_choice` and
 * `output_config` are added one by one.
 */
export type AnthropicOptions = {
  /** Anthropic's own tools, such as `{ type: 'web_search_20260318', name: 'web_search' }`. */
  tools?: readonly object[] | undefined;
  /** For what `reasoning` cannot say. */
  thinking?: object | undefined;
  service_tier?: 'auto' | 'standard_only' | (string & {}) | undefined;
  metadata?: { user_id?: string | undefined } | undefined;
  /** The container of an earlier reply, to work on in. */
  container?: string | object | undefined;
  /** Sent as the header `anthropic-beta`. */
  betas?: readonly string[] | undefined;
  [option: string]: unknown;
};

/** Merged last into the request's body, in Anthropic's own spelling. */
export type AnthropicProviderOptions = {
  anthropic?: AnthropicOptions | undefined;
  [provider: string]: { [option: string]: unknown } | undefined;
};

/**
 * `max_tokens` is required by the API. Every model since Claude 4 can write that much, and a long answer is not cut.
 * A model's `maxOutputTokens` bounds it, where it is declared.
 */
export const DEFAULT_MAX_TOKENS = 16_384;

export interface RequestContext extends NotesContext {
  /** Known of the model. */
  readonly maxOutputTokens?: number | undefined;
}

/** The body of `POST /v1/messages`: https://platform.claude.com/docs/en/api/messages */
export function toRequest(request: ChatRequest<AnthropicProviderOptions>, context: RequestContext): Wire {
  const notes = requestNotes('anthropic', request, context);
  for (const setting of ['temperature', 'topP', 'seed'] as const) {
    if (request[setting] === undefined) continue;
    notes.leaveOut(setting, `Anthropic's API has no ${setting}; it was left out.`);
  }
  const { betas: _betas, tools: ownTools, ...own } = request.providerOptions?.anthropic ?? {};
  const tools = (request.tools ?? []).map((tool) => toTool(tool, notes));
  const { system, turns } = toConversation(request.messages, tools, notes);
  const { effort, thinking, budget } = toThinkingConfig(request.reasoning, notes);
  const allTools = [...tools, ...(ownTools ?? [])];
  const body = defined({
    model: context.model,
    max_tokens: request.maxOutputTokens ?? defaultMaxTokens(context, budget),
    system: system.length === 0 ? undefined : system,
    messages: turns,
    tools: allTools.length === 0 ? undefined : allTools,
    tool_choice: allTools.length === 0 ? undefined : toToolChoice(request.toolChoice),
    stop_sequences: request.stop,
    thinking,
    output_config: nonEmpty({ effort, format: toFormat(request, notes) }),
  });
  return withOptions(body, own, { merged: ['tool_choice', 'output_config'] });
}

/** Thinking counts as output, so that a budget for it needs room beside it. */
function defaultMaxTokens({ maxOutputTokens = Infinity }: RequestContext, budget = 0): number {
  return Math.min(DEFAULT_MAX_TOKENS + budget, maxOutputTokens);
}

function toTool({ name, description, parameters, strict }: ToolDefinition, notes: RequestNotes): Wire {
  const given = parameters['type'] === undefined ? withType(parameters) : parameters;
  const fitted = fitSchema(given, anthropicDialect, strict === true ? 'strict-tool' : 'tool');
  const isStrict = strict === true && fitted.strict;
  if (strict === true && !isStrict) {
    const message = `Anthropic cannot hold the model to the schema of ${name}: ${fitted.reason}. It was sent without strict.`;
    notes.leaveOut('tools.strict', message);
  }
  return defined({ name, description, input_schema: fitted.schema, strict: isStrict ? true : undefined });
}

/** The same object for the same schema, as what it comes to is remembered by object. */
function withType(parameters: JsonSchema): JsonSchema {
  let typed = typedParameters.get(parameters);
  if (typed === undefined)
    typedParameters.set(
      parameters,
      (typed = isRooted(parameters) ? parameters : { type: 'object', ...parameters }),
    );
  return typed;
}

const typedParameters = new WeakMap<JsonSchema, JsonSchema>();

/** What the root is stands elsewhere in the schema. */
function isRooted(schema: JsonSchema): boolean {
  return ['$ref', 'anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in schema);
}

function toToolChoice(choice: ToolChoice | undefined): Wire | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === 'object') return 'tool' in choice ? { type: 'tool', name: choice.tool } : undefined;
  return { type: choice === 'required' ? 'any' : choice };
}

/**
 * An effort is adaptive thinking, which every model since Claude 4.6 takes; a budget is manual thinking, for the models
 * before. Which of them a model takes is the API's to say: nothing here depends on a model's name.
 */
function toThinkingConfig(
  reasoning: ChatRequest['reasoning'],
  notes: RequestNotes,
): { effort?: string | undefined; thinking?: Wire | undefined; budget?: number | undefined } {
  const { effort, budgetTokens, summary } = reasoning ?? {};
  if (effort === 'none') return { thinking: { type: 'disabled' } };
  if (effort === undefined && budgetTokens === undefined && summary === undefined) return {};
  if (effort === 'minimal') {
    notes.leaveOut('reasoning.effort', "Anthropic has no effort 'minimal'; 'low' was sent.");
  }
  if (summary === 'concise' || summary === 'detailed') {
    notes.leaveOut('reasoning.summary', `Anthropic has no ${summary} summaries; 'summarized' was sent.`);
  }
  const display = summary === undefined ? undefined : summary === 'omitted' ? 'omitted' : 'summarized';
  const thinking =
    budgetTokens === undefined
      ? { type: 'adaptive', display }
      : { type: 'enabled', budget_tokens: budgetTokens, display };
  return {
    effort: effort === 'minimal' ? 'low' : effort,
    thinking: defined(thinking),
    budget: budgetTokens,
  };
}

function toFormat({ responseFormat }: ChatRequest, notes: RequestNotes): Wire | undefined {
  if (responseFormat?.type !== 'json') return undefined;
  const { schema, description } = responseFormat;
  if (schema === undefined) {
    return notes.refuse('Anthropic gives JSON only by a schema. Give responseFormat a schema.');
  }
  const fitted = fitSchema(schema, anthropicDialect, 'format');
  if (!fitted.strict) {
    return notes.refuse(
      `Anthropic cannot hold the model to this schema: ${fitted.reason}. Use structured(), which finds another way.`,
    );
  }
  return { type: 'json_schema', schema: defined({ description, ...fitted.schema }) };
}
