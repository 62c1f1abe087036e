import type { AnsweredBy, ModelSettings } from './contract.ts';

/** What a base says in each of its responses. `callPolicy` has checked the name. */
export function answeredBy(provider: string, { name }: Pick<ModelSettings, 'name'>): AnsweredBy {
  return name === undefined ? { provider } : { provider, server: name };
}
