import { errorText } from '@mortise/core';
import { toMessages, type ChatInput, type ChatMessage, type ContentBlock } from '@mortise/core/llm';
import { base64Of, isObject } from '@mortise/core/shared';
import { mcpError } from './client.ts';
import type { McpContent } from './served-tool.ts';

/** What fills in messages from texts by name: `prompt()` and `chatPrompt()` of the toolkit. */
export interface FilledPrompt {
  readonly variables: readonly string[];
  /** Those that may be left out. Default: none. */
  readonly optional?: readonly string[] | undefined;
  format(values: never): ChatInput;
}

/** A prompt to serve. */
export interface ServedPrompt {
  /** `prompt('Translate {text}.')`, `chatPrompt([…])`, or whatever fills in messages. */
  readonly template: FilledPrompt;
  readonly title?: string | undefined;
  /** When to use it, for people. */
  readonly description?: string | undefined;
  /** What its variables mean, by name. */
  readonly arguments?: Readonly<Record<string, string>> | undefined;
}

/** A prompt as it is listed. */
export interface PromptDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly arguments: { name: string; description?: string; required: boolean }[];
}

export function promptDefinition(
  name: string,
  { template, title, description, arguments: about = {} }: ServedPrompt,
): PromptDefinition {
  const { variables, optional = [], format } = (template ?? {}) as Partial<FilledPrompt>;
  if (name === '' || !Array.isArray(variables) || typeof format !== 'function') {
    const message = `The prompt ${JSON.stringify(name)} cannot be served: give a template of prompt() or chatPrompt() of the toolkit, under a name.`;
    throw mcpError('configuration', message);
  }
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    arguments: variables.map((variable: string) => ({
      name: variable,
      ...(Object.hasOwn(about, variable) ? { description: about[variable] ?? '' } : {}),
      required: !optional.includes(variable),
    })),
  };
}

/** The messages. The protocol has no system messages: what one says comes as the user's. */
export function promptMessages(
  { template }: ServedPrompt,
  values: Readonly<Record<string, string>>,
): { role: 'user' | 'assistant'; content: McpContent }[] {
  let messages: readonly ChatMessage[];
  try {
    messages = toMessages(template.format(values as never));
  } catch (cause) {
    throw mcpError('invalid-request', `The prompt cannot be filled in: ${errorText(cause)}`, cause);
  }
  return messages.flatMap(({ role, content }) => {
    const blocks: readonly ContentBlock[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return blocks.map((block) => ({
      role: role === 'assistant' ? ('assistant' as const) : ('user' as const),
      content: contentOf(block),
    }));
  });
}

function contentOf(block: ContentBlock): McpContent {
  if (block.type === 'text') return { type: 'text', text: (block as { text: string }).text };
  const { source } = block as { source?: unknown };
  if (block.type === 'image' && isObject(source) && typeof source['mediaType'] === 'string') {
    const { data, mediaType } = source;
    if (data instanceof Uint8Array) return { type: 'image', data: base64Of(data), mimeType: mediaType };
    if (typeof data === 'string') return { type: 'image', data, mimeType: mediaType };
  }
  throw mcpError(
    'unsupported',
    `A prompt cannot hold a block of the type ${block.type}. Serve it as a tool.`,
  );
}
