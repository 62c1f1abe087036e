import { MortiseError } from '@mortise/core';
import type { ChatMessage, ContentBlock, TextBlock } from '@mortise/core/llm';
import type { ChatPromptTemplate, PromptValue, VariablesOf } from './contract.ts';
import type { PromptOptions } from './prompt.ts';
import {
  fillAll,
  namesOf,
  openNames,
  parseTemplate,
  partly,
  present,
  refuseUnknown,
  requireAll,
  textsFor,
  valueOf,
  type Made,
  type Segment,
} from './segments.ts';

/** Stands for messages, or inside a message for blocks, that come with the values. */
export interface Placeholder<N extends string = string> {
  readonly placeholder: N;
  /** Never there: so that every member of a list of messages has a type for its content. */
  readonly content?: never;
}

/** A place in a chat prompt: between messages for a history, among the blocks of one for images and the like. */
export function placeholder<const N extends string>(name: N): Placeholder<N> {
  return { placeholder: name };
}

/** A message whose texts are templates, or the place for some. */
export type ChatPromptMessage =
  | ChatMessage
  | Placeholder
  | (Omit<ChatMessage, 'content'> & { readonly content: readonly (ContentBlock | Placeholder)[] });

/** The names in all texts of all messages. */
export type ChatVariablesOf<M extends readonly ChatPromptMessage[]> = ContentVariables<M[number]['content']>;

/** What the placeholders take. */
export type ChatPlaceholdersOf<M extends readonly ChatPromptMessage[]> = {
  readonly [N in NameOf<M[number]>]: readonly ChatMessage[];
} & { readonly [N in BlockNames<M[number]['content']>]: ContentBlock | readonly ContentBlock[] };

type NameOf<M> = M extends Placeholder<infer N> ? N : never;

type BlockNames<C> = C extends readonly unknown[] ? NameOf<C[number]> : never;

type ContentVariables<C> = C extends string
  ? VariablesOf<C>
  : C extends readonly unknown[]
    ? BlockVariables<C[number]>
    : never;

type BlockVariables<B> = B extends { readonly type: 'text'; readonly text: infer T extends string }
  ? VariablesOf<T>
  : never;

/**
 * Messages with variables that the compiler knows.
 *
 * ```ts
 * const ask = chatPrompt([
 *   { role: 'system', content: 'You answer in {language}.' },
 *   placeholder('history'),
 *   { role: 'user', content: '{question}' },
 * ]);
 * await llm.chat(ask.format({ language: 'French', history, question }));
 * ```
 */
export function chatPrompt<
  const M extends readonly ChatPromptMessage[],
  const D extends { readonly [name: string]: PromptValue } = {},
>(
  messages: M,
  options: PromptOptions<D & { readonly [N in Exclude<keyof D, ChatVariablesOf<M>>]: never }> = {},
): ChatPromptTemplate<ChatVariablesOf<M>, ChatPlaceholdersOf<M>, Extract<keyof D, string>> {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new MortiseError('configuration', 'chatPrompt() takes a list with at least one message.');
  }
  const parts = messages.map(toPart);
  const defaults = { ...options.defaults };
  refuseUnknown(defaults, namesOf(parts.flatMap(segmentsOf)));
  // The names are the compiler's to know: it read them from the literals.
  return ofParts({ parts, defaults, made: {} }) as unknown as ReturnType<typeof chatPrompt<M, D>>;
}

type Block =
  | { readonly block: TextBlock; readonly text: readonly Segment[] }
  | { readonly block: ContentBlock | Placeholder; readonly text: undefined };

type Part =
  | Placeholder
  | {
      readonly message: Pick<ChatMessage, 'role'>;
      /** One for a content that is a string. */
      readonly texts: readonly Segment[] | undefined;
      readonly blocks: readonly Block[];
    };

function toPart(given: ChatPromptMessage): Part {
  if (isPlaceholder(given)) return { ...given };
  const message = { ...given };
  if (typeof message.content === 'string')
    return { message, texts: parseTemplate(message.content), blocks: [] };
  return { message, texts: undefined, blocks: message.content.map(toBlock) };
}

function isPlaceholder(value: object): value is Placeholder {
  return 'placeholder' in value;
}

function toBlock(block: ContentBlock | Placeholder): Block {
  return isText(block) ? { block, text: parseTemplate(block.text) } : { block, text: undefined };
}

function isText(block: ContentBlock | Placeholder): block is TextBlock {
  return 'type' in block && block.type === 'text';
}

interface State {
  readonly parts: readonly Part[];
  readonly defaults: object;
  /** Functions and templates that `partial` was given. */
  readonly made: Made;
}

function segmentsOf(part: Part): readonly Segment[] {
  if (isPlaceholder(part)) return [];
  return [...(part.texts ?? []), ...part.blocks.flatMap(({ text }) => text ?? [])];
}

function ofParts({ parts, defaults, made }: State): ChatPromptTemplate<string, object> {
  const segments = parts.flatMap(segmentsOf);
  const places = parts.flatMap((part) =>
    isPlaceholder(part)
      ? [part.placeholder]
      : part.blocks.flatMap(({ block }) => (isPlaceholder(block) ? [block.placeholder] : [])),
  );
  const template = {
    variables: Object.freeze(openNames(segments, made)),
    format(values: object = {}): ChatMessage[] {
      const given = { ...defaults, ...present(values) };
      const filling = { ...given, ...made };
      // All at once first, so that the error names everything that is missing.
      requireAll(segments, filling);
      for (const name of places) listAt(name, values);
      const texts = textsFor(segments, filling, given);
      return parts.flatMap((part) => formatted(part, texts, given));
    },
    partial(values: object) {
      const { fill, made: kept } = partly(made, values);
      return ofParts({ parts: parts.map((part) => filled(part, fill)), defaults, made: kept });
    },
  };
  return Object.freeze(template) as unknown as ChatPromptTemplate<string, object>;
}

function formatted(part: Part, filling: object, given: object): readonly ChatMessage[] {
  if (isPlaceholder(part)) return listAt(part.placeholder, given) as ChatMessage[];
  const { message, texts, blocks } = part;
  if (texts !== undefined) return [{ ...message, content: fillAll(texts, filling) }];
  const content = blocks.flatMap(({ block, text }): readonly ContentBlock[] => {
    if (isPlaceholder(block)) return listAt(block.placeholder, given) as ContentBlock[];
    return [text === undefined ? block : { ...block, text: fillAll(text, filling) }];
  });
  return [{ ...message, content }];
}

/** What a placeholder was given, as a list. */
function listAt(name: string, values: object): readonly object[] {
  const value = valueOf(name, values);
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? (value as object[]) : [value];
  const message = `The prompt has a place for ${name} and got ${typeof value}. Give format() messages or blocks; an empty list for none.`;
  throw new MortiseError('validation', message);
}

function filled(part: Part, fill: (segments: readonly Segment[]) => readonly Segment[]): Part {
  if (isPlaceholder(part)) return part;
  const { message, texts, blocks } = part;
  return {
    message,
    texts: texts && fill(texts),
    blocks: blocks.map((each) =>
      each.text === undefined ? each : { block: each.block, text: fill(each.text) },
    ),
  };
}
