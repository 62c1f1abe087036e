import type { Attributes } from '../events/map.ts';
import { defined } from '../shared/json.ts';
import type { ChatOptions } from './contract.ts';
import type { ChatInput } from './message-contract.ts';

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
