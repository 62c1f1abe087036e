import type { ChatRequest, JsonSchema, ToolChoice, ToolDefinition } from '@mortise/core';
import { fitSchema, bedrockDialect } from '@mortise/core/schema';
import { defined, nonEmpty } from '@mortise/core/shared';
import { requestNotes, withOptions, type NotesContext, type RequestNotes } from '@mortise/core/wire';
import { toConversation, type Wire } from './convert-content.ts';

/**
 * `providerOptions.bedrock`: merged into the request body last, in Bedrock's own spelling. A member replaces ours, but those
 * of `inferenceConfig`, `toolConfig`, `outputConfig` and `additionalModelRequestFields` are added one by one, and
 * `toolConfig.tools` to the call's tools.
 */
export type BedrockOptions = {
  /** Which guardrail looks at the prompt and the reply, and whether it says what it found. */
  guardrailConfig?:
    | {
        guardrailIdentifier: string;
        guardrailVersion: string;
        trace?: 'enabled' | 'disabled' | 'enabled_full' | (string & {}) | undefined;
        streamProcessingMode?: 'sync' | 'async' | (string & {}) | undefined;
      }
    | undefined;
  /** What the model takes and Converse has no member for, in the model's own spelling. */
  additionalModelRequestFields?: object | undefined;
  additionalModelResponseFieldPaths?: readonly string[] | undefined;
  performanceConfig?: { latency: 'standard' | 'optimized' | (string & {}) } | undefined;
  serviceTier?: { type: 'default' | 'flex' | 'priority' | 'reserved' | (string & {}) } | undefined;
  requestMetadata?: Readonly<Record<string, string>> | undefined;
  inferenceConfig?: object | undefined;
  /** Its `tools` may be Bedrock's own, such as `{ systemTool: { name: 'nova_grounding' } }`. */
  toolConfig?: { tools?: readonly object[] | undefined; toolChoice?: object | undefined } | undefined;
  outputConfig?: object | undefined;
  promptVariables?: object | undefined;
  [option: string]: unknown;
};

/** Merged last into the request's body, in Bedrock's own spelling. */
export type BedrockProviderOptions = {
  bedrock?: BedrockOptions | undefined;
  [provider: string]: { [option: string]: unknown } | undefined;
};

const MERGED = ['inferenceConfig', 'toolConfig', 'outputConfig', 'additionalModelRequestFields'] as const;

/** The body of `Converse` and `ConverseStream`: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function toRequest(request: ChatRequest<BedrockProviderOptions>, context: NotesContext): Wire {
  const notes = requestNotes('bedrock', request, context);
  if (request.seed !== undefined) notes.leaveOut('seed', 'Amazon Bedrock has no seed; it was left out.');
  const { toolConfig: ownTools, ...own } = request.providerOptions?.bedrock ?? {};
  // There is no choice of none: without tools no tool is called.
  const given = request.toolChoice === 'none' ? [] : (request.tools ?? []);
  const declared = given.map((tool) => toTool(tool, notes));
  const { tools, system, turns } = toConversation(
    request.messages,
    [...declared, ...((ownTools?.tools ?? []) as readonly Wire[])],
    notes,
  );
  const { effort, thinking } = toThinking(request.reasoning, context.model, notes);
  const body = defined({
    messages: turns,
    system: system.length === 0 ? undefined : system,
    inferenceConfig: nonEmpty({
      maxTokens: request.maxOutputTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: request.stop,
    }),
    toolConfig:
      tools.length === 0
        ? undefined
        : defined({
            ...ownTools,
            tools,
            toolChoice: ownTools?.toolChoice ?? toToolChoice(request.toolChoice),
          }),
    outputConfig: nonEmpty({ effort, textFormat: toFormat(request, notes) }),
    additionalModelRequestFields: nonEmpty({ thinking }),
  });
  return withOptions(body, own, { merged: MERGED });
}

function toTool({ name, description, parameters, strict }: ToolDefinition, notes: RequestNotes): Wire {
  const fitted = fitSchema(withType(parameters), bedrockDialect, strict === true ? 'strict-tool' : 'tool');
  const isStrict = strict === true && fitted.strict;
  if (strict === true && !isStrict) {
    const message = `Amazon Bedrock cannot hold the model to the schema of ${name}: ${fitted.reason}. It was sent without strict.`;
    notes.leaveOut('tools.strict', message);
  }
  const inputSchema = { json: fitted.schema };
  // The API refuses an empty description.
  const said = description?.trim() === '' ? undefined : description;
  return { toolSpec: defined({ name, description: said, inputSchema, strict: isStrict ? true : undefined }) };
}

/** The API wants the type of an object said; the same object for the same schema, as what it comes to is remembered by object. */
function withType(parameters: JsonSchema): JsonSchema {
  if (ROOTS.some((keyword) => keyword in parameters)) return parameters;
  let typed = typedParameters.get(parameters);
  if (typed === undefined) typedParameters.set(parameters, (typed = { type: 'object', ...parameters }));
  return typed;
}

