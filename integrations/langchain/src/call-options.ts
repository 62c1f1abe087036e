import { MortiseError, type Warning } from '@mortise/core';
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

/** Says that settings were left out, or refuses under `strict`. */
export function leaveOut(
  settings: readonly string[],
  strict: boolean,
  warn: (warning: Warning) => void,
  about: About,
): void {
  for (const setting of settings) {
    const why =
      'LangChain.js takes it where a model is made. Set it there, or give fromLangChain `withSettings`.';
    if (strict) throw new MortiseError('unsupported', `A call cannot set ${setting}: ${why}`, about);
    warn({ type: 'unsupported-setting', setting, message: `${setting} was left out: ${why}` });
  }
}

/**
 * The rest of a request: what `@langchain/core` gives a meaning for every model, and the response format as its agents send
 * it. `maxRetries: 0` since core repeats; `@langchain/core` below 1.4 does not see it there.
 */
export function toCallOptions(request: ChatRequest, signal: AbortSignal, about: About): CallOptions {
  const { tools, toolChoice, responseFormat, stop, providerOptions } = request;
  return {
    options: defined({
      ...{ signal, maxRetries: 0 },
      stop: stop === undefined ? undefined : [...stop],
      response_format: responseFormatOf(responseFormat, about),
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
