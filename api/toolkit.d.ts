// The API of @mortise/toolkit. Written by `pnpm api`.
// entry . index.d.ts
// entry ./structured structured/index.d.ts
// entry ./tools tools/index.d.ts
// entry ./wrappers wrappers/index.d.ts
// entry ./parsers parsers/index.d.ts
// entry ./json json/index.d.ts
// entry ./schema schema/index.d.ts
// entry ./prompts prompts/index.d.ts
// entry ./vectors vectors/index.d.ts
// entry ./limiter limiter/index.d.ts

// ---- index.d.ts
export * from './json/index.ts';
export * from './limiter/index.ts';
export * from './parsers/index.ts';
export * from './prompts/index.ts';
export * from './schema/index.ts';
export * from './structured/index.ts';
export * from './tools/index.ts';
export * from './vectors/index.ts';
export * from './wrappers/index.ts';

// ---- json/incremental-json.d.ts
import type { JsonValue } from '@mortise/core/shared';
import type { ValuePath } from '@mortise/core/parser';
import type { IncrementalJsonOptions, JsonFailure, JsonRange } from './json-options.ts';
import type { JsonRepair } from './json-repair.ts';
export declare class IncrementalJson {
    work: number;
    constructor(options?: IncrementalJsonOptions);
    get done(): boolean;
    get value(): JsonValue | undefined;
    get failure(): JsonFailure | undefined;
    get repairs(): readonly JsonRepair[];
    get range(): JsonRange | undefined;
    get path(): ValuePath | undefined;
    push(chunk: string): void;
    end(): void;
    get affordable(): boolean;
    snapshot(): JsonValue | undefined;
}

// ---- json/index.d.ts
export { IncrementalJson } from './incremental-json.ts';
export { type IncrementalJsonOptions, type JsonFailure, type JsonKind, type JsonRange, } from './json-options.ts';
export { replyStart } from './reasoning.ts';
export type { JsonRepair, JsonRepairKind } from './json-repair.ts';

// ---- json/json-options.d.ts
import type { JsonValue } from '@mortise/core/shared';
import type { ValuePath } from '@mortise/core/parser';
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
export interface IncrementalJsonOptions {
    maxDepth?: number | undefined;
    kinds?: readonly JsonKind[] | undefined;
    prefers?: ((value: JsonValue) => boolean) | undefined;
    tolerant?: boolean | undefined;
}
export interface JsonRange {
    readonly start: number;
    readonly end: number;
}
export interface JsonFailure {
    position: number;
    path: ValuePath;
    expected: string;
    reason: 'none' | 'cut' | 'broken';
}

// ---- json/json-repair.d.ts
export interface JsonRepair {
    kind: JsonRepairKind;
    position: number;
}
export type JsonRepairKind = 'trailing-comma' | 'missing-comma' | 'separator' | 'white-space' | 'quotes' | 'inner-quote' | 'missing-quote' | 'unquoted-key' | 'comment' | 'literal' | 'number' | 'control-character' | 'escape' | 'truncated' | (string & {});

// ---- json/reasoning.d.ts
export declare function replyStart(text: string): number;

// ---- limiter/adaptive-limiter.d.ts
import type { RateLimiter } from '@mortise/core/call';
export declare function createAdaptiveLimiter(): RateLimiter;

// ---- limiter/index.d.ts
export { createAdaptiveLimiter } from './adaptive-limiter.ts';
export { createRateLimiter, type RateLimitOptions } from './rate-limit.ts';

// ---- limiter/rate-limit.d.ts
import type { RateLimiter } from '@mortise/core/call';
export interface RateLimitOptions {
    requestsPerMinute?: number | undefined;
    tokensPerMinute?: number | undefined;
    concurrency?: number | undefined;
}
export declare function createRateLimiter(given: RateLimitOptions): RateLimiter;

// ---- parsers/code-blocks.d.ts
import type { LinesParser } from './lines.ts';
export interface CodeBlock {
    language: string;
    code: string;
}
export interface CodeBlocksParserOptions {
    languages?: readonly string[] | undefined;
}
export declare class CodeBlocksParser extends LinesParser<CodeBlock> {
    constructor(given?: CodeBlocksParserOptions);
    get name(): string;
    instructions(): string;
}

// ---- parsers/combined.d.ts
import type { BaseOutputParser, OutputParser, ParseOptions } from '@mortise/core/parser';
export type CombinedValue<P> = {
    -readonly [K in keyof P]: P[K] extends OutputParser<infer T, infer _P> ? T : never;
};
type Parts = {
    readonly [name: string]: OutputParser<unknown, unknown>;
};
export declare class CombinedParser<const P extends Parts> extends BaseOutputParser<CombinedValue<P>, Partial<CombinedValue<P>>> {
    constructor(parts: P);
    get name(): string;
    instructions(): string;
    doParse(text: string, options: ParseOptions): Promise<CombinedValue<P>>;
    doStream(chunks: AsyncIterable<string>, options: ParseOptions): AsyncIterable<Partial<CombinedValue<P>>>;
}

// ---- parsers/index.d.ts
export { CodeBlocksParser, type CodeBlock, type CodeBlocksParserOptions } from './code-blocks.ts';
export { CombinedParser, type CombinedValue } from './combined.ts';
export { JsonParser, streamJson, type JsonParserOptions } from './json.ts';
export { fromLangChainParser, toLangChainParser, type LangChainInput, type LangChainParser, type LangChainRunnableParser, } from './langchain.ts';
export { ListParser, type ListParserOptions } from './list.ts';
export { MarkdownSectionsParser, MarkdownTableParser, type MarkdownRow, type MarkdownSection, type MarkdownSectionsParserOptions, type MarkdownTableParserOptions, } from './markdown.ts';
export { RegexParser, type RegexParserOptions } from './regex.ts';
export { BooleanParser, DateParser, EnumParser, NumberParser, type BooleanParserOptions, type NumberParserOptions, } from './scalar.ts';
export { SchemaParser, type SchemaParserOptions } from './schema.ts';
export { SelectionParser, type Selection, type SelectionParserOptions } from './selection.ts';
export { withRepair, type RepairOptions } from './with-repair.ts';
export { XmlParser, xmlText, type XmlElement, type XmlParserOptions } from './xml.ts';

