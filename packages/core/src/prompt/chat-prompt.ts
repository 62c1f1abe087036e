import { MortiseError } from '../errors.ts';
import type { ChatMessage, ContentBlock, TextBlock } from '../llm/message.ts';
import type { ChatPromptTemplate, VariablesOf } from './contract.ts';
import { fillAll, fillSome, namesOf, parseTemplate, type Segment } from './segments.ts';

/** A message whose texts are templates. */
export type ChatPromptMessage = ChatMessage;

/** The names in all texts of all messages. */
export type ChatVariablesOf<M extends readonly ChatPromptMessage[]> = ContentVariables<M[number]['content']>;

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
 *   { role: 'user', content: '{question}' },
 * ]);
 * await llm.chat(ask.format({ language: 'French', question }));
 * ```
 */
export function chatPrompt<const M extends readonly ChatPromptMessage[]>(
  messages: M,
): ChatPromptTemplate<ChatVariablesOf<M>> {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new MortiseError('configuration', 'chatPrompt() takes a list with at least one message.');
  }
  return ofParts<ChatVariablesOf<M>>(messages.map(toPart));
}

type Block =
  | { readonly block: TextBlock; readonly text: readonly Segment[] }
  | { readonly block: ContentBlock; readonly text: undefined };

interface Part {
  readonly message: ChatMessage;
  /** One for a content that is a string. */
  readonly texts: readonly Segment[] | undefined;
  readonly blocks: readonly Block[];
}

function toPart(given: ChatMessage): Part {
  const message = { ...given };
  if (typeof message.content === 'string')
    return { message, texts: parseTemplate(message.content), blocks: [] };
  return { message, texts: undefined, blocks: message.content.map(toBlock) };
}

function toBlock(block: ContentBlock): Block {
  return isText(block) ? { block, text: parseTemplate(block.text) } : { block, text: undefined };
}

function isText(block: ContentBlock): block is TextBlock {
  return block.type === 'text';
}

function ofParts<V extends string>(parts: readonly Part[]): ChatPromptTemplate<V> {
  const segments = parts.flatMap(({ texts, blocks }) => [
    ...(texts ?? []),
    ...blocks.flatMap(({ text }) => text ?? []),
  ]);
  return Object.freeze<ChatPromptTemplate<V>>({
    variables: Object.freeze(namesOf(segments) as V[]),
    format(...[values]) {
      // All at once first, so that the error names everything that is missing.
      fillAll(segments, values);
      return parts.map((part) => formatted(part, values ?? {}));
    },
    partial: (values) => ofParts(parts.map((part) => filled(part, values))),
  });
}

function formatted({ message, texts, blocks }: Part, values: object): ChatMessage {
  if (texts !== undefined) return { ...message, content: fillAll(texts, values) };
  const content = blocks.map(({ block, text }) =>
    text === undefined ? block : { ...block, text: fillAll(text, values) },
  );
  return { ...message, content };
}

function filled({ message, texts, blocks }: Part, values: object): Part {
  return {
    message,
    texts: texts && fillSome(texts, values),
    blocks: blocks.map((part) =>
      part.text === undefined ? part : { block: part.block, text: fillSome(part.text, values) },
    ),
  };
}
