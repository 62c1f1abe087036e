import type { Attributes } from '../events/map.ts';
import type { AnsweredBy } from '../call/contract.ts';
import { defined } from '../shared/json.ts';
import type { ChatOptions } from './contract.ts';
import type { ChatInput } from './message-contract.ts';

/** Whom a model asks: the integration, what the application calls the server, and its host. Of its address no more is told. */
export function placeOf(
  asked: AnsweredBy & { readonly model: string },
  baseURL: string | undefined,
): Attributes {
  // What is no text the integration refuses, with its own words.
  const url = typeof baseURL === 'string' ? URL.parse(baseURL) : null;
  if (url === null || url.hostname === '') return { ...asked };
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return { ...asked, address: url.hostname, port };
}

/** What of the options is numbers and names. Values of a wrong type are left out: the call refuses them. */
export function askedOf(options: ChatOptions): Attributes {
  const { temperature, topP, maxOutputTokens, seed, tools, responseFormat, reasoning } = options;
  return defined({
    temperature: numberOf(temperature),
    topP: numberOf(topP),
    maxOutputTokens: numberOf(maxOutputTokens),
    seed: numberOf(seed),
    tools: Array.isArray(tools) ? tools.length : undefined,
    responseFormat: wordOf(() => responseFormat?.type),
    effort: wordOf(() => reasoning?.effort),
  });
}

/** What is said to the model. Options that cannot be read are refused by the call, not here. */
export function contentOf(input: ChatInput | { readonly prompt: string }, options: ChatOptions): Attributes {
  try {
    const { tools = [], stop } = options;
    const described = tools.map(({ name, description }) => defined({ name, description }));
    return defined({ input, tools: described.length === 0 ? undefined : described, stop });
  } catch {
    return { input };
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function wordOf(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