// ---- parsers/json.d.ts
import type { JsonValue } from '@mortise/core/shared';
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
import type { IncrementalJsonOptions } from '../json/json-options.ts';
import type { JsonRepair } from '../json/json-repair.ts';
export interface JsonParserOptions extends IncrementalJsonOptions {
    onRepair?: ((repairs: readonly JsonRepair[]) => void) | undefined;
}
export declare class JsonParser extends BaseOutputParser<JsonValue, JsonValue> {
    constructor(given?: JsonParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, { signal }?: ParseOptions): JsonValue | Promise<JsonValue>;
    doStream(chunks: AsyncIterable<string>): AsyncIterable<JsonValue>;
}
export declare function streamJson(chunks: AsyncIterable<string>, options?: JsonParserOptions): AsyncGenerator<JsonValue>;

// ---- parsers/langchain.d.ts
import type { OutputParser } from '@mortise/core/parser';
export interface LangChainParser<T> {
    parse(text: string): Promise<T>;
    getFormatInstructions(): string;
}
export declare function fromLangChainParser<T>(parser: LangChainParser<T>): OutputParser<T, T>;
export type LangChainInput = string | {
    readonly content: unknown;
    readonly text?: unknown;
};
export interface LangChainRunnableParser<T, P> extends LangChainParser<T> {
    readonly lc_runnable: true;
    invoke(input: LangChainInput, options?: {
        signal?: AbortSignal;
    }): Promise<T>;
    batch(inputs: LangChainInput[], options?: {
        signal?: AbortSignal;
    }): Promise<T[]>;
    stream(input: LangChainInput, options?: {
        signal?: AbortSignal;
    }): Promise<AsyncIterable<P | T>>;
    transform(inputs: AsyncIterable<LangChainInput>, options?: {
        signal?: AbortSignal;
    }): AsyncGenerator<P | T>;
}
export declare function toLangChainParser<T, P>(parser: OutputParser<T, P>): LangChainRunnableParser<T, P>;

// ---- parsers/lines.d.ts
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export interface LineReader<T> {
    readonly items: readonly T[];
    line(line: string, position: number): void;
    end(text: string): void;
}
export declare abstract class LinesParser<T> extends BaseOutputParser<T[], T[]> {
    constructor(reader: () => LineReader<T>);
    doParse(text: string, { signal }?: ParseOptions): T[] | Promise<T[]>;
    doStream(chunks: AsyncIterable<string>): AsyncGenerator<T[]>;
}

// ---- parsers/list.d.ts
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export interface ListParserOptions {
    style?: 'comma' | 'numbered' | 'bulleted' | undefined;
}
export declare class ListParser extends BaseOutputParser<string[], string[]> {
    constructor(options?: ListParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, { signal }?: ParseOptions): string[] | Promise<string[]>;
    doStream(chunks: AsyncIterable<string>): AsyncGenerator<string[]>;
}

// ---- parsers/markdown.d.ts
import type { LinesParser } from './lines.ts';
export interface MarkdownSection {
    level: number;
    title: string;
    text: string;
}
export interface MarkdownSectionsParserOptions {
    required?: readonly string[] | undefined;
}
export declare class MarkdownSectionsParser extends LinesParser<MarkdownSection> {
    constructor(options?: MarkdownSectionsParserOptions);
    get name(): string;
    instructions(): string;
}
export type MarkdownRow = {
    [column: string]: string;
};
export interface MarkdownTableParserOptions {
    columns?: readonly string[] | undefined;
}
export declare class MarkdownTableParser extends LinesParser<MarkdownRow> {
    constructor(given?: MarkdownTableParserOptions);
    get name(): string;
    instructions(): string;
}

// ---- parsers/regex.d.ts
import type { BaseOutputParser } from '@mortise/core/parser';
export interface RegexParserOptions {
    instructions?: string | undefined;
}
export declare class RegexParser<K extends string = string> extends BaseOutputParser<{
    [N in K]?: string;
}, {
    [N in K]?: string;
}> {
    constructor(pattern: RegExp, options?: RegexParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string): {
        [N in K]?: string;
    };
}

// ---- parsers/scalar.d.ts
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export declare class EnumParser<const V extends string> extends BaseOutputParser<V, V> {
    constructor(values: readonly V[]);
    get name(): string;
    instructions(): string;
    doParse(text: string): V;
}
export interface BooleanParserOptions {
    yes?: readonly [string, ...string[]] | undefined;
    no?: readonly [string, ...string[]] | undefined;
}
export declare class BooleanParser extends BaseOutputParser<boolean, boolean> {
    constructor(options?: BooleanParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string): boolean;
}
export interface NumberParserOptions {
    min?: number | undefined;
    max?: number | undefined;
    integer?: boolean | undefined;
}
export declare class NumberParser extends BaseOutputParser<number, number> {
    constructor(options?: NumberParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, { signal }?: ParseOptions): number | Promise<number>;
}
export declare class DateParser extends BaseOutputParser<Date, Date> {
    get name(): string;
    instructions(): string;
    doParse(text: string): Date;
}

