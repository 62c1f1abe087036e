import { DEFAULT_MAX_LINE_BYTES, DEFAULT_MAX_REPLY_BYTES } from '../call/retry.ts';
import { connectionIsFree } from '../call/timers.ts';
import type { MortiseError } from '../errors.ts';
import { thrownWithoutSecrets, wireError, type About, type ReadingAttempt } from './about.ts';

/** Keeps nothing between texts: most replies come in one piece, and a decoder for each would cost more than its text. */
const WHOLE = new TextDecoder();

const SOMEBODY: About = { provider: 'The server' };

/**
 * The reply as text; the attempt gets its headers. One of more than the attempt's `maxReplyBytes` is
 * `malformed-response`, and is read no further. `look` gets each arrival of bytes, and may throw.
 */
export async function readReplyText(
  response: Response,
  attempt: ReadingAttempt,
  about: About = SOMEBODY,
  look?: (bytes: Uint8Array) => void,
): Promise<string> {
  let first: Uint8Array | undefined;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let text = '';
  await readReplyBytes(response, attempt, about, (bytes) => {
    look?.(bytes);
    if (first === undefined) return void (first = bytes);
    if (decoder === undefined) {
      decoder = new TextDecoder();
      text = decoder.decode(first, { stream: true });
    }
    text += decoder.decode(bytes, { stream: true });
  });
  return decoder === undefined ? WHOLE.decode(first) : text + decoder.decode();
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
    if (!finished) giveUp(reader);
  }
  await connectionIsFree();
}

/** Leaves a body unread. What becomes of its connection concerns nobody. */
export function giveUp(body: Pick<ReadableStream, 'cancel'>): void {
  body.cancel().catch(() => undefined);
}

/** C-13: bytes that came, counted after decompression, against the two bounds of a reply. */
export class ReplyBounds {
  readonly #about: About;
  readonly #maxReplyBytes: number;
  readonly #maxLineBytes: number;
  #bytes = 0;

  constructor(attempt: ReadingAttempt, about: About, mostBytes = DEFAULT_MAX_REPLY_BYTES) {
    this.#about = about;
    this.#maxReplyBytes = attempt.maxReplyBytes ?? mostBytes;
    this.#maxLineBytes = attempt.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws when the reply has become too large. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxReplyBytes)
      throw this.#tooLarge('a reply', 'maxReplyBytes', this.#maxReplyBytes);
  }

  /** Throws when what there is of a line or an event is too large. */
  line(bytes: number): void {
    if (bytes > this.#maxLineBytes) throw this.#tooLarge('a line', 'maxLineBytes', this.#maxLineBytes);
  }

  #tooLarge(what: string, option: string, most: number): MortiseError {
    const message = `${this.#about.provider} sent ${what} of more than ${most} bytes, which is the bound (${option}); it was read no further. Raise ${option} if it can be that large.`;
    return wireError('malformed-response', message, this.#about);
  }
}
