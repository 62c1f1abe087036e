import type { Warning } from '@mortise/core';
import type { NodeWithScore } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import { sourceParts, type NumberedText } from './prompt.ts';
import { cutAt } from './room.ts';

/** A source, or a part of a long one, with its number in the answer. */
export interface SourcePart extends NumberedText {
  readonly number: number;
}

/** The tags of one source, in tokens, rounded up. */
const TAG_TOKENS = 24;
/** What is left to a source of the tightest room. */
const LEAST_TEXT = 16;
/** UTF-16 units that a token comes to at most, on average over a text that matters here. */
const LONGEST_TOKEN = 32;

/** Sources on their way into prompts, in their order. One that fits into no prompt is cut into parts. */
export class SourceQueue {
  readonly #parts: SourcePart[];
  readonly #tokenizer: TokenCounter;
  readonly #cut = new Set<number>();
  #at = 0;

  constructor(nodes: readonly NodeWithScore[], tokenizer: TokenCounter) {
    this.#parts = nodes.map(({ node }, at) => ({ number: at + 1, ...sourceParts(node) }));
    this.#tokenizer = tokenizer;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#parts.length;
  }

  /** The next parts that `room` tokens hold, `limit` at most; at least one, cut if need be. */
  take(room: number, limit = Infinity): SourcePart[] {
    const taken: SourcePart[] = [];
    let remaining = room;
    while (!this.isEmpty && taken.length < limit) {
      const part = this.#parts[this.#at] as SourcePart;
      remaining -= this.#size(part, remaining);
      if (remaining >= 0) {
        taken.push(part);
        this.#at += 1;
      } else {
        if (taken.length === 0) taken.push(this.#takeSome(part, room));
        break;
      }
    }
    return taken;
  }

  /** Those of the sources that `take` has cut so far. */
  cutSources(): number[] {
    return [...this.#cut];
  }

  #takeSome(part: SourcePart, room: number): SourcePart {
    this.#cut.add(part.number);
    const half = Math.max(LEAST_TEXT, room / 2 - TAG_TOKENS);
    const about = part.about.slice(0, cutAt(part.about, half, this.#tokenizer));
    const space = room - TAG_TOKENS - this.#tokenizer.count(about);
    const end = cutAt(part.text, Math.max(LEAST_TEXT, space), this.#tokenizer);
    const rest = part.text.slice(end);
    if (rest.trim() === '') this.#at += 1;
    else this.#parts[this.#at] = { ...part, about, text: rest };
    return { ...part, about, text: part.text.slice(0, end) };
  }

  /** More than `enough` need not be counted to the end: the rest of a book would be counted for every part of it. */
  #size({ about, text }: SourcePart, enough: number): number {
    if (text.length > enough * LONGEST_TOKEN) return Infinity;
    return this.#tokenizer.count(`${about}\n${text}`) + TAG_TOKENS;
  }
}

/** Says that sources were read in parts. */
export function splitWarning(numbers: readonly number[]): Warning {
  const which = numbers.map((number) => `[${number}]`).join(', ');
  const message = `Sources that do not fit into the model's context were read in parts, each by a call of its own: ${which}.`;
  return { type: 'other', message };
}
