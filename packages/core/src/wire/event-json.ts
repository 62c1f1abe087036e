import { isObject, parseText } from '../shared/json.ts';
import { malformed, type About } from './about.ts';
import type { SseEvent } from './decoders.ts';
import { describeFailure, isFailure } from './failure.ts';
import { errorFromSaid } from './http-error.ts';

/** One event's data as a JSON object. What says that it is a failure, by its name or by its data, throws it. */
export function eventJson(event: SseEvent, about: About): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseText(event.data);
  } catch (cause) {
    if (cause instanceof RangeError) throw malformed(cause.message, about, cause);
    // A sentence under the name of an error is what happened.
    if (event.event === 'error') value = event.data;
    else throw new SyntaxError(`${about.provider} sent an event that is not JSON.`, { cause });
  }
  if (event.event === 'error' || isFailure(value)) throw errorFromSaid(describeFailure(value), about);
  if (isObject(value)) return value;
  throw malformed('an event that is not a JSON object', about);
}
