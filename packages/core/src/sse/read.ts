import { MortiseError, type KnownErrorCode } from '../errors.ts';

/**
 * The events that `toSSE` or `toResponse` sent, in a browser or anywhere: `fromSSE<ChatStreamEvent>(await fetch(url))`.
 * `break` closes the connection. An error that the server sent is thrown with its code, what ends without having said so
 * is `stream-truncated`, another status than success is an error by its number, and what is none of ours,
 * or an event of more than 32 Mi characters, `malformed-response`; after an abort of the `fetch` its reason is thrown.
 */
export async function* fromSSE<E>(
  source: Response | ReadableStream<Uint8Array>,
): AsyncGenerator<E, void, undefined> {
  const reader = bodyOf(source).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (done) throw cut();
      const lines = decoder.decode(value, { stream: true }).split('\n');
      lines[0] = rest + (lines[0] ?? '');
      rest = lines.pop() ?? '';
      if (rest.length + data.length > MOST_CHARACTERS) throw foreign();
      for (const line of lines.map((each) => each.replace(/\r$/, ''))) {
        if (line.startsWith('event: ')) name = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
        else if (line === '' && data !== '') {
          if (name === 'end') return;
          const event = parsed(data);
          if (name === 'error') throw sentError(event);
          yield event as E;
          name = data = '';
        }
      }
    }
  } finally {
    // What it rejects with was thrown already.
    await reader.cancel().catch(() => undefined);
  }
}

/** Of one event. A literal, since bundlers keep what they would have to compute. */
const MOST_CHARACTERS = 33_554_432;

function bodyOf(source: Response | ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const stream = 'getReader' in source ? source : bodyOfResponse(source);
  if (!stream.locked && !('bodyUsed' in source && source.bodyUsed)) return stream;
  throw new MortiseError(
    'invalid-request',
    'This response was read already: a stream is read once. Ask again.',
  );
}

function bodyOfResponse({ ok, status, body, headers }: Response): ReadableStream<Uint8Array> {
  const type = headers.get('content-type') ?? 'none';
  if (ok && body !== null && /^\s*text\/event-stream\s*(;|$)/i.test(type)) return body;
  const code = ok
    ? 'malformed-response'
    : (BY_STATUS[status] ?? (status < 500 ? 'invalid-request' : 'server'));
  const message = `The server answered with status ${status} and content type ${type}, not with server-sent events.`;
  throw new MortiseError(code, message, { status });
}

const BY_STATUS: Readonly<Record<number, KnownErrorCode>> = {
  401: 'authentication',
  403: 'permission',
  404: 'not-found',
  429: 'rate-limit',
};

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw foreign(cause);
  }
}

function sentError(sent: unknown): MortiseError {
  const { code, message, retryable } = Object(sent) as { readonly [member: string]: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return foreign();
  // Readers must expect codes of later versions.
  return new MortiseError(code as KnownErrorCode, message, { retryable: retryable === true });
}

function foreign(cause?: unknown): MortiseError {
  const message = 'An event is none that toSSE sends, or was changed on the way.';
  return new MortiseError('malformed-response', message, { cause });
}

/** A `TypeError` is the network's; anything else the reason of whoever aborted. */
function brokenOff(cause: unknown): never {
  throw cause instanceof TypeError ? cut(cause) : cause;
}

function cut(cause?: unknown): MortiseError {
  const message = 'The stream ended before the server said that it is over: it is cut. Ask again.';
  return new MortiseError('stream-truncated', message, { retryable: true, cause });
}
