import { MortiseError, type JsonSchema, type Warning } from '@mortise/core';
import type {
  ChatRequest,
  ContentBlock,
  DocumentBlock,
  LLMCapabilities,
  MediaSource,
  ProviderMetadata,
  ToolChoice,
  ToolDefinition,
} from '@mortise/core/llm';
import { base64Of, isObject } from '@mortise/core/shared';
import { fitSchema, schemaDialects, type SchemaDialect } from '@mortise/core/schema';
import { withOptions } from '@mortise/core/wire';
import type { ErrorAbout } from './errors.ts';

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
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

/** The schema of a tool as the wire takes it; one that strict mode cannot hold the model to is sent without, and said. */
export function toolSchema(
  { name, parameters, strict }: ToolDefinition,
  request: ChatRequest,
  context: WireContext,
): { parameters: JsonSchema; strict: boolean | undefined } {
  const dialect = context.schemaDialect ?? schemaDialects.openai;
  const fitted = fitSchema(parameters, dialect, strict === true ? 'strict-tool' : 'tool');
  if (strict === true && !fitted.strict) {
    leaveOut(request, context, 'tools.strict', `the schema of ${name} has no strict form: ${fitted.reason}.`);
    return { parameters: fitted.schema, strict: undefined };
  }
  return { parameters: fitted.schema, strict };
}

/** The schema of a reply. The model is held to it where strict mode takes it without a change of its meaning. */
export function formatSchema(
  schema: JsonSchema,
  context: WireContext,
): { schema: JsonSchema; strict: boolean } {
  const fitted = fitSchema(schema, context.schemaDialect ?? schemaDialects.openai, 'format');
  return { schema: fitted.schema, strict: fitted.strict };
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

/** A URL that the provider fetches, or the bytes as a data URL. */
export function urlOf(source: MediaSource): string {
  return 'url' in source ? source.url : dataUrl(source.mediaType, source.data);
}

export function dataUrl(mediaType: string, data: string | Uint8Array): string {
  return `data:${mediaType};base64,${base64Of(data)}`;
}

/** The text of a document that is only text, its title and context before it. */
export function documentText({ title, context }: DocumentBlock, text: string): string {
  return [title, context, text].filter((part) => part !== undefined && part !== '').join('\n\n');
}

/** What is asked of a document, and neither API has a place for. */
export function noteDocument(
  { source, context: about, citations }: DocumentBlock,
  request: ChatRequest,
  context: WireContext,
): void {
  if (citations === true) leaveOut(request, context, 'citations', 'OpenAI cites its search tools only.');
  if (about !== undefined && !('text' in source))
    leaveOut(request, context, 'context', 'a file has no place for what it is; say it in a text.');
}

/** The name the provider shows the model; its ending says the format. */
export function fileName(title: string | undefined, mediaType: string): string {
  const ending = mediaType.split('/')[1]?.split(/[;+]/)[0] ?? 'bin';
  if (title === undefined || title === '') return `document.${ending}`;
  return title.includes('.') ? title : `${title}.${ending}`;
}

/**
 * The explicit breakpoint that a cache point asks for. Older models and other vendors refuse the field, so it is sent
 * only where `capabilities.caching` was declared.
 */
export function cacheBreakpoint(ttl: string | undefined): WireBody {
  if (ttl === '30m' || ttl === '12h') return { mode: 'explicit', ttl };
  // Lifetimes here are minima: the shortest, which is the default, covers five minutes; an hour needs the next.
  return ttl === '1h' ? { mode: 'explicit', ttl: '12h' } : { mode: 'explicit' };
}

export const NO_CACHE_POINT =
  'OpenAI caches by itself; declare metadata.capabilities.caching for a model that takes breakpoints.';

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
  const present = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return present.length === 0 ? undefined : { [about.provider]: Object.fromEntries(present) };
}

export function isoTime(seconds: unknown): string | undefined {
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
