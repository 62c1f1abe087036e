import { MortiseError } from '@mortise/core';
import { isObject, type JsonSchema, wholeNumber } from '@mortise/core/shared';
import { type ParserErrorDetails, parserError, type ParserError } from '@mortise/core/parser';
import { toJsonSchema } from '../schema/json-schema.ts';
import { SchemaParser } from '../parsers/schema.ts';
import {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
  type Schema,
} from '@mortise/core/schema';
import {
  type ChatOptions,
  type ChatResponse,
  type ChatStreamEvent,
  type LLM,
  type LLMCapabilities,
  type ProviderOptions,
  toMessages,
  type ChatInput,
  type ChatMessage,
  type ContentBlock,
  type ToolCallBlock,
} from '@mortise/core/llm';
import { defaultsOf, overDefaults } from '../call-defaults.ts';
import type { StructuredMode, StructuredOptions } from './contract.ts';

/** One call of `structured`, from its arguments to what each attempt needs. */
export interface StructuredRequest<Input, Output, P extends ProviderOptions> {
  readonly mode: StructuredMode;
  readonly form: StructuredForm;
  readonly parser: SchemaParser<Input, Output>;
  readonly maxRepairs: number;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatOptions<P>;
}

export function prepareStructured<Input, Output, P extends ProviderOptions>(
  llm: Pick<LLM, 'provider' | 'model' | 'metadata'>,
  schema: Schema<Input, Output>,
  input: ChatInput,
  { mode: asked, maxRepairs = 1, name = 'answer', description, ...options }: StructuredOptions<P>,
): StructuredRequest<Input, Output, P> {
  wholeNumber('maxRepairs', maxRepairs, { least: 0, code: 'invalid-request' });
  const json = toJsonSchema(schema);
  const strict = strictSchema(json, llm.metadata.schemaDialect);
  const canForce = mayForce(llm, options);
  const mode = asked ?? modeFor(llm.metadata.capabilities, strict, canForce);
  const form = formOf(mode, { json, strict, name, description, llm, canForce });
  const parser = new SchemaParser(schema, { shown: form.shown });
  const given = toMessages(input);
  const messages = mode === 'prompt' ? parser.format(given) : given;
  return { mode, form, parser, maxRepairs, messages, options: { ...options, ...form.options } };
}

/** The best mode that the model has for this schema and these options: a tool only where its call can be forced. */
function modeFor(capabilities: LLMCapabilities, strict: StrictSchema, canForce: boolean): StructuredMode {
  const best = capabilities.structuredOutput ?? 'prompt';
  if (best === 'native' && strict.strict) return best;
  if (best === 'prompt' || (best === 'native' && capabilities.tools !== true)) return 'prompt';
  return canForce ? 'tool' : 'prompt';
}

/** Whether a call can be forced: not everywhere, and at some providers not while the model thinks. */
export function mayForce(
  llm: Pick<LLM, 'provider' | 'metadata'>,
  options: Pick<ChatOptions, 'reasoning' | 'providerOptions'>,
): boolean {
  const { capabilities } = llm.metadata;
  if (capabilities.toolChoice === false) return false;
  if (capabilities.toolChoiceWithReasoning !== false) return true;
  const { reasoning, providerOptions } = overDefaults(defaultsOf(llm), options);
  const { effort, budgetTokens } = reasoning ?? {};
  const { thinking } = providerOptions?.[llm.provider] ?? {};
  const asked = effort === undefined ? budgetTokens !== undefined : effort !== 'none';
  return !asked && !(isObject(thinking) && thinking['type'] !== 'disabled');
}

/** What one mode adds to the request, and where its replies hold the JSON. */
export interface StructuredForm {
  readonly shown: ShownSchema;
  readonly options: Pick<ChatOptions, 'responseFormat' | 'tools' | 'toolChoice'>;
  textOf(response: ChatResponse): string;
  /** For one stream: what each event adds to the JSON. */
  pieces(): (event: ChatStreamEvent) => string | undefined;
}

interface Task {
  readonly json: JsonSchema;
  readonly strict: StrictSchema;
  readonly name: string;
  readonly description: string | undefined;
  readonly llm: Pick<LLM, 'provider' | 'model'>;
  readonly canForce: boolean;
}