// ---- parsers/schema.d.ts
import type { Schema, ShownSchema } from '@mortise/core/schema';
import type { BaseOutputParser, DeepPartial, ParseOptions } from '@mortise/core/parser';
export interface SchemaParserOptions {
    maxDepth?: number | undefined;
    shown?: ShownSchema | undefined;
}
export declare class SchemaParser<Input, Output> extends BaseOutputParser<Output, DeepPartial<Input> | Output> {
    constructor(schema: Schema<Input, Output>, given?: SchemaParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, options: ParseOptions): Promise<Output>;
    doStream(chunks: AsyncIterable<string>, options: ParseOptions): AsyncIterable<DeepPartial<Input> | Output>;
}

// ---- parsers/selection.d.ts
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export interface Selection {
    index: number;
    choice: string;
    reason?: string;
}
export interface SelectionParserOptions {
    max?: number | undefined;
}
export declare class SelectionParser extends BaseOutputParser<Selection[], Selection[]> {
    constructor(given: readonly string[], options?: SelectionParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, { signal }?: ParseOptions): Selection[] | Promise<Selection[]>;
}

// ---- parsers/with-repair.d.ts
import type { LLM, ChatInput } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
export interface RepairOptions {
    maxAttempts?: number | undefined;
    input?: ChatInput | undefined;
}
export declare function withRepair<T, P>(parser: OutputParser<T, P>, llm: Pick<LLM, 'chat'>, options?: RepairOptions): OutputParser<T, P | T>;

// ---- parsers/xml.d.ts
import type { BaseOutputParser, ParseOptions } from '@mortise/core/parser';
export interface XmlElement {
    name: string;
    attributes: {
        [name: string]: string;
    };
    children: (XmlElement | string)[];
}
export interface XmlParserOptions {
    root?: string | undefined;
    tags?: readonly string[] | undefined;
    maxDepth?: number | undefined;
}
export declare function xmlText(element: XmlElement): string;
export declare class XmlParser extends BaseOutputParser<XmlElement, XmlElement> {
    constructor(given?: XmlParserOptions);
    get name(): string;
    instructions(): string;
    doParse(text: string, { signal }?: ParseOptions): XmlElement | Promise<XmlElement>;
}

// ---- prompts/chat-prompt.d.ts
import type { ChatMessage, ContentBlock } from '@mortise/core/llm';
import type { ChatPromptTemplate, PromptValue, VariablesOf } from './contract.ts';
import type { PromptOptions } from './prompt.ts';
export interface Placeholder<N extends string = string> {
    readonly placeholder: N;
    readonly content?: never;
}
export declare function placeholder<const N extends string>(name: N): Placeholder<N>;
export type ChatPromptMessage = ChatMessage | Placeholder | (Omit<ChatMessage, 'content'> & {
    readonly content: readonly (ContentBlock | Placeholder)[];
});
export type ChatVariablesOf<M extends readonly ChatPromptMessage[]> = ContentVariables<M[number]['content']>;
export type ChatPlaceholdersOf<M extends readonly ChatPromptMessage[]> = {
    readonly [N in NameOf<M[number]>]: readonly ChatMessage[];
} & {
    readonly [N in BlockNames<M[number]['content']>]: ContentBlock | readonly ContentBlock[];
};
type NameOf<M> = M extends Placeholder<infer N> ? N : never;
type BlockNames<C> = C extends readonly unknown[] ? NameOf<C[number]> : never;
type ContentVariables<C> = C extends string ? VariablesOf<C> : C extends readonly unknown[] ? BlockVariables<C[number]> : never;
type BlockVariables<B> = B extends {
    readonly type: 'text';
    readonly text: infer T extends string;
} ? VariablesOf<T> : never;
export declare function chatPrompt<const M extends readonly ChatPromptMessage[], const D extends {
    readonly [name: string]: PromptValue;
} = {}>(messages: M, options?: PromptOptions<D & {
    readonly [N in Exclude<keyof D, ChatVariablesOf<M>>]: never;
}>): ChatPromptTemplate<ChatVariablesOf<M>, ChatPlaceholdersOf<M>, Extract<keyof D, string>>;

// ---- prompts/contract.d.ts
import type { ChatMessage } from '@mortise/core/llm';
export interface PromptTemplate<V extends string = string, D extends string = never> {
    readonly template: string;
    readonly variables: readonly V[];
    readonly optional: readonly D[];
    format(...values: PromptArguments<V, D>): string;
    partial<const P extends PartialValues<V>>(values: P & {
        readonly [N in Exclude<keyof P, V>]: never;
    }): PromptTemplate<Exclude<V, keyof P> | NestedVariables<P[keyof P]>, Exclude<D, keyof P> | Exclude<NestedDefaults<P[keyof P]>, V>>;
}
export interface ChatPromptTemplate<V extends string = string, X extends object = object, D extends string = never> {
    readonly variables: readonly V[];
    format(...values: ChatPromptArguments<V, X, D>): ChatMessage[];
    partial<const P extends PartialValues<V>>(values: P & {
        readonly [N in Exclude<keyof P, V>]: never;
    }): ChatPromptTemplate<Exclude<V, keyof P> | NestedVariables<P[keyof P]>, X, Exclude<D, keyof P> | Exclude<NestedDefaults<P[keyof P]>, V>>;
}
export type PromptScalar = string | number | bigint | boolean;
export type PromptValue = PromptScalar | readonly PromptScalar[] | PlainPrompt | ((values: Readonly<Record<string, unknown>>) => PromptScalar | readonly PromptScalar[]);
export interface PlainPrompt {
    readonly template: string;
    format(): string;
}
export type PromptValues<V extends string> = {
    readonly [K in V]: PromptValue;
};
export interface NestedPrompt {
    readonly template: string;
    readonly variables: readonly string[];
}
export type NestedDefaults<T> = T extends {
    readonly template: string;
    readonly optional: readonly (infer N extends string)[];
} ? N : never;
export type PartialValues<V extends string> = {
    readonly [K in V]?: PromptValue | NestedPrompt;
};
export type NestedVariables<T> = T extends {
    readonly template: string;
    readonly variables: readonly (infer N extends string)[];
} ? N : never;
export type PromptArguments<V extends string, D extends string = never> = [V] extends [never] ? [] : [Exclude<V, D>] extends [never] ? [values?: {
    readonly [K in D]?: PromptValue;
}] : [values: PromptValues<Exclude<V, D>> & {
    readonly [K in D]?: PromptValue;
}];
export type ChatPromptArguments<V extends string, X extends object, D extends string = never> = [
    V | keyof X
] extends [never] ? [] : [Exclude<V, D> | keyof X] extends [never] ? [values?: {
    readonly [K in D]?: PromptValue;
}] : [values: PromptValues<Exclude<V, D>> & {
    readonly [K in D]?: PromptValue;
} & X];
export type VariablesOf<T extends string> = string extends T ? string : Names<T, never>;
type Names<T extends string, Found extends string> = T extends `${string}{${infer Rest}` ? Rest extends `{${infer After}` ? Names<After, Found> : Rest extends `${infer Name}}${infer After}` ? IsIdentifier<Name> extends true ? Names<After, Found | Name> : Names<Rest, Found> : Names<Rest, Found> : Found;
type IsIdentifier<S extends string> = S extends `${infer First}${infer Rest}` ? First extends Letter ? IsTail<Rest> : false : false;
type IsTail<S extends string> = S extends `${infer First}${infer Rest}` ? First extends Letter | Digit ? IsTail<Rest> : false : true;
type Lower = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm' | 'n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z';
type Letter = Lower | Uppercase<Lower> | '_';
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

