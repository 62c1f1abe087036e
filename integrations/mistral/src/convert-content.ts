import type { ChatStreamEvent, CitationBlock, ContentBlock } from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import { malformed } from '@mortise/core/wire';
import { membersBeside, objectsOf, stringOf, type ReplyAbout, type Wire } from './convert.ts';

type Out = ChatStreamEvent[];

/** A text under way. */
interface Text {
  readonly kind: 'text';
  readonly index: number;
  readonly pieces: string[];
  /** UTF-16 units. */
  length: number;
  /** Where the last reference stood. */
  cited: number;
  readonly members: Members;
  readonly citations: CitationBlock[];
}

/** Thinking under way: what its chunks listed, texts that follow one another as one. */
interface Thought {
  readonly kind: 'thought';
  readonly index: number;
  readonly items: (Wire | string[])[];
  readonly members: Members;
}

/** What chunks say besides, by name: the last one stands. */
type Members = Map<string, unknown>;

interface Other {
  readonly kind: 'other';
  readonly index: number;
  readonly block: ContentBlock;
}

/**
 * The content of a message: a string, or chunks in a list. A stream brings them in pieces that say of no place: what is of
 * one kind goes on, until another kind comes. A whole message is read as a stream of one piece, so that both give the same.
 */
export class Content {
  readonly #about: ReplyAbout;
  readonly #nextIndex: () => number;
  readonly #drafts: (Text | Thought | Other)[] = [];
  readonly #echo: Echo;

  constructor(about: ReplyAbout, nextIndex: () => number) {
    this.#about = about;
    this.#nextIndex = nextIndex;
    this.#echo = new Echo(about.prefix ?? '');
  }

  push(content: unknown, out: Out): void {
    if (typeof content === 'string') this.#say(content, undefined, out);
    else for (const chunk of objectsOf(content)) this.#chunk(chunk, out);
  }

  #chunk(chunk: Wire, out: Out): void {
    const { type, text } = chunk;
    if (type === 'thinking') this.#think(chunk, out);
    else if (type === 'reference') this.#cite(chunk, out);
    else if (type === 'text' || (type === undefined && typeof text === 'string')) {
      if (typeof text !== 'string') throw malformed('a text that is none', this.#about);
      this.#say(text, membersBeside(chunk, OF_TEXT), out);
    } else if (typeof type === 'string') {
      const block = { type: `mistral:${type}` as const, value: chunk };
      const index = this.#nextIndex();
      this.#drafts.push({ kind: 'other', index, block });
      out.push({ type: 'block', index, block });
    }
  }

  #say(said: string, members: Wire | undefined, out: Out): void {
    const delta = this.#echo.take(said);
    if (delta === '' && members === undefined) return;
    const text = this.#text();
    addMembers(text.members, members);
    if (delta === '') return;
    text.pieces.push(delta);
    text.length += delta.length;
    out.push({ type: 'text-delta', index: text.index, delta });
  }

  #text(): Text {
    const last = this.#drafts.at(-1);
    if (last?.kind === 'text') return last;
    const index = this.#nextIndex();
    const text: Text = {
      kind: 'text',
      index,
      pieces: [],
      length: 0,
      cited: 0,
      members: new Map(),
      citations: [],
    };
    this.#drafts.push(text);
    return text;
  }

  /** A reference stands behind what rests on it. The first of its citations keeps it, to bring it back. */
  #cite(chunk: Wire, out: Out): void {
    const { reference_ids: ids } = chunk;
    if (!Array.isArray(ids)) return;
    const text = this.#text();
    const place = { start: text.cited, end: text.length };
    const own = { providerMetadata: { mistral: membersBeside(chunk, OF_TYPE) ?? {} } };
    ids
      .filter((id) => typeof id === 'string' || typeof id === 'number')
      .forEach((source, at) => {
        const citation: CitationBlock = {
          type: 'citation',
          source,
          ...place,
          ...(at === 0 ? own : {}),
        };
        text.citations.push(citation);
        out.push({ type: 'citation', index: text.index, citation });
      });
    text.cited = text.length;
  }

  #think(chunk: Wire, out: Out): void {
    let thought = this.#drafts.at(-1);
    if (thought?.kind !== 'thought' || isClosed(thought)) {
      thought = { kind: 'thought', index: this.#nextIndex(), items: [], members: new Map() };
      this.#drafts.push(thought);
    }
    const { thinking } = chunk;
    for (const item of typeof thinking === 'string'
      ? [{ type: 'text', text: thinking }]
      : objectsOf(thinking)) {
      const { text } = item;
      const last = thought.items.at(-1);
      if (typeof text !== 'string' || membersBeside(item, OF_TEXT) !== undefined) thought.items.push(item);
      else if (Array.isArray(last)) last.push(text);
      else thought.items.push([text]);
      if (typeof text === 'string' && text !== '')
        out.push({ type: 'reasoning-delta', index: thought.index, delta: text });
    }
    addMembers(thought.members, membersBeside(chunk, OF_THINKING));
  }

  /** The finished blocks with their places. */
  finish(out: Out): (readonly [index: number, block: ContentBlock])[] {
    const held = this.#echo.end();
    if (held !== '') this.#say(held, undefined, out);
    return this.#drafts.flatMap((draft) => {
      const block = blockOf(draft);
      return block === undefined ? [] : [[draft.index, block] as const];
    });
  }
}

