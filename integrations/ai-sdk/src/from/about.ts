import { isObject } from '@mortise/core/shared';
import { PUBLIC, secretsOfURL } from '../fetch.ts';
import { partOf, textOf, type Part } from '../read.ts';

/** What is known of who answers. */
export interface Theirs {
  /** The key of `providerOptions`. */
  readonly key: string;
  /** Where the server is, as far as their model tells. */
  readonly baseURL: string | undefined;
}

/**
 * Their models say their provider as `openai.chat`, and keep where it is and its headers to themselves, mostly in `config`.
 * What can be read there tells servers apart (C-14) and keeps keys out of errors (C-09); without it the options do.
 */
export function theirsOf(model: { readonly provider: string; readonly modelId: string }): Theirs {
  const [key = model.provider] = model.provider.split('.');
  return { key, baseURL: baseURLIn(model) };
}

function configOf(model: object): Part {
  return partOf((model as { readonly config?: unknown }).config);
}

function baseURLIn(model: { readonly modelId: string }): string | undefined {
  try {
    const { baseURL, url } = configOf(model);
    if (typeof baseURL === 'string') return baseURL;
    return isCallable(url) ? textOf(url({ path: '', modelId: model.modelId })) : undefined;
  } catch {
    return undefined;
  }
}

/** The values of the headers that their model sends: keys, mostly. */
export async function secretsOf(model: { readonly modelId: string }): Promise<readonly string[]> {
  const address = baseURLIn(model);
  const inURL = address === undefined ? [] : secretsOfURL(address);
  try {
    const { headers } = configOf(model);
    const sent: unknown = await (isCallable(headers) ? headers() : headers);
    if (!isObject(sent)) return inURL;
    const values = Object.entries(sent).flatMap(([name, value]) =>
      typeof value === 'string' && !PUBLIC.test(name) ? [value] : [],
    );
    return [...inURL, ...values];
  } catch {
    return inURL;
  }
}

function isCallable(value: unknown): value is (options?: object) => unknown {
  return typeof value === 'function';
}