// ---- prompts/examples.d.ts
import type { EmbeddingModel, SimilarityMode } from '@mortise/core/embedding';
import type { TokenCounter } from '@mortise/core/tokenizer';
export interface ExampleSelector<E> {
    select(query: string, options?: {
        signal?: AbortSignal | undefined;
    }): Promise<readonly E[]>;
}
export declare function fixedExamples<E>(examples: readonly E[]): ExampleSelector<E>;
export interface SimilarExamplesOptions<E> {
    embedding: Pick<EmbeddingModel, 'embedQuery' | 'embedTexts'>;
    text(example: E): string;
    count?: number | undefined;
    mode?: SimilarityMode | undefined;
}
export declare function similarExamples<E>(examples: readonly E[], given: SimilarExamplesOptions<E>): ExampleSelector<E>;
export interface BudgetedExamplesOptions<E> {
    maxTokens: number;
    tokenizer: TokenCounter;
    text(example: E): string;
}
export declare function budgetedExamples<E>(selector: ExampleSelector<E>, options: BudgetedExamplesOptions<E>): ExampleSelector<E>;

// ---- prompts/index.d.ts
export { chatPrompt, placeholder, type ChatPlaceholdersOf, type ChatPromptMessage, type ChatVariablesOf, type Placeholder, } from './chat-prompt.ts';
export type { ChatPromptArguments, ChatPromptTemplate, NestedDefaults, NestedPrompt, NestedVariables, PartialValues, PlainPrompt, PromptArguments, PromptScalar, PromptTemplate, PromptValue, PromptValues, VariablesOf, } from './contract.ts';
export { budgetedExamples, fixedExamples, similarExamples, type BudgetedExamplesOptions, type ExampleSelector, type SimilarExamplesOptions, } from './examples.ts';
export { promptFile, type FrontMatter, type PromptFile } from './prompt-file.ts';
export { prompt, type PromptOptions } from './prompt.ts';
export { selectPrompt, type PromptCase } from './select-prompt.ts';

// ---- prompts/prompt-file.d.ts
import type { ChatPromptTemplate, PromptScalar, PromptTemplate } from './contract.ts';
export type FrontMatter = {
    [name: string]: PromptScalar | PromptScalar[] | {
        [name: string]: PromptScalar;
    };
};
export type PromptFile = {
    readonly data: FrontMatter;
} & ({
    readonly kind: 'text';
    readonly prompt: PromptTemplate;
} | {
    readonly kind: 'chat';
    readonly prompt: ChatPromptTemplate;
});
export declare function promptFile(text: string): PromptFile;

// ---- prompts/prompt.d.ts
import type { PromptTemplate, PromptValue, VariablesOf } from './contract.ts';
export interface PromptOptions<D> {
    defaults?: D | undefined;
}
export declare function prompt<const T extends string, const D extends {
    readonly [N in VariablesOf<T>]?: PromptValue;
} = {}>(template: T, options?: PromptOptions<D & {
    readonly [N in Exclude<keyof D, VariablesOf<T>>]: never;
}>): PromptTemplate<VariablesOf<T>, Extract<keyof D, string>>;

// ---- prompts/select-prompt.d.ts
import type { LLM, LLMMetadata } from '@mortise/core/llm';
export interface PromptCase<T> {
    when(metadata: LLMMetadata): boolean;
    prompt: T;
}
export declare function selectPrompt<T>(llm: Pick<LLM, 'metadata'>, cases: readonly PromptCase<T>[], otherwise: T): T;

// ---- schema/index.d.ts
export { jsonSchema, toJsonSchema } from './json-schema.ts';

// ---- schema/json-schema.d.ts
import type { JsonSchema } from '@mortise/core/shared';
import type { Schema, StandardJsonSchema, StandardResult } from '@mortise/core/schema';
export declare function jsonSchema<T = unknown>(raw: JsonSchema, validate?: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>): Schema<T, T>;
export declare function toJsonSchema(schema: StandardJsonSchema): JsonSchema;

