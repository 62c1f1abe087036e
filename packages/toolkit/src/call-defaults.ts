import { isObject, reading } from '@mortise/core/shared';
import type { ChatOptions, ProviderOptions } from '@mortise/core/llm';

/** Default options of a model's calls, for those who look at a call's options before the model does. */
export type CallDefaults = Omit<ChatOptions, 'signal' | 'parent'>;

/** By its name, so that wrappers of another copy of the toolkit find it. */
export const DEFAULTS: unique symbol = Symbol.for('mortise.defaults') as never;

export function defaultsOf(llm: object): CallDefaults | undefined {
  return (llm as { readonly [DEFAULTS]?: CallDefaults })[DEFAULTS];
}

/** The options of a call over its defaults. `undefined` in a call leaves a default as it is; options of a provider are merged. */
export function overDefaults<O extends ChatOptions>(defaults: CallDefaults | undefined, options: O): O {
  if (defaults === undefined) return options;
  return reading('The options object', () => {
    const own = Object.entries(options).filter(([, value]) => value !== undefined);
    const merged = { ...defaults, ...Object.fromEntries(own) } as O;
    const providerOptions = mergedByProvider(defaults.providerOptions, options.providerOptions);
    return providerOptions === undefined ? merged : { ...merged, providerOptions };
  });
}

/** C-07: `undefined` or `null` there removes a default, so it goes on to the model. */
function mergedByProvider(
  defaults: ProviderOptions | undefined,
  own: ProviderOptions | undefined,
): ProviderOptions | undefined {
  if (!isObject(defaults) || !isObject(own)) return undefined;
  const entries = Object.entries(own).map(([provider, options]) => {
    const base = Object.hasOwn(defaults, provider) ? defaults[provider] : undefined;
    return [provider, isObject(base) && isObject(options) ? { ...base, ...options } : options] as const;
  });
  return { ...defaults, ...Object.fromEntries(entries) };
}

/** What of it a completion takes. */
export function withoutTools(defaults: CallDefaults | undefined): CallDefaults | undefined {
  if (defaults === undefined) return undefined;
  const { tools: _tools, toolChoice: _choice, ...rest } = defaults;
  return rest;
}
