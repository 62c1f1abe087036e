import { isObject, parseText } from '../shared/json.ts';
import { malformed, type About } from './about.ts';
import { failureIn } from './failure.ts';
import { errorFromSaid } from './http-error.ts';
import type { SseEvent } from './sse.ts';

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
  if (mayFail(event, value)) {
    const failure = failureIn(value, event);
    if (failure !== undefined) throw errorFromSaid(failure, about);
  }
  if (isObject(value)) return value;
  throw malformed('an event that is not a JSON object', about);
}

/** By hand and not in a loop over names: this runs for every token, and events of one stream have few shapes. */
function hasSign(value: Record<string, unknown>): boolean {
  const { error, errors, fault, status, success } = value;
  const { error_type: word, error_code: code, error_message: message, errorMessage } = value;
  return (
    (error ?? errors ?? fault ?? status ?? success) !== undefined ||
    (word ?? code ?? message ?? errorMessage) !== undefined
  );
}

/** Whether it is worth a closer look: every member by which `failureIn` knows a failure is asked for, and none is judged. */
function mayFail({ event }: SseEvent, value: unknown): boolean {
  if (event === 'error' || !isObject(value)) return true;
  const { type } = value;
  if (type === undefined && !Array.isArray(value['choices'])) return true;
  return type === 'error' || value['object'] === 'error' || hasSign(value);
}
