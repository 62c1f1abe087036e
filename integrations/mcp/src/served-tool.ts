import { errorText } from '@mortise/core';
import { linkedController, raceAbort } from '@mortise/core/call';
import type { ResultBlock, ToolContext } from '@mortise/core/llm';
import {
  isStandardSchema,
  type Schema,
  type StandardResult,
  type StandardSchema,
} from '@mortise/core/schema';
import { base64Of, isObject, type JsonObject, type JsonSchema } from '@mortise/core/shared';
import type { Tool } from '@mortise/toolkit';
import { clean } from './clean.ts';
import { mcpError, type McpToolAnnotations } from './client.ts';

/** A tool to serve: one of the toolkit's, and what the protocol knows besides. */
export interface ServedTool extends Tool {
  /** For people. */
  readonly title?: string | undefined;
  /** Of what `execute` gives, which is then checked and sent as structured content. A schema of any library, or JSON Schema. */
  readonly outputSchema?: Schema | JsonSchema | undefined;
  readonly annotations?: McpToolAnnotations | undefined;
}

/** A block of a result, as the protocol has it. */
export type McpContent =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource_link'; uri: string; name: string };

/** What a call of a served tool came to. */
export interface ServedResult {
  readonly content: McpContent[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

/** A tool as it is listed and run. */
export interface PreparedTool {
  readonly definition: {
    readonly name: string;
    readonly description?: string;
    readonly title?: string;
    readonly inputSchema: { readonly type: 'object'; readonly [keyword: string]: unknown };
    readonly outputSchema?: { readonly [keyword: string]: unknown };
    readonly annotations?: McpToolAnnotations;
  };
  /** What its arguments must be; undefined: whoever runs it looks at them. */
  readonly input: StandardSchema | JsonSchema | undefined;
  readonly output: StandardSchema | JsonSchema | undefined;
  readonly timeoutMs: number | undefined;
  readonly execute: (args: never, context: Omit<ToolContext, 'toolCallId'>) => unknown;
  /** Content for models, where that is not what `execute` gives, as JSON. */
  readonly content?: (value: never) => McpContent[];
}

/** Makes a validator of JSON Schema. */
export type Compile = (schema: JsonSchema) => StandardSchema;

/** Characters of an error that the other side is told. */
const MOST_SAID = 1_000;

/** Checks a tool, and writes its schemas. */
export function prepareTool(tool: ServedTool): PreparedTool {
  const { name, description, title, parameters, schema, outputSchema, annotations, timeoutMs } = tool;
  if (typeof (tool as Partial<ServedTool>).execute !== 'function')
    throw mcpError('configuration', 'A tool without execute cannot be served.');
  if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]{1,128}$/.test(name)) {
    const message = `The tool ${JSON.stringify(name)} cannot be served: a name has letters, digits, _, - and ., at most 128.`;
    throw mcpError('configuration', message);
  }
  const output = outputSchema === undefined ? undefined : outputJson(outputSchema, name);
  return {
    definition: {
      name,
      ...(description === undefined || description === '' ? {} : { description }),
      ...(title === undefined ? {} : { title }),
      inputSchema: { ...parameters, type: 'object' },
      ...(output === undefined ? {} : { outputSchema: output }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    // What another server's tool takes, and what it gives, that server checks: its schemas are not run here.
    input: 'serverName' in tool ? undefined : (schema ?? parameters),
    output: 'serverName' in tool ? undefined : outputSchema,
    timeoutMs,
    execute: (args, context) => tool.execute(args, { ...context, toolCallId: '' }),
  };
}

function outputJson(schema: Schema | JsonSchema, name: string): { readonly [keyword: string]: unknown } {
  if (!isStandardSchema(schema)) return schema;
  try {
    return schema['~standard'].jsonSchema.output({ target: 'draft-2020-12' });
  } catch (cause) {
    throw mcpError(
      'configuration',
      `The output schema of ${name} has no JSON Schema: ${errorText(cause)}`,
      cause,
    );
  }
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxResultChars: number;
  readonly compile: Compile;
  /** What the other side is told of what a tool threw. */
  readonly toolErrors: (error: unknown, tool: string) => string | Promise<string>;
  /** Undefined: nobody is told. */
  readonly progress: ((value: unknown) => Promise<void>) | undefined;
}

/** Characters of what a tool says of its progress. */
const MOST_PROGRESS = 200;

/**
 * What a tool says of its progress, as the protocol has it: a number, or an object with `progress`, `total` and `message`, as they are; of
 * anything else the JSON, beside a count.
 */
export function progressMessage(
  value: unknown,
  count: number,
): { progress: number; total?: number; message?: string } {
  if (typeof value === 'number' && Number.isFinite(value)) return { progress: value };
  if (!isObject(value) || typeof value['progress'] !== 'number' || !Number.isFinite(value['progress'])) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return { progress: count, message: clean(text, MOST_PROGRESS) };
  }
  const { progress, total, message } = value;
  return {
    progress,
    ...(typeof total === 'number' && Number.isFinite(total) ? { total } : {}),
    ...(typeof message === 'string' ? { message: clean(message, MOST_PROGRESS) } : {}),
  };
}

/**
 * One call. What is wrong with the arguments and that the tool failed is a result with `isError`, as the specification has it, so that
 * the model on the other side reads it; an aborted signal rejects.
 */
export async function runTool(
  tool: PreparedTool,
  args: JsonObject,
  options: RunOptions,
): Promise<ServedResult> {
  const { signal: outer, maxResultChars, compile } = options;
  const timeoutMs = tool.timeoutMs ?? options.timeoutMs;
  const linked = linkedController(outer);
  const { signal } = linked;
  const timer = setTimeout(
    () => linked.abort(mcpError('timeout', `The tool ran for more than ${timeoutMs} ms.`)),
    timeoutMs,
  );
  try {
    const input = await checked(tool.input, args, compile);
    if (typeof input === 'string') return failed(`The arguments are invalid: ${input}`);
    const running = Promise.resolve().then(() =>
      tool.execute(input.value as never, {
        signal,
        rawArguments: args,
        ...(options.progress === undefined ? {} : { progress: options.progress }),
      }),
    );
    const value = await raceAbort(running, signal);
    const output = await checked(tool.output, value, compile);
    if (typeof output === 'string') return failed(`The tool gave what its schema does not allow: ${output}`);
    const result = resultOf(tool, output.value);
    if (sizeOf(result) <= maxResultChars) return result;
    return failed(`The result has more than ${maxResultChars} characters. Ask for less.`);
  } catch (error) {
    if (outer.aborted) throw error;
    if (signal.aborted && signal.reason === error) return failed(errorText(error));
    return failed(await options.toolErrors(error, tool.definition.name));
  } finally {
    clearTimeout(timer);
    linked.unlink();
  }
}

/** The value as its schema gives it, or what is wrong with it. */
async function checked(
  schema: StandardSchema | JsonSchema | undefined,
  value: unknown,
  compile: Compile,
): Promise<string | { readonly value: unknown }> {
  if (schema === undefined) return { value };
  const result: StandardResult<unknown> = await (isStandardSchema(schema) ? schema : compile(schema))[
    '~standard'
  ].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return result.issues.map(({ message }) => message).join('; ');
}

function resultOf({ definition, content }: PreparedTool, value: unknown): ServedResult {
  if (content !== undefined) return { content: content(value as never), structuredContent: value };
  const blocks = blocksOf(value);
  if (blocks !== undefined) return { content: blocks.map(contentOf) };
  if (value === undefined) return { content: [] };
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
  const structured = definition.outputSchema === undefined ? {} : { structuredContent: value };
  return { content: [{ type: 'text', text }], ...structured };
}

/** What `toolBlocks()` of the toolkit marks. */
function blocksOf(value: unknown): readonly ResultBlock[] | undefined {
  if (!isObject(value) || !(Symbol.for('mortise.tool-blocks') in value)) return undefined;
  return value['blocks'] as readonly ResultBlock[];
}

function contentOf(block: ResultBlock): McpContent {
  if (block.type === 'text') return { type: 'text', text: (block as { text: string }).text };
  const { type, source } = block as { type: string; source?: unknown };
  if (!isObject(source)) return { type: 'text', text: `[a block of the type ${type}, which is not sent]` };
  const { url, data, text, mediaType } = source;
  if (typeof text === 'string') return { type: 'text', text };
  if (typeof url === 'string') return { type: 'resource_link', uri: url, name: type };
  if ((type === 'image' || type === 'audio') && typeof mediaType === 'string')
    return {
      type,
      data: data instanceof Uint8Array ? base64Of(data) : String(data),
      mimeType: mediaType,
    };
  return { type: 'text', text: `[a block of the type ${type}, which is not sent]` };
}

function sizeOf({ content, structuredContent }: ServedResult): number {
  const structured = structuredContent === undefined ? 0 : (JSON.stringify(structuredContent)?.length ?? 0);
  return content.reduce((sum, block) => sum + Object.values(block).join('').length, structured);
}

function failed(text: string): ServedResult {
  return { content: [{ type: 'text', text: clean(text, MOST_SAID) }], isError: true };
}
