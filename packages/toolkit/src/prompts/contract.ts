import type { ChatMessage } from '@mortise/core/llm';

/** A text with variables. `V` are their names, known to the compiler when the template is a literal; `D` those with a default. */
export interface PromptTemplate<V extends string = string, D extends string = never> {
  /** The template; texts that `partial` filled in are part of it. */
  readonly template: string;
  /** Names of the variables still to be filled in, each once, in order of appearance. */
  readonly variables: readonly V[];
  /** Those of them that may be left out. */
  readonly optional: readonly D[];
  /**
   * The text. Values go in as they are: a brace in one is text. A missing value is `validation`, names that are not
   * variables are ignored. For text that is not trusted see `delimited`.
   */
  format(...values: PromptArguments<V, D>): string;
  /** The same with some variables filled in. A template brings its own variables, to be filled in with the rest. */
  partial<const P extends PartialValues<V>>(
    values: P & { readonly [N in Exclude<keyof P, V>]: never },
  ): PromptTemplate<
    Exclude<V, keyof P> | NestedVariables<P[keyof P]>,
    Exclude<D, keyof P> | Exclude<NestedDefaults<P[keyof P]>, V>
  >;
}

/**
 * Messages with variables. The same rules as for {@link PromptTemplate}. `X` is what its placeholders take: messages
 * or blocks.
 */
export interface ChatPromptTemplate<
  V extends string = string,
  X extends object = object,
  D extends string = never,
> {
  readonly variables: readonly V[];
  /** Fresh messages. Blocks that are not text go through as they are. */
  format(...values: ChatPromptArguments<V, X, D>): ChatMessage[];
  /** As {@link PromptTemplate} has it; the places stay. */
  partial<const P extends PartialValues<V>>(
    values: P & { readonly [N in Exclude<keyof P, V>]: never },
  ): ChatPromptTemplate<
    Exclude<V, keyof P> | NestedVariables<P[keyof P]>,
    X,
    Exclude<D, keyof P> | Exclude<NestedDefaults<P[keyof P]>, V>
  >;
}

/** What stands for itself in a text. */
export type PromptScalar = string | number | bigint | boolean;

/**
 * What a variable takes. A list is one item a line. A function is called when the text is made, once, with the values
 * that were given to `format`.
 */
export type PromptValue =
  | PromptScalar
  | readonly PromptScalar[]
  | PlainPrompt
  | ((values: Readonly<Record<string, unknown>>) => PromptScalar | readonly PromptScalar[]);

/** A template that lacks nothing. */
export interface PlainPrompt {
  readonly template: string;
  format(): string;
}

/** What must be given, by the names in the template. */
export type PromptValues<V extends string> = { readonly [K in V]: PromptValue };

/** A template among the values of `partial`, with variables of its own. */
export interface NestedPrompt {
  readonly template: string;
  readonly variables: readonly string[];
}

/** Those of its variables that may be left out. */
export type NestedDefaults<T> = T extends {
  readonly template: string;
  readonly optional: readonly (infer N extends string)[];
}
  ? N
  : never;

/** Values that are known beforehand, for some of the variables. */
export type PartialValues<V extends string> = { readonly [K in V]?: PromptValue | NestedPrompt };

/** The variables of a prompt that stands in for a variable of another. */
export type NestedVariables<T> = T extends {
  readonly template: string;
  readonly variables: readonly (infer N extends string)[];
}
  ? N
  : never;

/** Without variables `format()` takes nothing; with defaults for all of them it may. */
export type PromptArguments<V extends string, D extends string = never> = [V] extends [never]
  ? []
  : [Exclude<V, D>] extends [never]
    ? [values?: { readonly [K in D]?: PromptValue }]
    : [values: PromptValues<Exclude<V, D>> & { readonly [K in D]?: PromptValue }];

/** What `format()` of a chat prompt takes: as a prompt does, with the messages that fill its places. */
export type ChatPromptArguments<V extends string, X extends object, D extends string = never> = [
  V | keyof X,
] extends [never]
  ? []
  : [Exclude<V, D> | keyof X] extends [never]
    ? [values?: { readonly [K in D]?: PromptValue }]
    : [values: PromptValues<Exclude<V, D>> & { readonly [K in D]?: PromptValue } & X];

/**
 * The names in a template: `{identifier}` is a variable, `{{` a brace, any other `{` is text. Identifiers are ASCII
 * letters, digits and `_`, not beginning with a digit. `string` for a template that is not a literal.
 */
export type VariablesOf<T extends string> = string extends T ? string : Names<T, never>;

type Names<T extends string, Found extends string> = T extends `${string}{${infer Rest}`
  ? Rest extends `{${infer After}`
    ? Names<After, Found>
    : Rest extends `${infer Name}}${infer After}`
      ? IsIdentifier<Name> extends true
        ? Names<After, Found | Name>
        : Names<Rest, Found>
      : Names<Rest, Found>
  : Found;

type IsIdentifier<S extends string> = S extends `${infer First}${infer Rest}`
  ? First extends Letter
    ? IsTail<Rest>
    : false
  : false;

type IsTail<S extends string> = S extends `${infer First}${infer Rest}`
  ? First extends Letter | Digit
    ? IsTail<Rest>
    : false
  : true;

type Lower =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z';
type Letter = Lower | Uppercase<Lower> | '_';
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