const OF_TYPE: ReadonlySet<string> = new Set(['type']);
const OF_TEXT: ReadonlySet<string> = new Set(['type', 'text']);
const OF_THINKING: ReadonlySet<string> = new Set(['type', 'thinking']);

/** What comes next is another thought. */
function isClosed({ members }: Thought): boolean {
  return members.get('closed') === true || members.has('signature');
}

function addMembers(known: Members, more: Wire | undefined): void {
  for (const [name, value] of Object.entries(more ?? {})) known.set(name, value);
}

function blockOf(draft: Text | Thought | Other): ContentBlock | undefined {
  if (draft.kind === 'other') return draft.block;
  if (draft.kind === 'thought') return thoughtOf(draft);
  const { pieces, citations, members } = draft;
  return defined({
    type: 'text' as const,
    text: pieces.join(''),
    citations: citations.length === 0 ? undefined : citations,
    providerMetadata: members.size === 0 ? undefined : { mistral: Object.fromEntries(members) },
  });
}

/** With the chunk it was, but for what the block says: `thinking` where that is more than one plain text. */
function thoughtOf({ items, members }: Thought): ContentBlock | undefined {
  const { signature, ...more } = Object.fromEntries(members);
  const thinking = items.map((item) => (Array.isArray(item) ? { type: 'text', text: item.join('') } : item));
  const [only] = items;
  const isPlain = items.length === 0 || (items.length === 1 && Array.isArray(only));
  const text = thinking.map((item) => (typeof item['text'] === 'string' ? item['text'] : '')).join('');
  if (items.length === 0 && members.size === 0) return undefined;
  return defined({
    type: 'reasoning' as const,
    text,
    signature: stringOf(signature),
    // Marks it as Mistral's own, too.
    providerMetadata: {
      mistral: defined({ type: 'thinking', ...more, thinking: isPlain ? undefined : thinking }),
    },
  });
}

/** Mistral's replies begin with the prefix that they were given, which is the caller's already. */
class Echo {
  readonly #prefix: string;
  /** Characters of the prefix that have come; undefined once nothing more is waited for. */
  #heard: number | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#heard = prefix === '' ? undefined : 0;
  }

  /** What of a piece is new. */
  take(piece: string): string {
    const heard = this.#heard;
    if (heard === undefined) return piece;
    const left = this.#prefix.length - heard;
    if (piece.length < left && this.#prefix.startsWith(piece, heard)) {
      this.#heard = heard + piece.length;
      return '';
    }
    this.#heard = undefined;
    if (piece.length >= left && piece.startsWith(this.#prefix.slice(heard))) return piece.slice(left);
    return this.#prefix.slice(0, heard) + piece;
  }

  /** What was held back, and is no prefix after all. */
  end(): string {
    const heard = this.#heard ?? 0;
    this.#heard = undefined;
    return this.#prefix.slice(0, heard);
  }
}
