import { fetchForAISDK } from '@mortise/ai-sdk';
import type { WireTarget } from '@mortise/conformance';

export const KEY = 'ai-sdk-conformance';

/** What each of their providers takes of a target. `PLAIN=1` tries them on the global `fetch`. */
export const settingsOf = ({ settings }: WireTarget) => ({
  headers: { ...settings.headers },
  apiKey: KEY,
  ...(process.env['PLAIN'] === undefined && { fetch: fetchForAISDK() }),
});

/** Behind the path, not behind a query. */
export function below({ url }: WireTarget, path: string): string {
  const address = new URL(url);
  address.pathname = `${address.pathname === '/' ? '' : address.pathname}${path}`;
  return address.href;
}
