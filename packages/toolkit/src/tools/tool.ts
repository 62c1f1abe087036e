import { MortiseError, errorText } from '@mortise/core';
import { isDeeper, isObject, type JsonObject, type JsonSchema } from '@mortise/core/shared';
import { toJsonSchema } from '../schema/json-schema.ts';
import {
  plainSchema,
  isStandardSchema,
  type InferInput,
  type InferOutput,
  type Schema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from '@mortise/core/schema';
import type { ResultBlock, ToolCallBlock, ToolContext, ToolLike, Usage } from '@mortise/core/llm';

/** What a tool gets beside its arguments, whoever calls it. */
export interface ToolCallContext extends ToolContext {
  /** Of the call in its run, so that it is the same after a kill; random where nobody gave one. */
  idempotencyKey: string;
  progress: (value: unknown) => Promise<void>;
  addUsage: (usage: Usage) => void;
}

export interface ToolOptions<S, Args, Result, Name extends string = string> {
  /** Letters, digits, `_` and `-`, at most 64. */
  name: Name;
  /** When to use it and what it gives, for the model. */
  description: string;
  /** A schema of any library that writes JSON Schema (zod 4, arktype, valibot by its adapter), or plain JSON Schema. */
  parameters: S;
  /** Gets validated arguments. What it returns is shown to the model: a string as it is, anything else as JSON. */
  execute: (args: Args, context: ToolCallContext) => Result | Promise<Result>;
  /** Milliseconds for one execution. Default: the run's `toolTimeoutMs`. */
  timeoutMs?: number | undefined;
  /** Calls in one run; further ones are not run, and the model is told so. Default: no bound of its own. */
  maxCalls?: number | undefined;
  /**
   * Whether somebody must say yes before it runs: `approve` of the run, or whoever holds the token that `approvalKey` signs. A run
   * without either is refused. Default: false.
   */
  needsApproval?: boolean | ((args: Args) => boolean | Promise<boolean>) | undefined;
  /** Ask the provider to hold the model to the schema. */
  strict?: boolean | undefined;
}

/** A tool that can be shown to a model and run. `Input` is what the model writes, `Args` what the schema makes of it. */
export interface Tool<
  Args = never,
  Result = unknown,
  Name extends string = string,
  Input = unknown,
> extends ToolLike {
  readonly name: Name;
  readonly description: string;
  readonly schema?: StandardSchema<Input, unknown>;
  readonly timeoutMs?: number;
  readonly maxCalls?: number;
  /** A method, so that tools of any arguments are tools. */
  needsApproval?(args: Args): boolean | Promise<boolean>;
  execute(args: Args, context: ToolContext): Result | Promise<Result>;
}

/**
 * A tool from a function. With a schema the arguments are inferred and validated; with plain JSON Schema they are a
 * JSON object as the model wrote it. Throws `configuration` for a validator that cannot write JSON Schema.
 */
export function tool<S extends Schema, Result, const Name extends string>(
  options: ToolOptions<S, InferOutput<S>, Result, Name>,
): Tool<InferOutput<S>, Result, Name, InferInput<S>>;
export function tool<Result, const Name extends string>(
  options: ToolOptions<JsonSchema, JsonObject, Result, Name>,
): Tool<JsonObject, Result, Name>;
export function tool<Result>(options: ToolOptions<Schema | JsonSchema, never, Result>): Tool<never, Result> {
  const { name, description, parameters, execute, timeoutMs, maxCalls, needsApproval, strict } = options;
  const validated = isStandardSchema(parameters);
  return {
    name,
    description,
    parameters: validated ? toJsonSchema(parameters) : parameters,
    ...(validated ? { schema: parameters } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxCalls === undefined ? {} : { maxCalls }),
    ...(needsApproval === undefined || needsApproval === false
      ? {}
      : { needsApproval: needsApproval === true ? () => true : needsApproval }),
    ...(strict === undefined ? {} : { strict }),
    execute: (args, context) => execute(args, completed(context)),
  };
}

function completed(context: ToolContext): ToolCallContext {
  const { idempotencyKey = randomId(), progress = untold, addUsage = uncounted } = context;
  return { ...context, idempotencyKey, progress, addUsage };
}

async function untold(): Promise<void> {
  // Nobody is told.
}

function uncounted(): void {
  // Nobody counts.
}

/** 128 bits. `randomUUID` is not there in pages without TLS. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Characters of what a model wrote that are shown to it again. */
const SHOWN = 1_000;
/** Containers inside one another in the arguments of a call. */
const MAX_DEPTH = 512;

/** The beginning of a text that may be of any length. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** A call's arguments, validated; or what to tell the model about them. */
export async function toolArguments(
  tool: ToolLike,
  call: ToolCallBlock,
): Promise<{ readonly args: unknown } | { readonly problem: string }> {
  if (call.invalid === true) {
    return { problem: `The arguments are not a JSON object: ${shortened(call.argumentsText ?? '', SHOWN)}` };
  }
  if (isDeeper(call.arguments, MAX_DEPTH)) {
    return { problem: `The arguments are nested deeper than ${MAX_DEPTH}.` };
  }
  let written: unknown;
  try {
    // A strict tool is asked for `null` where a member is absent, and models write it without being asked.
    written = plainSchema(tool.parameters).restore(structuredClone(call.arguments));
  } catch (error) {
    return { problem: `The arguments cannot be read: ${errorText(error)}` };
  }
  if (tool.schema === undefined) return { args: written };
  let result: StandardResult<unknown>;
  try {
    result = await tool.schema['~standard'].validate(written);
  } catch (error) {
    // A refinement or a transform that throws says no in its own way.
    return {
      problem: `The arguments are invalid: ${errorText(error)}`,
    };
  }
  return result.issues === undefined
    ? { args: result.value }
    : { problem: `The arguments are invalid: ${describeIssues(result.issues)}` };
}

/** `count: Expected number; name: Required`. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  return issues
    .map(({ message, path = [] }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`))
    .join('; ');
}

function pathText(path: NonNullable<StandardIssue['path']>): string {
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}

const BLOCKS = Symbol.for('mortise.tool-blocks');

/** Lets a tool show images, documents, audio or video: `return toolBlocks([{ type: 'image', source }])`. */
export function toolBlocks(blocks: readonly ResultBlock[]): { readonly blocks: readonly ResultBlock[] } {
  return Object.defineProperty({ blocks }, BLOCKS, { value: true });
}

/** A tool's return value as the content of its result. */
export function toolResultContent(value: unknown): string | readonly ResultBlock[] {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  try {
    if (isObject(value) && BLOCKS in value) return value['blocks'] as readonly ResultBlock[];
    // A function or a symbol has no JSON.
    return JSON.stringify(value) ?? typeof value;
  } catch (cause) {
    const message = `What the tool returned cannot be written as JSON: ${errorText(cause)}. Return plain data or a string.`;
    throw new MortiseError('validation', message, { cause });
  }
}