// ---- structured/contract.d.ts
import type { ChatOptions, ChatResponse, ProviderOptions } from '@mortise/core/llm';
export type StructuredMode = 'native' | 'tool' | 'prompt';
export interface StructuredOptions<P extends ProviderOptions = ProviderOptions> extends Omit<ChatOptions<P>, 'responseFormat' | 'tools' | 'toolChoice'> {
    mode?: StructuredMode | undefined;
    maxRepairs?: number | undefined;
    name?: string | undefined;
    description?: string | undefined;
}
export interface StructuredResult<T, M = unknown> {
    value: T;
    mode: StructuredMode;
    response: ChatResponse<M>;
    repairs: number;
    responses: ChatResponse<M>[];
}

// ---- structured/index.d.ts
export { structuredStream, type StructuredEvent, type StructuredStream } from './structured-stream.ts';
export { structured } from './structured.ts';
export type { StructuredMode, StructuredOptions, StructuredResult } from './contract.ts';

// ---- structured/structured-stream.d.ts
import type { WebStream } from '@mortise/core/sse';
import type { DeepPartial } from '@mortise/core/parser';
import type { Schema } from '@mortise/core/schema';
import type { LLM, ProviderOptions, ChatInput } from '@mortise/core/llm';
import type { StructuredOptions, StructuredResult } from './contract.ts';
export interface StructuredStream<P, T, M = unknown> extends AsyncIterable<P>, WebStream<P> {
    final(): Promise<StructuredResult<T, M>>;
    cancel(): Promise<void>;
}
export interface StructuredEvent<P> {
    type: 'partial';
    value: P;
}
export declare function structuredStream<Input, Output, P extends ProviderOptions = ProviderOptions, M = unknown>(llm: LLM<P, M>, schema: Schema<Input, Output>, input: ChatInput, given?: StructuredOptions<P>): StructuredStream<DeepPartial<Input>, Output, M>;

// ---- structured/structured.d.ts
import type { Schema } from '@mortise/core/schema';
import type { LLM, ProviderOptions, ChatInput } from '@mortise/core/llm';
import type { StructuredOptions, StructuredResult } from './contract.ts';
export declare function structured<Input, Output, P extends ProviderOptions = ProviderOptions, M = unknown>(llm: LLM<P, M>, schema: Schema<Input, Output>, input: ChatInput, given?: StructuredOptions<P>): Promise<StructuredResult<Output, M>>;

// ---- tools/agent-tool.d.ts
import type { ChatInput, LLM, ProviderOptions } from '@mortise/core/llm';
import type { InferInput, InferOutput, Schema } from '@mortise/core/schema';
import type { StreamToolsOptions } from './contract.ts';
import type { Tool, ToolOptions } from './tool.ts';
export interface AgentToolOptions<Args = {
    task: string;
}, P extends ProviderOptions = ProviderOptions, M = unknown, T = unknown, Name extends string = string> extends Omit<StreamToolsOptions<P, T>, 'signal' | 'parent' | 'onState' | 'runId' | 'approvalKey' | 'approvalTtlMs' | 'approvals'>, Pick<ToolOptions<unknown, Args, unknown>, 'maxCalls' | 'needsApproval'> {
    name: Name;
    description: string;
    llm: LLM<P, M>;
    system?: string | undefined;
    input?: ((args: Args) => ChatInput) | undefined;
    runTimeoutMs?: number | undefined;
}
export declare function agentTool<P extends ProviderOptions, M, T, S extends Schema, const Name extends string>(given: AgentToolOptions<InferOutput<S>, P, M, T, Name> & {
    parameters: S;
    input: (args: InferOutput<S>) => ChatInput;
}): Tool<InferOutput<S>, unknown, Name, InferInput<S>>;
export declare function agentTool<P extends ProviderOptions, M, T, const Name extends string>(given: AgentToolOptions<{
    task: string;
}, P, M, T, Name> & {
    parameters?: undefined;
}): Tool<{
    task: string;
}, unknown, Name, {
    task: string;
}>;

// ---- tools/approval-contract.d.ts
import type { JsonObject } from '@mortise/core/shared';
export type Approval = boolean | string;
export interface PendingApproval {
    callId: string;
    name: string;
    arguments: JsonObject;
    token: string;
    expiresAt: string;
}
export interface GivenApproval {
    callId: string;
    approved: boolean;
    reason?: string | undefined;
    token: string;
}