function formOf(
  mode: StructuredMode,
  { json, strict, name, description, llm, canForce }: Task,
): StructuredForm {
  const asText = { textOf: ({ text }: ChatResponse) => text, pieces: () => textPiece };
  if (mode === 'prompt') return { shown: plainSchema(json), options: {}, ...asText };
  if (mode === 'tool') {
    const shown = strict.strict ? strict : objectSchema(json);
    const does = description ?? 'Gives the answer. Call it once, with the whole answer as its arguments.';
    const tool = {
      name,
      description: does,
      parameters: shown.schema,
      ...(strict.strict ? { strict: true } : {}),
    };
    // Told so by its description, where it cannot be forced.
    const options = { tools: [tool], ...(canForce ? { toolChoice: { tool: name } } : {}) };
    return {
      shown,
      options,
      textOf: (response) => argumentsText(response, name),
      pieces: () => argumentPieces(name),
    };
  }
  if (!strict.strict) {
    const message = `The schema has no strict form for native structured output: ${strict.reason}. Leave mode out, or use "tool" or "prompt".`;
    throw new MortiseError('unsupported', message, { provider: llm.provider, model: llm.model });
  }
  const responseFormat = { type: 'json' as const, schema: strict.schema, name, description };
  return { shown: strict, options: { responseFormat }, ...asText };
}

type KnownEvent = Exclude<ChatStreamEvent, { type: `${string}:${string}` }>;

function textPiece(event: ChatStreamEvent): string | undefined {
  const known = event as KnownEvent;
  return known.type === 'text-delta' ? known.delta : undefined;
}

/** The arguments of the first call of the tool, from the finished block where they do not come in pieces. */
function argumentPieces(name: string): (event: ChatStreamEvent) => string | undefined {
  let at: number | undefined;
  let inPieces = false;
  return (event) => {
    const known = event as KnownEvent;
    if (known.type === 'tool-call-start' && known.name === name) at ??= known.index;
    else if (known.type === 'tool-call-delta' && known.index === at) {
      inPieces = true;
      return known.delta;
    } else if (known.type === 'block' && !inPieces) {
      const block = known.block as ToolCallBlock;
      if (block.type !== 'tool-call' || block.name !== name || known.index !== (at ?? known.index))
        return undefined;
      inPieces = true;
      return block.argumentsText ?? JSON.stringify(block.arguments);
    }
    return undefined;
  };
}

/** Some models write the arguments as text although they were told to call the tool. */
function argumentsText({ toolCalls, text }: ChatResponse, name: string): string {
  const call = toolCalls.find((candidate) => candidate.name === name);
  if (call === undefined) return text;
  return call.invalid === true ? (call.argumentsText ?? '') : JSON.stringify(call.arguments);
}

/** Asking again would not help: the same limit or the same refusal would meet the next reply. */
export function refuseUnfinished(
  response: ChatResponse,
  { provider, model }: Pick<LLM, 'provider' | 'model'>,
): void {
  const { unified, raw } = response.finishReason;
  const about = { provider, model, partial: response };
  if (unified === 'length') {
    const message = `The reply was cut at its token limit before the value was complete (${raw}). Raise maxOutputTokens, or ask for less.`;
    throw parserError(
      'parse',
      message,
      { text: response.text, position: response.text.length, expected: 'a whole reply' },
      about,
    );
  }
  const refused = raw === 'refusal' || response.message.content.some(({ type }) => type.endsWith(':refusal'));
  if (unified === 'content-filter' || refused) {
    const message = `The model refused to answer, or its reply was filtered (${raw}). Change the request; the reply stands in the error's partial.`;
    throw new MortiseError('content-filter', message, about);
  }
}

export function repairRequest(error: ParserError, response: ChatResponse): ChatMessage[] {
  const problem = `${error.message}\nAnswer again with the whole value, corrected.`;
  const { message, text, toolCalls } = response;
  // Providers refuse a message that says nothing, reasoning alone included, and a tool call that is not answered.
  if (text.trim() === '' && toolCalls.length === 0) return [{ role: 'user', content: problem }];
  if (toolCalls.length === 0) return [message, { role: 'user', content: problem }];
  return [message, { role: 'tool', content: toolCalls.map((call) => failedResult(call, problem)) }];
}

function failedResult({ id, name }: ToolCallBlock, content: string): ContentBlock {
  return { type: 'tool-result', toolCallId: id, toolName: name, content, isError: true };
}

export function gaveUp(
  error: ParserError,
  repairs: number,
  response: ChatResponse,
  { provider, model }: Pick<LLM, 'provider' | 'model'>,
): ParserError {
  const { text, position, path, expected, issues, code } = error;
  const repair =
    repairs === 0 ? 'none' : `the model was asked ${repairs} ${repairs === 1 ? 'time' : 'times'} to mend it`;
  const details = { text, position, path, expected, issues, repair };
  const message = repairs === 0 ? error.message : `${error.message} Repair: ${repair}.`;
  return parserError(code as 'parse' | 'validation', message, details as ParserErrorDetails, {
    provider,
    model,
    partial: response,
    cause: error,
  });
}
