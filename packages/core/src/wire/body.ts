import { isObject, MAX_JSON_PARTS, parseText, TOO_MANY_PARTS } from '../shared/json.ts';
import { malformed, type About, type ReadingAttempt } from './about.ts';
import type { SseEvent } from './decoders.ts';
import { describeFailure, isFailure, MOST_SAID, saysFailure } from './failure.ts';
import { errorFromSaid } from './http-error.ts';
import { readReplyText } from './reply-bytes.ts';
import { redact } from './secrets.ts';

/**
 * The reply as JSON, read whole. HTML from a proxy, an empty body, half a document: `malformed-response`. A body that says
 * that it is a failure, in whichever server's shape, is that failure, also with status 200 (E-06).
 */
export async function readJson(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
): Promise<Record<string, unknown>> {
  return parseJson(await readReplyText(response, attempt, about, countParts(about)), response, about);
}

/** So many bytes may be anything: to count what few replies have would cost all of them. */
const UNCOUNTED_BYTES = 16_777_216; // 16 * 1024 * 1024

/**
 * Throws when the bytes of a JSON text have become one that {@link parseText} would refuse: by its end it may have taken
 * the memory of a process.
 */
export function countParts(about: About): (bytes: Uint8Array) => void {
  let seen = 0;
  let parts = 0;
  return (bytes) => {
    seen += bytes.length;
    if (seen <= UNCOUNTED_BYTES) return;
    for (const code of bytes)
      if ((code === 0x22 || code === 0x5b || code === 0x7b) && ++parts > MAX_JSON_PARTS)
        throw malformed(TOO_MANY_PARTS, about);
  };
}

/** The text of a reply as a JSON object, by the rules of {@link readJson}; `alone` as in {@link throwFailure}. */
export function parseJson(
  text: string,
  response: Response,
  about: About,
  alone = false,
): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseText(text);
  } catch (cause) {
    throw malformed(
      cause instanceof RangeError
        ? cause.message
        : describe(response, redact(text.slice(0, MOST_SAID), about.secrets), text.length),
      about,
      cause,
    );
  }
  throwFailure(value, about, alone);
  if (!isObject(value)) throw malformed(`JSON that is not an object`, about);
  return value;
}

/** Throws what `value` says, if it says that it is a failure; `alone` as in {@link isFailure}. */
export function throwFailure(value: unknown, about: About, alone = false): void {
  if (isFailure(value, alone)) throw errorFromSaid(describeFailure(value), about);
}

function describe(response: Response, text: string, length: number): string {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (length === 0) return 'an empty body';
  const start = text.slice(0, MOST_SAID).trimStart();
  // A sentence of a gateway says what happened; a page or half a document does not.
  const said = /^[<{["]/.test(start) ? '' : `: ${start.slice(0, 200).split(/\s+/).join(' ').trimEnd()}`;
  return `something that is not JSON (${type}, ${length} characters)${said}`;
}

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
  if (event.event !== 'error' && isObject(value) && !saysFailure(value)) return value;
  if (event.event === 'error' || isFailure(value)) throw errorFromSaid(describeFailure(value), about);
  throw malformed('an event that is not a JSON object', about);
}