// ---- tools/contract.d.ts
import type { ChatInput, ChatMessage, ChatOptions, ChatResponse, LLM, ProviderOptions, ToolChoice, ToolResultBlock, Usage } from '@mortise/core/llm';
import type { Schema } from '@mortise/core/schema';
import type { WebStream } from '@mortise/core/sse';
import type { Approval, GivenApproval, PendingApproval } from './approval-contract.ts';
import type { CallOf, RunToolsEvent } from './event-contract.ts';
import type { ToolsState } from './state-contract.ts';
import type { Tool } from './tool.ts';
export type ToolsInput = ChatInput | ToolsState;
export interface StreamToolsOptions<P extends ProviderOptions = ProviderOptions, T = unknown, Of extends Tool = Tool> extends Omit<ChatOptions<P>, 'tools'> {
    tools: readonly Of[];
    output?: Schema<unknown, T> | undefined;
    outputName?: string | undefined;
    maxSteps?: number | undefined;
    maxToolCalls?: number | undefined;
    maxTotalToolCalls?: number | undefined;
    concurrency?: number | undefined;
    toolTimeoutMs?: number | undefined;
    toolErrors?: 'result' | 'throw' | ToolErrorText<Of> | undefined;
    approve?: Approve<Of> | undefined;
    approvalKey?: string | Uint8Array | undefined;
    approvalTtlMs?: number | undefined;
    approvals?: readonly GivenApproval[] | undefined;
    stopWhen?: ((step: FinishedStep) => boolean | Promise<boolean>) | undefined;
    prepareStep?: ((step: ComingStep) => StepSettings | undefined | Promise<StepSettings | undefined>) | undefined;
    onState?: ((state: ToolsState) => void | Promise<void>) | undefined;
    runId?: string | undefined;
}
export interface RunToolsOptions<P extends ProviderOptions = ProviderOptions, T = unknown, Of extends Tool = Tool> extends StreamToolsOptions<P, T, Of> {
    onEvent?: ((event: RunToolsEvent<Of>) => void | Promise<void>) | undefined;
}
export type ToolErrorText<Of extends Tool = Tool> = {
    text(error: unknown, call: CallOf<Of>): string | Promise<string>;
}['text'];
export type Approve<Of extends Tool = Tool> = {
    approve(call: CallOf<Of>, context: {
        readonly signal: AbortSignal;
        readonly needsApproval: boolean;
    }): Approval | Promise<Approval>;
}['approve'];
export interface ComingStep {
    readonly step: number;
    readonly messages: readonly ChatMessage[];
    readonly usage: Usage;
}
export interface FinishedStep extends ComingStep {
    readonly response: ChatResponse;
    readonly results: readonly ToolResultBlock[];
}
export interface StepSettings {
    llm?: LLM | undefined;
    tools?: readonly string[] | undefined;
    toolChoice?: ToolChoice | undefined;
    messages?: readonly ChatMessage[] | undefined;
}
export interface ToolsStep<M = unknown> {
    response: ChatResponse<M>;
    results: ToolResultBlock[];
}
export interface ToolsProgress<M = unknown> {
    text: string;
    messages: ChatMessage[];
    steps: ToolsStep<M>[];
    usage: Usage;
    readonly state: ToolsState;
}
export type RunToolsResult<M = unknown, T = undefined> = ToolsProgress<M> & {
    response: ChatResponse<M>;
    approvals: PendingApproval[];
} & ({
    ended: 'answer';
    output: T;
} | {
    ended: 'approval' | 'stopped';
    output?: undefined;
});
export interface PartialToolsResult<M = unknown> extends ToolsProgress<M> {
    response?: ChatResponse<M>;
    reply?: unknown;
}
export interface ToolsStream<M = unknown, T = undefined, Of extends Tool = Tool> extends AsyncIterable<RunToolsEvent<Of>>, WebStream<RunToolsEvent<Of>> {
    readonly textStream: AsyncIterable<string>;
    readonly state: ToolsState;
    final(): Promise<RunToolsResult<M, T>>;
    cancel(): Promise<void>;
}

// ---- tools/event-contract.d.ts
import type { ChatResponse, ChatStreamEvent, ToolCallBlock, ToolResultBlock, Usage } from '@mortise/core/llm';
import type { JsonObject } from '@mortise/core/shared';
import type { PendingApproval } from './approval-contract.ts';
import type { Tool } from './tool.ts';
export type CallOf<T extends Tool> = T extends Tool<never, unknown, infer Name, infer Input> ? ToolCallBlock & {
    name: Name;
    arguments: unknown extends Input ? JsonObject : Input;
} : never;
export type RunToolsEvent<T extends Tool = Tool> = {
    type: 'step-start';
    step: number;
} | {
    type: 'stream';
    step: number;
    event: ChatStreamEvent;
    toolCallId?: string | undefined;
} | {
    type: 'response';
    step: number;
    response: ChatResponse;
    usage: Usage;
} | {
    type: 'approval-asked';
    step: number;
    call: CallOf<T>;
    approval?: PendingApproval | undefined;
} | {
    type: 'approval-given';
    step: number;
    call: CallOf<T>;
    approved: boolean;
    reason?: string | undefined;
} | {
    type: 'tool-start';
    step: number;
    call: CallOf<T>;
} | {
    type: 'tool-progress';
    step: number;
    call: CallOf<T>;
    value: unknown;
} | {
    type: 'tool-event';
    step: number;
    call: CallOf<T>;
    event: RunToolsEvent;
} | {
    type: 'tool-end';
    step: number;
    call: CallOf<T>;
    result: ToolResultBlock;
} | {
    type: 'step-end';
    step: number;
    usage: Usage;
};

