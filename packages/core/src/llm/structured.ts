import { MortiseError } from '../errors.ts';
import type { JsonSchema } from '../json.ts';
import { isParserError, parserError, type ParserError } from '../parser/errors.ts';
import { toJsonSchema } from '../parser/json-schema.ts';
import { SchemaParser } from '../parser/schema.ts';
import {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
} from '../parser/strict-schema.ts';
import type { Schema } from '../schema.ts';
import type { ChatOptions, ChatResponse, LLM, LLMCapabilities, ProviderOptions } from './contract.ts';
import {
  toMessages,
  type ChatInput,
  type ChatMessage,
  type ContentBlock,
  type ToolCallBlock,
} from './message.ts';

/** `native`: the provider's schema mode. `tool`: a tool that the model must call. `prompt`: instructions and a parser. */
export type StructuredMode = 'native' | 'tool' | 'prompt';

export interface StructuredOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  ChatOptions<P>,
  'responseFormat' | 'tools' | 'toolChoice'
> {
  /**
   * Default: what `llm.metadata.capabilities.structuredOutput` says, `prompt` when it says nothing. A schema that the
   * strict modes cannot express (see `strictSchema`) goes by a tool instead of natively, or by prompt without tools.
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
  const { mode: asked, maxRepairs = 1, name = 'answer', description, ...chatOptions } = options;
  if (!Number.isInteger(maxRepairs) || maxRepairs < 0) {
    throw new MortiseError('invalid-request', `maxRepairs is ${maxRepairs}; it takes a whole number from 0.`);
  }
  const json = toJsonSchema(schema);
  const strict = strictSchema(json);
  const mode = asked ?? modeFor(llm.metadata.capabilities, strict);
  const way = wayOf(mode, { json, strict, name, description, llm });
  const parser = new SchemaParser(schema, { shown: way.shown });
  let messages = toMessages(input);
  if (mode === 'prompt') messages = parser.format(messages);

  const { signal, parent } = options;
  const responses: ChatResponse<M>[] = [];
  for (let repairs = 0; ; repairs++) {
    const response = await llm.chat(messages, { ...chatOptions, ...way.options });
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

function modeFor(capabilities: LLMCapabilities, strict: StrictSchema): StructuredMode {
  const best = capabilities.structuredOutput ?? 'prompt';
  if (best !== 'native' || strict.strict) return best;
  return capabilities.tools === true && capabilities.toolChoice !== false ? 'tool' : 'prompt';
}

/** What one mode adds to the request, and where its replies hold the JSON. */
interface Way {
  readonly shown: ShownSchema;
  readonly options: Pick<ChatOptions, 'responseFormat' | 'tools' | 'toolChoice'>;
  textOf(response: ChatResponse): string;
}

interface Task {
  readonly json: JsonSchema;
  readonly strict: StrictSchema;
  readonly name: string;
  readonly description: string | undefined;
  readonly llm: Pick<LLM, 'provider' | 'model'>;
}

function wayOf(mode: StructuredMode, { json, strict, name, description, llm }: Task): Way {
  if (mode === 'prompt') return { shown: plainSchema(json), options: {}, textOf: ({ text }) => text };
  if (mode === 'tool') {
    const shown = strict.strict ? strict : objectSchema(json);
    const does = description ?? 'Gives the answer. Call it once, with the whole answer as its arguments.';
    const tool = {
      name,
      description: does,
      parameters: shown.schema,
      ...(strict.strict ? { strict: true } : {}),
    };
    const options = { tools: [tool], toolChoice: { tool: name } };
    return { shown, options, textOf: (response) => argumentsText(response, name) };
  }
  if (!strict.strict) {
    const message = `The schema has no strict form for native structured output: ${strict.reason}. Leave mode out, or use "tool" or "prompt".`;
    throw new MortiseError('unsupported', message, { provider: llm.provider, model: llm.model });
  }
  const responseFormat = { type: 'json' as const, schema: strict.schema, name, description };
  return { shown: strict, options: { responseFormat }, textOf: ({ text }) => text };
}

/** Some models write the arguments as text although they were told to call the tool. */
function argumentsText({ toolCalls, text }: ChatResponse, name: string): string {
  const call = toolCalls.find((candidate) => candidate.name === name);
  if (call === undefined) return text;
  return call.invalid === true ? (call.argumentsText ?? '') : JSON.stringify(call.arguments);
}

/** Asking again would not help: the same limit or the same refusal would meet the next reply. */
function refuseUnfinished(
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

function repairRequest(error: ParserError, response: ChatResponse): ChatMessage[] {
  const problem = `${error.message}\nAnswer again with the whole value, corrected.`;
  const { message, toolCalls } = response;
  // Providers refuse an empty message, and a tool call that is not answered.
  if (message.content.length === 0) return [{ role: 'user', content: problem }];
  if (toolCalls.length === 0) return [message, { role: 'user', content: problem }];
  return [message, { role: 'tool', content: toolCalls.map((call) => failedResult(call, problem)) }];
}

function failedResult({ id, name }: ToolCallBlock, content: string): ContentBlock {
  return { type: 'tool-result', toolCallId: id, toolName: name, content, isError: true };
}

function gaveUp(
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
  return parserError(code as 'parse' | 'validation', message, details as typeof error, {
    provider,
    model,
    partial: response,
    cause: error,
  });
}
