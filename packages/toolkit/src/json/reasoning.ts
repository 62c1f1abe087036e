/*
 * Some models write what they think in front of the reply, in the same text: `<think>...</think>`. It is not part of
 * the reply, but drafts of it are likely to stand there.
 */

const OPENING = /^<(think|thinking|reasoning)>/i;
/** The longest opening tag. */
const LONGEST = 11;

/** Where the reply begins: behind the reasoning that opens the text. Infinity when that never ends, 0 without any. */
export function replyStart(text: string): number {
  const reasoning = new Reasoning();
  const reply = reasoning.push(text) + reasoning.end();
  return reasoning.closing === undefined ? text.length - reply.length : Number.POSITIVE_INFINITY;
}

/** Passes a text that comes in pieces on without the reasoning that opens it. Linear. */
export class Reasoning {
  /** The tag that the text still lacks, while inside. */
  closing: string | undefined;
  /** White space at the beginning. It only grows: looked at as a whole with every piece, it would be copied each time. */
  #blank = '';
  /** What may be the beginning of a tag. */
  #held = '';
  #decided = false;

  /** What of the text so far is known to belong to the reply, and was not given before. */
  push(chunk: string): string {
    if (this.#decided && this.closing === undefined) return chunk;
    return this.closing === undefined ? this.#begin(chunk) : this.#skip(chunk);
  }

  /** The text is over: what was held back is the reply's after all. */
  end(): string {
    const held = this.#decided ? '' : this.#blank + this.#held;
    this.#decided = true;
    this.#held = '';
    return held;
  }

  #begin(chunk: string): string {
    if (this.#held === '') {
      let begin = 0;
      while (begin < chunk.length && chunk.charAt(begin).trim() === '') begin++;
      this.#blank += chunk.slice(0, begin);
      this.#held = chunk.slice(begin);
    } else this.#held += chunk;
    const held = this.#held;
    if (held === '') return '';
    const tag = held.slice(0, LONGEST);
    if (tag[0] === '<' && tag.length < LONGEST && /^<[a-z]*$/i.test(tag)) return '';
    this.#decided = true;
    this.#held = '';
    const name = OPENING.exec(tag)?.[1];
    if (name === undefined) return this.#blank + held;
    this.closing = `</${name.toLowerCase()}>`;
    return this.#skip(held.slice(name.length + 2));
  }

  #skip(chunk: string): string {
    const closing = this.closing as string;
    const text = this.#held + chunk;
    const at = text.toLowerCase().indexOf(closing);
    this.#held = at < 0 ? text.slice(-(closing.length - 1)) : '';
    if (at < 0) return '';
    this.closing = undefined;
    return text.slice(at + closing.length);
  }
}
