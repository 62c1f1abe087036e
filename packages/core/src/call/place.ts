import type { Attributes } from '../events/map.ts';
import type { AnsweredBy } from './contract.ts';

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
