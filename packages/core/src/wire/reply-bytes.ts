import { connectionIsFree } from '../call/timers.ts';
import { thrownWithoutSecrets, type About, type ReadingAttempt } from './about.ts';
import { ReplyBounds } from './bounds.ts';

const SOMEBODY: About = { provider: 'The server' };

/**
 * The reply as text; the attempt gets its headers. One of more than the attempt's `maxReplyBytes` is
 * `malformed-response`, and is read no further.
 */
export async function readReplyText(
  response: Response,
  attempt: ReadingAttempt,
  about: About = SOMEBODY,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  await readReplyBytes(response, attempt, about, (bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text + decoder.decode();
}

/** Hands on each arrival of the reply's bytes, within the bounds. */
export async function readReplyBytes(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  attempt.touch();
  attempt.replied?.(response.headers);
  const bounds = new ReplyBounds(attempt, about);
  const { body } = response as { readonly body: Response['body'] | undefined };
  if (body === null || body === undefined) {
    // No bytes, or a double of a test that only has a text.
    const bytes = new TextEncoder().encode(await response.text());
    bounds.add(bytes.length);
    return take(bytes);
  }
  const reader = body.getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bounds.add(value.length);
      take(value);
    }
    finished = true;
  } catch (error) {
    throw thrownWithoutSecrets(error, about);
  } finally {
    if (!finished) reader.cancel().catch(() => undefined);
  }
  await connectionIsFree();
}
