import type { ChatMessage } from '../llm/message.ts';

/** A text with variables. `V` are their names, known to the compiler when the template is a literal. */
export interface PromptTemplate<V extends string = string> {
  /** The template, what was filled in by `partial` included. */
  readonly template: string;
  /** Names of the variables still to be filled in, each once, in order of appearance. */
  readonly variables: readonly V[];
  /**
   * The text. Values go in as they are: a brace in one is text. A missing value is `validation`, names that are not
   * variables are ignored. For text that is not trusted see `delimited`.
   */
  format(...values: PromptArguments<V>): string;
  /** The same with some variables filled in. */
  partial<K extends V>(values: PromptValues<K>): PromptTemplate<Exclude<V, K>>;
}

/** Messages with variables. The same rules as for {@link PromptTemplate}. */
export interface ChatPromptTemplate<V extends string = string> {
  readonly variables: readonly V[];
  /** Fresh messages. Blocks that are not text go through as they are. */
  format(...values: PromptArguments<V>): ChatMessage[];
  partial<K extends V>(values: PromptValues<K>): ChatPromptTemplate<Exclude<V, K>>;
}

/** What a variable takes. */
export type PromptValue = string | number | bigint | boolean;

export type PromptValues<V extends string> = { readonly [K in V]: PromptValue };

/** Without variables `format()` takes nothing. */
export type PromptArguments<V extends string> = [V] extends [never] ? [] : [values: PromptValues<V>];

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
