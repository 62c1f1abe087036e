import type { FinishReason, LLMCapabilities } from '@mortise/core/llm';
import type { SchemaDialect } from '@mortise/core/schema';

/**
 * How a server's Chat Completions differ from OpenAI's, as plain data: what is absent is as at OpenAI. What a server
 * refuses is refused before anything is sent (requirements) or left out with a warning (preferences).
 */
export interface ServerWire {
  /** Where `maxOutputTokens` goes. Default: `max_completion_tokens`. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
  /** What every model of the server takes; laid under the `metadata` of the model. Default: texts, images and documents, no names. */
  readonly capabilities?: LLMCapabilities | undefined;
  /** What its strict mode takes of JSON Schema. Default: what OpenAI's does. */
  readonly schemaDialect?: SchemaDialect | undefined;
  /** Members of the body that are refused, and that nothing is lost without, such as `stream_options`. */
  readonly without?: readonly string[] | undefined;
  /** False: a list of types in a schema (`['string', 'null']`) is refused; `anyOf` says the same. */
  readonly typeLists?: false | undefined;
  /** `strict` of tools: `none` takes it, or `all` of a request have it. Default: each for itself. */
  readonly strictTools?: 'none' | 'all' | undefined;
  /** False: a tool can be asked for by its name, but `required` is refused; of one tool it means the same. */
  readonly requiredToolChoice?: false | undefined;
  /** False: a response format needs a schema. */
  readonly anyJson?: false | undefined;
  /** Stop sequences of a request at most. */
  readonly maxStop?: number | undefined;
  /** False: images are taken by their bytes alone. */
  readonly imageURLs?: false | undefined;
  /** True: documents are taken as files too; otherwise those that are text, which are sent as such. */
  readonly files?: true | undefined;
  /** True: a content that is only text must be a string; several texts become paragraphs of one. */
  readonly plainText?: true | undefined;
  /** How reasoning is asked for; false: not at all. Default: `{ effort: 'reasoning_effort' }`. */
  readonly reasoning?: ReasoningWire | false | undefined;
  /** What the member `reasoning_content` of a message with calls holds where it has none; without the member it is refused. */
  readonly emptyReasoning?: string | undefined;
  /** True: its models may write what they think in front of the answer, between `<think>` and `</think>`. */
  readonly thinkingTags?: true | undefined;
  /** False: what a message of the model holds beside its documented members is refused when it comes back. */
  readonly ownMembers?: false | undefined;
  /** Finish reasons of its own, as the contract's. */
  readonly ends?: Readonly<Record<string, FinishReason['unified']>> | undefined;
  /** Members of the reply that are kept in `providerMetadata.openai`, such as `search_results`. */
  readonly metadata?: readonly string[] | undefined;
}

/** The members of a request that say how much a model may think. */
export interface ReasoningWire {
  /** The member that holds the members below. Default: the body. */
  readonly within?: string | undefined;
  /** The member for the effort. Absent: an effort turns reasoning on, and its degree is the server's. */
  readonly effort?: string | undefined;
  /** Efforts that the server has another word for. */
  readonly words?: Readonly<Record<string, string>> | undefined;
  /** The member for a budget of tokens. Absent: a budget is left out with a warning. */
  readonly budget?: string | undefined;
  /** Members that turn it on. */
  readonly on?: Readonly<Record<string, unknown>> | undefined;
  /** Members that turn it off, for the effort `none`. Default: the effort says it. */
  readonly off?: Readonly<Record<string, unknown>> | undefined;
}
