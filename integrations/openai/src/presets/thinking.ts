import type { ChatReply, ChatStreamEvent, ReasoningBlock } from '@mortise/core/llm';
import type { SseEvent, StreamTranslator } from '@mortise/core/wire';
import type { WireAbout, WireBody } from '../convert.ts';

/*
 * Some servers hand on what a model thinks in the text itself, in front of the answer: `<think>...</think>`. Here it
 * becomes a reasoning block, which no request repeats: the templates of these models leave it out of a history too.
 */

/** A piece of what a model says, told apart. */
interface Told {
  readonly thought: string;
  readonly text: string;
}

const OPENING = /^<(think|thinking|reasoning)>/i;
/** Characters of the longest opening tag. */
const LONGEST = 11;
/** White space before the tag that is waited through. */
const MOST_BLANK = 64;

/** Tells the thoughts that open a text from the text, in pieces of any size. Linear. */
class Thoughts {
  /** The tag that ends them, while inside. */
  #closing: string | undefined;
  #state: 'before' | 'inside' | 'blank' | 'after' = 'before';
  #held = '';

  /** Something is held back, which may be the beginning of a tag. */
  get undecided(): boolean {
    return this.#state === 'before';
  }

  push(chunk: string): Told {
    if (this.#state === 'after') return { thought: '', text: chunk };
    this.#held += chunk;
    if (this.#state === 'before') this.#begin();
    const thought = this.#state === 'inside' ? this.#think() : '';
    return { thought, text: this.#answer() };
  }

  /** The text is over: what was held back is what it looks like. */
  end(): Told {
    const held = this.#held;
    this.#held = '';
    const isThought = this.#state === 'inside';
    if (this.#state === 'before') this.#state = 'after';
    return { thought: isThought ? held : '', text: isThought || this.#state === 'blank' ? '' : held };
  }

  #begin(): void {
    const text = this.#held.trimStart();
    const isShort = this.#held.length - text.length <= MOST_BLANK && text.length < LONGEST;
    if (isShort && (text === '' || /^<[a-z]*$/i.test(text))) return;
    const name = OPENING.exec(text)?.[1];
    if (name === undefined) {
      this.#state = 'after';
      return;
    }
    this.#state = 'inside';
    this.#closing = `</${name.toLowerCase()}>`;
    this.#held = text.slice(name.length + 2);
  }

  #think(): string {
    const closing = this.#closing as string;
    const held = this.#held;
    const at = held.toLowerCase().indexOf(closing);
    const end = at < 0 ? Math.max(0, held.length - closing.length + 1) : at;
    if (at >= 0) this.#state = 'blank';
    this.#held = held.slice(at < 0 ? end : at + closing.length);
    return held.slice(0, end);
  }

  /** The line breaks between the thoughts and the answer belong to neither. */
  #answer(): string {
    if (this.#state === 'blank') {
      this.#held = this.#held.trimStart();
      if (this.#held !== '') this.#state = 'after';
    }
    if (this.#state !== 'after') return '';
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

const MARK = 'tag';

function thoughtBlock(text: string, { provider }: WireAbout): ReasoningBlock {
  return { type: 'reasoning', text, providerMetadata: { [provider]: { [MARK]: 'think' } } };
}

/** A thought that came in the text. */
export function isTagged(block: unknown, { provider }: WireAbout): boolean {
  const own = (block as ReasoningBlock).providerMetadata?.[provider];
  return (own as WireBody | undefined)?.[MARK] !== undefined;
}

/** A whole reply with the thoughts in front of its text as a block of their own. */
export function thoughtsApart(reply: ChatReply<WireBody>, about: WireAbout): ChatReply<WireBody> {
  const at = reply.content.findIndex(({ type }) => type === 'text');
  const block = reply.content[at];
  if (block?.type !== 'text') return reply;
  const { text: said, ...rest } = block as { type: 'text'; text: string };
  const thoughts = new Thoughts();
  const [first, last] = [thoughts.push(said), thoughts.end()];
  const thought = first.thought + last.thought;
  if (thought === '') return reply;
  const text = first.text + last.text;
  const answer = text === '' ? [] : [{ ...rest, text }];
  const content = [...reply.content.slice(0, at), thoughtBlock(thought, about), ...answer];
  return { ...reply, content: [...content, ...reply.content.slice(at + 1)] };
}

/** The same of a stream: the thoughts take the place of the text, and what follows moves one place on. */
export class ThoughtsApart implements StreamTranslator<ChatStreamEvent> {
  readonly #inner: StreamTranslator<ChatStreamEvent>;
  readonly #about: WireAbout;
  readonly #thoughts = new Thoughts();
  readonly #pieces: string[] = [];
  /** The place of the text. */
  #place: number | undefined;

  constructor(inner: StreamTranslator<ChatStreamEvent>, about: WireAbout) {
    this.#inner = inner;
    this.#about = about;
  }

  get done(): boolean {
    return this.#inner.done;
  }

  get end(): StreamTranslator<ChatStreamEvent>['end'] {
    return this.#inner.end;
  }

  get said(): number {
    return this.#inner.said ?? 0;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    const events: ChatStreamEvent[] = [];
    try {
      this.#inner.push(event, events);
    } finally {
      for (const each of events) this.#pass(each, out);
    }
  }

  finish(out: ChatStreamEvent[]): void {
    const events: ChatStreamEvent[] = [];
    this.#inner.finish?.(events);
    for (const each of events) this.#pass(each, out);
  }

  #pass(event: ChatStreamEvent, out: ChatStreamEvent[]): void {
    if (event.type === 'text-delta') {
      this.#place ??= event.index;
      if (event.index === this.#place) return this.#tell(this.#thoughts.push(event.delta), out);
    }
    if (event.type === 'finish') {
      this.#settle(out);
      const text = this.#pieces.join('');
      if (this.#place !== undefined && text !== '')
        out.push({ type: 'block', index: this.#place, block: thoughtBlock(text, this.#about) });
    } else if (isPlaced(event)) {
      if (this.#thoughts.undecided) this.#settle(out);
      out.push(Object.assign({}, event, { index: this.#moved(event.index) }));
      return;
    }
    out.push(event);
  }

  #settle(out: ChatStreamEvent[]): void {
    if (this.#place !== undefined) this.#tell(this.#thoughts.end(), out);
  }

  #tell({ thought, text }: Told, out: ChatStreamEvent[]): void {
    const index = this.#place as number;
    if (thought !== '') {
      this.#pieces.push(thought);
      out.push({ type: 'reasoning-delta', index, delta: thought });
    }
    if (text !== '') out.push({ type: 'text-delta', index: this.#moved(index), delta: text });
  }

  #moved(index: number): number {
    const isBehind = this.#pieces.length > 0 && this.#place !== undefined && index >= this.#place;
    return isBehind ? index + 1 : index;
  }
}

function isPlaced(event: ChatStreamEvent): event is ChatStreamEvent & { index: number } {
  return typeof (event as { readonly index?: unknown }).index === 'number';
}
