import { isObject } from '../shared/json.ts';

/** What counts as said: all but counts, warnings, pings and empty deltas. */
export function says(event: unknown): boolean {
  if (!isObject(event)) return true;
  const { type, delta } = event;
  return type !== 'usage' && type !== 'warning' && type !== 'ping' && delta !== '';
}
