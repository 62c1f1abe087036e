import { MortiseError, type Warning } from '@mortise/core';
import type {
  ChatRequest,
  ContentBlock,
  LLMCapabilities,
  ProviderMetadata,
  ResponseFormat,
  ToolChoice,
  ToolDefinition,
  Usage,
} from '@mortise/core/llm';
import { defined, isObject, type JsonObject } from '@mortise/core/shared';
import { fitSchema, openaiDialect, type SchemaDialect } from '@mortise/core/schema';
import { withOptions, type About } from '@mortise/core/wire';

/** Who speaks, and what must not be repeated. */
export interface ErrorAbout extends About {}

/** Who converts, for whom. `provider` is the key of `providerOptions` and `providerMetadata`. */
export interface WireAbout extends ErrorAbout {
  readonly model: string;
}

/** What a request is converted with. */
export interface WireContext extends WireAbout {
  /** Says that a preference was left out. */
  warn(warning: Warning): void;
  readonly capabilities?: LLMCapabilities | undefined;
  /** What the server's strict mode takes. Default: what OpenAI's does. */
  readonly schemaDialect?: SchemaDialect | undefined;
}

/** A request body. */
export type WireBody = { [member: string]: unknown };

/** C-08: a preference that the wire has no field for is left out with a warning, or refused when `strict`. */
export function leaveOut(request: ChatRequest, context: WireContext, setting: string, why: string): void {
  if (request.strict) throw unsupported(context, setting, why);
  context.warn({ type: 'unsupported-setting', setting, message: `${setting} was left out: ${why}` });
}

export function unsupported({ provider, model }: WireAbout, what: string, remedy: string): MortiseError {
  const message = `${model} cannot be sent ${what}: ${remedy}`;
  return new MortiseError('unsupported', message, { provider, model });
}

/** What this provider said of a block when it sent it. Another provider's blocks have none. */
export function ownMetadata(
  block: { providerMetadata?: ProviderMetadata | undefined },
  about: WireAbout,
): WireBody | undefined {
  const own = block.providerMetadata?.[about.provider];
  return isObject(own) ? own : undefined;
}

/** The item in a provider block of this provider, such as `openai:web_search_call`. */
export function ownItem(block: ContentBlock, about: WireAbout): WireBody | undefined {
  const { item } = block as { item?: unknown };
  return block.type.startsWith(`${about.provider}:`) && isObject(item) ? item : undefined;
}

/** A block that only another provider, or a later version, knows: left out, and said. */
export function noteStranger({ type }: ContentBlock, context: WireContext): void {
  const message = `A block of the type ${type} was left out: this wire has no place for it.`;
  context.warn({ type: 'other', setting: 'messages', message });
}

/** What says nothing is not sent back: servers that write `null` refuse to read it. */
export function withoutNulls(members: WireBody): WireBody {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** A tool as both APIs describe it; a schema that strict mode cannot hold the model to is sent without, and said. */
export function toFunction(
  { name, description, parameters, strict }: ToolDefinition,
  request: ChatRequest,
  context: WireContext,
): WireBody {
  const place = strict === true ? 'strict-tool' : 'tool';
  const fitted = fitSchema(parameters, context.schemaDialect ?? openaiDialect, place);
  const isLoose = strict === true && !fitted.strict;
  if (isLoose)
    leaveOut(request, context, 'tools.strict', `the schema of ${name} has no strict form: ${fitted.reason}.`);
  return defined({ name, description, parameters: fitted.schema, strict: isLoose ? undefined : strict });
}

/** The form of a reply. The model is held to a schema where strict mode takes it without a change of its meaning. */
export function toFormat(format: ResponseFormat, context: WireContext): WireBody {
  if (format.type !== 'json') return { type: 'text' };
  const { schema: given, name = 'response', description } = format;
  if (given === undefined) return { type: 'json_object' };
  const { schema, strict } = fitSchema(given, context.schemaDialect ?? openaiDialect, 'format');
  return defined({ type: 'json_schema', name, description, schema, strict });
}

/** A tool choice in the wire's words: `named` for one tool, `allowed` for some of them, which both APIs write in their own way. */
export function chosenTools(
  choice: ToolChoice,
  named: (name: string) => WireBody,
  allowed: (tools: WireBody) => WireBody,
): unknown {
  if (typeof choice === 'string') return choice;
  if ('tool' in choice) return named(choice.tool);
  if (!('tools' in choice)) return undefined;
  return allowed({ mode: choice.required === true ? 'required' : 'auto', tools: choice.tools.map(named) });
}

/**
 * The caller's own members over the body, last. Objects are merged one level deep (`text`, `reasoning`); `tools` and
 * `include` are added to, so that a provider's tool stands beside the caller's functions; all else replaces, and
 * `undefined` or `null` takes a member out.
 */
export function withProviderOptions(body: WireBody, request: ChatRequest, { provider }: WireAbout): WireBody {
  return withOptions(body, request.providerOptions?.[provider], {
    merged: true,
    added: ['tools', 'include'],
  });
}

/** `providerMetadata` of the members that are there. */
export function metadataOf(about: WireAbout, members: WireBody): ProviderMetadata | undefined {
  const present = withoutNulls(members);
  return Object.keys(present).length === 0 ? undefined : { [about.provider]: present };
}

/** Who answered, and when. */
export function startOf(
  { id, model }: WireBody,
  seconds: unknown,
): { id?: string; model?: string; createdAt?: string } {
  const start = { id: stringOf(id), model: stringOf(model), createdAt: isoTime(seconds) };
  return defined(start) as { id?: string; model?: string; createdAt?: string };
}

/** L-01: counts by the API's words for what went in and what came out, which includes reasoning. */
export function usageIn(raw: WireBody, input: string, output: string): Usage {
  const read = objectOf(raw[`${input}_tokens_details`]);
  return defined({
    inputTokens: countOf(raw[`${input}_tokens`]),
    outputTokens: countOf(raw[`${output}_tokens`]),
    totalTokens: countOf(raw['total_tokens']),
    cachedInputTokens: countOf(read['cached_tokens']),
    cacheWriteTokens: countOf(read['cache_write_tokens']),
    reasoningTokens: countOf(objectOf(raw[`${output}_tokens_details`])['reasoning_tokens']),
    raw: raw as JsonObject,
  });
}

function isoTime(seconds: unknown): string | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds)
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list of objects, whatever the reply holds there. */
export function objectsOf(value: unknown): WireBody[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** An object, whatever the reply holds there. */
export function objectOf(value: unknown): WireBody {
  return isObject(value) ? value : {};
}