// ---- tools/index.d.ts
export { agentTool, type AgentToolOptions } from './agent-tool.ts';
export type { Approval, GivenApproval, PendingApproval } from './approval-contract.ts';
export type { Approve, ComingStep, FinishedStep, PartialToolsResult, RunToolsOptions, RunToolsResult, StepSettings, StreamToolsOptions, ToolErrorText, ToolsInput, ToolsProgress, ToolsStep, ToolsStream, } from './contract.ts';
export type { CallOf, RunToolsEvent } from './event-contract.ts';
export { toolsStateFromJson } from './read-state.ts';
export { runTools } from './run-tools.ts';
export type { ToolsCallState, ToolsReplyState, ToolsState } from './state-contract.ts';
export { streamTools } from './stream-tools.ts';
export { tool, toolBlocks, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';
export { sumUsage } from './usage.ts';

// ---- tools/read-state.d.ts
import type { ToolsState } from './state-contract.ts';
export declare function toolsStateFromJson(json: unknown): ToolsState;

// ---- tools/run-tools.d.ts
import type { LLM, ProviderOptions } from '@mortise/core/llm';
import type { RunToolsOptions, RunToolsResult, ToolsInput } from './contract.ts';
import type { Tool } from './tool.ts';
export declare function runTools<P extends ProviderOptions, M, T = undefined, Of extends Tool = Tool>(llm: LLM<P, M>, input: ToolsInput, given: RunToolsOptions<P, T, Of>): Promise<RunToolsResult<M, T>>;

// ---- tools/state-contract.d.ts
import type { JsonObject } from '@mortise/core/shared';
import type { Approval } from './approval-contract.ts';
export type ToolsState = {
    version: 1;
    id: string;
    messages: JsonObject[];
    steps: number;
    calls: {
        [tool: string]: number;
    };
    usage?: JsonObject;
    reminded?: true;
    reply?: ToolsReplyState;
};
export type ToolsReplyState = {
    message: JsonObject;
    about: JsonObject;
    tools?: string[];
    calls: ToolsCallState[];
};
export type ToolsCallState = {
    result?: JsonObject;
    approved?: Approval;
    run?: ToolsState;
};

// ---- tools/stream-tools.d.ts
import type { LLM, ProviderOptions } from '@mortise/core/llm';
import type { StreamToolsOptions, ToolsInput, ToolsStream } from './contract.ts';
import type { Tool } from './tool.ts';
export declare function streamTools<P extends ProviderOptions, M, T = undefined, Of extends Tool = Tool>(llm: LLM<P, M>, input: ToolsInput, given: StreamToolsOptions<P, T, Of>): ToolsStream<M, T, Of>;

// ---- tools/tool.d.ts
import type { JsonObject, JsonSchema } from '@mortise/core/shared';
import type { InferInput, InferOutput, Schema, StandardSchema } from '@mortise/core/schema';
import type { ResultBlock, ToolContext, ToolLike, Usage } from '@mortise/core/llm';
export interface ToolCallContext extends ToolContext {
    idempotencyKey: string;
    progress: (value: unknown) => Promise<void>;
    addUsage: (usage: Usage) => void;
}
export interface ToolOptions<S, Args, Result, Name extends string = string> {
    name: Name;
    description: string;
    parameters: S;
    execute: (args: Args, context: ToolCallContext) => Result | Promise<Result>;
    timeoutMs?: number | undefined;
    maxCalls?: number | undefined;
    needsApproval?: boolean | ((args: Args) => boolean | Promise<boolean>) | undefined;
    strict?: boolean | undefined;
}
export interface Tool<Args = never, Result = unknown, Name extends string = string, Input = unknown> extends ToolLike {
    readonly name: Name;
    readonly description: string;
    readonly schema?: StandardSchema<Input, unknown>;
    readonly timeoutMs?: number;
    readonly maxCalls?: number;
    needsApproval?(args: Args): boolean | Promise<boolean>;
    execute(args: Args, context: ToolContext): Result | Promise<Result>;
}
export declare function tool<S extends Schema, Result, const Name extends string>(options: ToolOptions<S, InferOutput<S>, Result, Name>): Tool<InferOutput<S>, Result, Name, InferInput<S>>;
export declare function tool<Result, const Name extends string>(options: ToolOptions<JsonSchema, JsonObject, Result, Name>): Tool<JsonObject, Result, Name>;
export declare function toolBlocks(blocks: readonly ResultBlock[]): {
    readonly blocks: readonly ResultBlock[];
};

// ---- tools/usage.d.ts
import type { Usage } from '@mortise/core/llm';
export declare function sumUsage(usages: readonly Usage[]): Usage;

// ---- vectors/index.d.ts
export { binarySimilarity, dequantizeInt8, hammingDistance, int8Similarity, quantizeBinary, quantizeInt8, shorten, type Int8Vector, } from './quantize.ts';

// ---- vectors/quantize.d.ts
import type { SimilarityMode } from '@mortise/core/embedding';
export interface Int8Vector {
    readonly values: Int8Array;
    readonly scale: number;
}
export declare function quantizeInt8(vector: ArrayLike<number>): Int8Vector;
export declare function dequantizeInt8(quantized: Int8Vector): Float32Array;
export declare function int8Similarity(a: Int8Vector, b: Int8Vector, mode?: SimilarityMode): number;
export declare function quantizeBinary(vector: ArrayLike<number>): Uint8Array;
export declare function hammingDistance(a: Uint8Array, b: Uint8Array): number;
export declare function binarySimilarity(a: Uint8Array, b: Uint8Array, dimensions: number): number;
export declare function shorten(vector: ArrayLike<number>, dimensions: number): Float32Array;

// ---- wrappers/budget.d.ts
import type { ChatOptions, LLM, Usage, ChatInput } from '@mortise/core/llm';
import type { Prices } from './prices.ts';
export type BudgetOptions = ({
    maxTokens: number;
} | {
    maxCost: number;
    prices: Prices;
}) & {
    per?: 'call' | 'total' | undefined;
};
export interface BudgetedModel {
    readonly provider?: string | undefined;
    readonly model?: string | undefined;
}
export interface Budget {
    readonly limit: number;
    readonly spent: number;
    readonly reserved: number;
    readonly remaining: number;
    costOf(usage: Usage, by?: BudgetedModel): number | undefined;
    reserve(amount: number): (cost: number) => void;
}
export declare function createBudget(given: BudgetOptions): Budget;
export interface WithBudgetOptions {
    estimateTokens?: ((input: ChatInput, options: ChatOptions) => number) | undefined;
}
export declare function withBudget<L extends LLM>(llm: L, limit: BudgetOptions | Budget | readonly (BudgetOptions | Budget)[], options?: WithBudgetOptions): L;

// ---- wrappers/embedding-cache.d.ts
import type { EmbeddingInput, EmbedManyOptions } from '@mortise/core/embedding';
export interface EmbeddingKeyFields {
    readonly provider: string;
    readonly model: string;
    readonly dimensions?: number | undefined;
    readonly kind: NonNullable<EmbedManyOptions['kind']>;
    readonly providerOptions?: {
        readonly [option: string]: unknown;
    } | undefined;
    readonly scope?: string | undefined;
}
export declare function embeddingCacheKey(fields: EmbeddingKeyFields, text: EmbeddingInput): string;

// ---- wrappers/fit-messages.d.ts
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { ChatMessage } from '@mortise/core/llm';
export interface FitMessagesOptions {
    maxTokens: number;
    tokenizer: TokenCounter;
    countMessage?: ((message: ChatMessage) => number) | undefined;
}
export declare function fitMessages(messages: readonly ChatMessage[], options: FitMessagesOptions): ChatMessage[];

// ---- wrappers/index.d.ts
export { createBudget, withBudget, type Budget, type BudgetedModel, type BudgetOptions, type WithBudgetOptions, } from './budget.ts';
export { costOf, type ModelPrices, type Priced, type Prices, type TokenPrices } from './prices.ts';
export { embeddingCacheKey } from './embedding-cache.ts';
export { fitMessages, type FitMessagesOptions } from './fit-messages.ts';
export { modelHealth, type ModelHealth, type ModelHealthOptions, type ModelState, type ModelVisit, } from './model-health.ts';
export { createStoreGuard } from './store-guard.ts';
export { withCache, type WithCacheOptions } from './with-cache.ts';
export { withDefaults, type ChatDefaults } from './with-defaults.ts';
export { lookUpEmbeddings, withEmbeddingCache, type WithEmbeddingCacheOptions, } from './with-embedding-cache.ts';
export { withFallback, type WithFallbackOptions } from './with-fallback.ts';
export { withRateLimit, type WithRateLimitOptions } from './with-rate-limit.ts';

// ---- wrappers/model-health.d.ts
import type { LLM } from '@mortise/core/llm';
export interface ModelHealthOptions {
    failures?: number | undefined;
    baseRestMs?: number | undefined;
    maxRestMs?: number | undefined;
    key?: ((llm: LLM) => string | object) | undefined;
    now?: (() => number) | undefined;
}
export interface ModelState {
    readonly state: 'well' | 'resting' | 'trying';
    readonly failures: number;
    readonly restMs?: number;
    readonly code?: string;
}
export interface ModelHealth {
    stateOf(llm: LLM): ModelState;
    enter(llm: LLM, evenAtRest?: boolean): ModelVisit | undefined;
}
export interface ModelVisit {
    began(): void;
    succeeded(): void;
    failed(error: unknown): void;
    left(): void;
}
export declare function modelHealth(given?: ModelHealthOptions): ModelHealth;

// ---- wrappers/prices.d.ts
import type { AnsweredBy } from '@mortise/core/call';
import type { Usage } from '@mortise/core/llm';
export interface TokenPrices {
    input: number;
    output: number;
    cachedInput?: number | undefined;
    cacheWrite?: number | undefined;
    reasoning?: number | undefined;
}
export type ModelPrices = {
    readonly [model: string]: TokenPrices;
};
export type Prices = TokenPrices | ModelPrices;
export interface Priced extends AnsweredBy {
    readonly usage: Usage;
    readonly model?: string | undefined;
}
export declare function costOf(response: Priced, prices: Prices): number | undefined;

// ---- wrappers/store-guard.d.ts
interface StoreGuardOptions {
    readonly store: object;
    readonly warn: (message: string) => void;
    readonly timeoutMs: number;
    readonly names?: {
        readonly cache: string;
        readonly user: string;
    } | undefined;
}
export type StoreGuard = <T>(what: 'read' | 'written' | 'locked', signal: AbortSignal | undefined, operation: () => Promise<T>) => Promise<T | undefined>;
export declare function createStoreGuard({ store, warn, timeoutMs, names }: StoreGuardOptions): StoreGuard;

// ---- wrappers/with-cache.d.ts
import type { KeyValueStore } from '@mortise/core/store';
import type { LLM } from '@mortise/core/llm';
export interface WithCacheOptions {
    ttlMs?: number | undefined;
    scope?: string | undefined;
}
export declare function withCache<L extends LLM>(llm: L, store: KeyValueStore, options?: WithCacheOptions): L;

// ---- wrappers/with-defaults.d.ts
import type { LLM } from '@mortise/core/llm';
export type ChatDefaults<L extends LLM = LLM> = Omit<NonNullable<Parameters<L['chat']>[1]>, 'signal' | 'parent'>;
export declare function withDefaults<L extends LLM>(llm: L, defaults: ChatDefaults<L>): L;

// ---- wrappers/with-embedding-cache.d.ts
import type { EmbeddingInput, EmbeddingModel, EmbedManyOptions } from '@mortise/core/embedding';
import type { KeyValueStore } from '@mortise/core/store';
export interface WithEmbeddingCacheOptions {
    ttlMs?: number | undefined;
    scope?: string | undefined;
    lock?: boolean | undefined;
}
export declare function withEmbeddingCache<M extends EmbeddingModel>(model: M, store: KeyValueStore, options?: WithEmbeddingCacheOptions): M;
export declare function lookUpEmbeddings(model: EmbeddingModel, store: KeyValueStore, texts: readonly EmbeddingInput[], { ttlMs, scope, ...asked }?: WithEmbeddingCacheOptions & EmbedManyOptions): Promise<(Float32Array | undefined)[]>;

// ---- wrappers/with-fallback.d.ts
import type { LLM } from '@mortise/core/llm';
import type { ModelHealth } from './model-health.ts';
export interface WithFallbackOptions {
    when?: ((error: unknown, llm: LLM) => boolean) | undefined;
    health?: ModelHealth | false | undefined;
}
export declare function withFallback<L extends LLM>(first: L, others: readonly LLM[], settings?: WithFallbackOptions): L;

// ---- wrappers/with-rate-limit.d.ts
import type { RateLimiter } from '@mortise/core/call';
import type { ChatOptions, LLM, ChatInput } from '@mortise/core/llm';
import type { RateLimitOptions } from '../limiter/rate-limit.ts';
export interface WithRateLimitOptions {
    estimateTokens?: ((input: ChatInput, options: ChatOptions) => number) | undefined;
}
export declare function withRateLimit<L extends LLM>(llm: L, limits: RateLimitOptions | RateLimiter, options?: WithRateLimitOptions): L;
