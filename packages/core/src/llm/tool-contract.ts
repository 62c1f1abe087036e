import type { JsonObject, JsonSchema } from '../shared/json.ts';
import type { StandardSchema } from '../schema/standard-contract.ts';
import type { Usage } from './usage-contract.ts';

/** A tool as the model sees it. */
export interface ToolDefinition {
  /** Letters, digits, `_` and `-`, at most 64: what every provider takes. */
  name: string;
  description?: string | undefined;
  /** JSON Schema of the arguments, an object. */
  parameters: JsonSchema;
  /** Ask the provider to hold the model to the schema, where it can. */
  strict?: boolean | undefined;
}

/** A definition, or a tool that also knows how to run (`tool()` makes one). */
export interface ToolLike extends ToolDefinition {
  /** Validates the arguments before `execute` sees them. */
  readonly schema?: StandardSchema | undefined;
  execute?(args: never, context: ToolContext): unknown;
}

/** What a tool gets beside its arguments. */
export interface ToolContext {
  signal: AbortSignal;
  /** The id of the call. */
  toolCallId: string;
  /** The arguments as the model gave them, before validation. */
  rawArguments: JsonObject;
  /**
   * The same for the same call, also when it is run again after a kill, and for no other: give it to what the tool changes, so
   * that it changes it once. Absent where the caller has none.
   */
  idempotencyKey?: string | undefined;
  /**
   * Tells whoever reads the run how far the tool is; plain JSON. Resolves when it was read, and never rejects: it need not be
   * waited for. Absent where nobody is told.
   */
  progress?: ((value: unknown) => Promise<void>) | undefined;
  /** Adds what the tool's own models cost to the usage of the run. Absent where nobody counts. */
  addUsage?: ((usage: Usage) => void) | undefined;
  /** The span of the call, for what the tool calls where the runtime cannot tell. Absent without one. */
  parent?: string | undefined;
}

/**
 * A tool choice or a response format of a later version, or a provider's own, such as `google:enum`. Refused as
 * `unsupported` unless `capabilities.ownSettings` lists its `type`.
 */
export interface OwnSetting {
  type: `${string}:${string}`;
  value?: unknown;
}

/**
 * `auto`: the model decides. `none`: no tool; an integration may say so or leave the tools out, which comes to the same.
 * `required`: some tool. `tool`: this one. `tools`: none but these, and one of them where it is `required`; the others stay
 * in the prompt, and in the provider's cache, where `capabilities.allowedTools` says so, and are not sent elsewhere.
 */
export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { tool: string }
  | { tools: readonly string[]; required?: boolean | undefined }
  | OwnSetting;

/** `json` with a schema is the provider's structured output; without one, any JSON object. */
export type ResponseFormat =
  | { type: 'text' }
  | {
      type: 'json';
      schema?: JsonSchema | undefined;
      name?: string | undefined;
      description?: string | undefined;
    }
  | OwnSetting;

/** The ids of tool calls that a server takes. An id in another form is refused by it with every later turn. */
export interface CallIdFormat {
  /** `word`: ASCII letters, digits, `_` and `-`. `alphanumeric`: letters and digits alone. Default: `word`. */
  characters?: 'word' | 'alphanumeric' | undefined;
  /** Characters, at least 8. Default: 64. */
  maxLength?: number | undefined;
  /** Exactly so many characters, 8 to 40, as some servers want. Default: any number up to `maxLength`. */
  length?: number | undefined;
}
