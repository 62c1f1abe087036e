import { MortiseError } from '@mortise/core';
import type { ChatInput, ChatOptions, LLM, ProviderOptions } from '@mortise/core/llm';
import { checkOptions, isObject, reading, requireMembers } from '@mortise/core/shared';
import { type CallDefaults, defaultsOf, overDefaults } from '../call-defaults.ts';
import { wrapCalls } from './wrap.ts';

/** Every option of a chat of `L` but `signal` and `parent`, which belong to one call. */
export type ChatDefaults<L extends LLM = LLM> = Omit<
  NonNullable<Parameters<L['chat']>[1]>,
  'signal' | 'parent'
>;

/**
 * `llm` with options that hold where a call does not give its own: an option of the call replaces the default as a whole, and
 * `undefined` leaves it. `providerOptions` are merged by provider, option by option; as everywhere, `undefined` or `null` there
 * removes one. Completions take all but the tools. Wrappers around it, and `structured`, see the defaults as if each call had given
 * them: a cache has them in its key, a budget reserves `maxOutputTokens`. The model checks their values at each call. Throws
 * `configuration` for `signal` and `parent`.
 */
export function withDefaults<L extends LLM>(llm: L, defaults: ChatDefaults<L>): L {
  requireMembers<LLM>(llm, ['chat', 'complete', 'streamChat', 'streamComplete'], 'llm', 'LLM');
  const own = copied(defaults);
  const calls = {
    chat: (input: ChatInput, options?: ChatOptions) => llm.chat(input, options),
    complete: (prompt: string, options?: ChatOptions) => llm.complete(prompt, options),
    streamChat: (input: ChatInput, options?: ChatOptions) => llm.streamChat(input, options),
    streamComplete: (prompt: string, options?: ChatOptions) => llm.streamComplete(prompt, options),
  };
  return wrapCalls(llm, calls, overDefaults(defaultsOf(llm), own));
}

/** What its owner does with it later changes no call. */
function copied(given: CallDefaults): CallDefaults {
  const defaults: ChatOptions = checkOptions(given, 'configuration');
  for (const name of ['signal', 'parent'] as const)
    if (defaults[name] !== undefined)
      throw new MortiseError(
        'configuration',
        `\`${name}\` belongs to one call and is no default. Give it to the call.`,
      );
  const { providerOptions } = defaults;
  if (providerOptions === undefined) return defaults;
  return { ...defaults, providerOptions: copiedByProvider(providerOptions) };
}

function copiedByProvider(given: ProviderOptions): ProviderOptions {
  return reading(
    'providerOptions',
    () => {
      if (!isObject(given)) throw new TypeError('they are no object');
      const entries = Object.entries<ProviderOptions[string]>(given);
      return Object.fromEntries(
        entries.map(([provider, options]) => [provider, isObject(options) ? { ...options } : options]),
      );
    },
    'configuration',
  );
}