/** By which a schema says what its root is. */
const ROOTS = ['type', '$ref', 'anyOf', 'oneOf', 'allOf'];
const typedParameters = new WeakMap<JsonSchema, JsonSchema>();

function toToolChoice(choice: ToolChoice | undefined): Wire | undefined {
  if (choice === 'required') return { any: {} };
  if (choice === 'auto') return { auto: {} };
  if (typeof choice === 'object' && 'tool' in choice) return { tool: { name: choice.tool } };
  return undefined;
}

/**
 * An effort has a member of its own. Whether a model thinks at all, and within which budget, each says in its own way;
 * Claude's is known here, as it is what most budgets are for.
 */
function toThinking(
  reasoning: ChatRequest['reasoning'],
  model: string,
  notes: RequestNotes,
): { effort?: string | undefined; thinking?: Wire | undefined } {
  const { effort, budgetTokens, summary } = reasoning ?? {};
  const isClaude = /anthropic|claude/i.test(model);
  if (summary === 'concise' || summary === 'detailed')
    notes.leaveOut(
      'reasoning.summary',
      `Amazon Bedrock has no ${summary} summaries; reasoning comes as it is.`,
    );
  if (effort === 'none') {
    if (isClaude) return { thinking: { type: 'disabled' } };
    notes.leaveOut('reasoning.effort', `Amazon Bedrock has no effort 'none'; ${OWN_FIELD}`);
    return {};
  }
  if (effort === 'minimal')
    notes.leaveOut('reasoning.effort', "Amazon Bedrock has no effort 'minimal'; 'low' was sent.");
  if (budgetTokens !== undefined && !isClaude)
    notes.leaveOut('reasoning.budgetTokens', `Amazon Bedrock has no budget of reasoning; ${OWN_FIELD}`);
  const isAsked = effort !== undefined || budgetTokens !== undefined;
  const manual = { type: 'enabled', budget_tokens: budgetTokens };
  return {
    effort: effort === 'minimal' ? 'low' : effort,
    thinking: isClaude && isAsked ? (budgetTokens === undefined ? { type: 'adaptive' } : manual) : undefined,
  };
}

const OWN_FIELD =
  "it was left out. Give the model's own member in providerOptions.bedrock.additionalModelRequestFields.";

function toFormat({ responseFormat }: ChatRequest, notes: RequestNotes): Wire | undefined {
  if (responseFormat?.type !== 'json') return undefined;
  const { schema, name, description } = responseFormat;
  if (schema === undefined)
    return notes.refuse('Amazon Bedrock gives JSON only by a schema. Give responseFormat a schema.');
  const fitted = fitSchema(schema, bedrockDialect, 'format');
  if (!fitted.strict)
    return notes.refuse(
      `Amazon Bedrock cannot hold the model to this schema: ${fitted.reason}. Use structured(), which finds another way.`,
    );
  const jsonSchema = defined({ schema: JSON.stringify(fitted.schema), name, description });
  return { type: 'json_schema', structure: { jsonSchema } };
}
