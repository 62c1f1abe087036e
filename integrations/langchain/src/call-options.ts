import { MortiseError } from '@mortise/core';
import type { ChatRequest, ToolChoice } from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import type { About } from '@mortise/core/wire';
import { OWNER } from './blocks.ts';

/** What a call of one of their models takes besides its messages. */
export interface CallOptions {
  /** Of `invoke` and `stream`. */
  readonly options: Record<string, unknown>;
  /** Of `bindTools`: the tools, in the form that all of their models take. */
  readonly tools: readonly object[] | undefined;
  readonly toolOptions: Record<string, unknown>;
}

/** Settings of one call that LangChain.js takes where a model is made, and not with a call. */
export type LangChainSettings = Pick<
  ChatRequest,
  'temperature' | 'topP' | 'maxOutputTokens' | 'seed' | 'reasoning'
>;

/** Those that a request has. */
export function settingsOf({
  temperature,
  topP,
  maxOutputTokens,
  seed,
  reasoning,
}: ChatRequest): LangChainSettings {
  return defined({ temperature, topP, maxOutputTokens, seed, reasoning });
}

/**
 * The rest of a request: what `@langchain/core` gives a meaning for every model, and the response format as its agents send
 * it. `maxRetries: 0` since core repeats; `@langchain/core` below 1.4 does not see it there. A model of ours in a class of
 * theirs (`isOurs`) is told to be strict; to theirs, `strict` means the schemas of tools.
 */
export function toCallOptions(
  request: ChatRequest,
  { signal, about, isOurs }: { signal: AbortSignal; about: About; isOurs: boolean },
): CallOptions {
  const { tools, toolChoice, responseFormat, stop, strict, providerOptions } = request;
  return {
    options: defined({
      ...{ signal, maxRetries: 0 },
      stop: stop === undefined ? undefined : [...stop],
      response_format: responseFormatOf(responseFormat, about),
      mortise: isOurs && strict ? { strict } : undefined,
      ...providerOptions?.[OWNER],
    }),
    tools: tools?.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: defined({ name, description, parameters, strict }),
    })),
    toolOptions: defined({ tool_choice: choiceOf(toolChoice, about) }),
  };
}

function choiceOf(choice: ToolChoice | undefined, about: About): string | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none') return choice;
  if (choice === 'required') return 'any';
  if ('tool' in choice) return choice.tool;
  throw new MortiseError(
    'unsupported',
    `This tool choice has no name in LangChain.js. Use another one.`,
    about,
  );
}

function responseFormatOf(format: ChatRequest['responseFormat'], about: About): object | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type !== 'json')
    throw new MortiseError(
      'unsupported',
      `The response format ${format.type} has no name in LangChain.js.`,
      about,
    );
  const { schema, name = 'answer', description } = format;
  if (schema === undefined) return { type: 'json_object' };
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict: true }) };
}
