import { DEFAULT_MAX_LINE_BYTES, DEFAULT_MAX_REPLY_BYTES } from '../call/retry.ts';
import { MortiseError } from '../errors.ts';
import type { About, ReadingAttempt } from './about.ts';
import { redact } from './secrets.ts';

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
    const { provider, model, secrets } = this.#about;
    const message = `${provider} sent ${what} of more than ${most} bytes, which is the bound (${option}); it was read no further. Raise ${option} if it can be that large.`;
    return new MortiseError('malformed-response', redact(message, secrets), { provider, model });
  }
}
