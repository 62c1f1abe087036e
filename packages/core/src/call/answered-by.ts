import { MortiseError } from '../errors.ts';
import type { AnsweredBy, ModelSettings } from './contract.ts';

/** What a base says in each of its responses; `configuration` for a name that is not a non-empty string. */
export function answeredBy(provider: string, { name }: Pick<ModelSettings, 'name'>): AnsweredBy {
  if (name === undefined) return { provider };
  if (typeof name === 'string' && name !== '') return { provider, server: name };
  throw new MortiseError('configuration', 'name is not a non-empty string; it names the server.');
}
