import type { ChatStreamEvent, CitationBlock } from '@mortise/core';
import {
  EndOfReply,
  eventJson,
  malformed,
  throwFailure,
  uniqueCallId,
  type About,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { isObject } from '@mortise/core/shared';
import {
  blockOf,
  fromBlock,
  fromCitation,
  fromStopReason,
  fromUsage,
  metadataOf,
  opaque,
} from './convert-response.ts';

type Raw = Record<string, unknown>;
type Out = ChatStreamEvent[];

/** A block in the making, as the API would have given it whole. */
interface Draft {
  readonly raw: Raw;
  /** Its place in `message.content`. */
  readonly index: number;
  /** Pieces of `input` as JSON text, of `thinking`, or of a text. */
  readonly pieces: string[];
  readonly citations: CitationBlock[];
  /** Something of a text was handed on: core then knows the block from its deltas. */
  told: boolean;
  /** It was there before: only what it comes to in the end is handed on. */
  readonly again: boolean;
}

/**
 * The events of a streamed reply: https://platform.claude.com/docs/en/build-with-claude/streaming
 * Deltas are handed on as they come. Text blocks are put together by core; the others are finished here, by the same
 * function that reads a whole reply, since only here their signatures and original members are known.
 */
export function fromStream(about: About): StreamTranslator<ChatStreamEvent> {
  return new MessageTranslator(about);
}

class MessageTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  said = 0;
  readonly #about: About;
  readonly #message: Raw = {};
  readonly #usage: Raw = {};
  /** Those under way, by the provider's `index`. */
  readonly #drafts = new Map<unknown, Draft>();
  /** The places of calls, by their ids. */
  readonly #calls = new Map<string, number>();
  /** Blocks that `message_start` held, until it is clear that no event brings them again. */
  #held: (Raw | undefined)[] = [];
  #started = false;
  #places = 0;

  constructor(about: About) {
    this.#about = about;
  }

  push(event: SseEvent, out: Out): void {
    // Sent to show that the connection is alive.
    if (event.event === 'ping') return;
    const data = eventJson(event, this.#about);
    switch (data['type']) {
      case 'message_start':
        return this.#start(data, out);
      case 'content_block_start':
        return this.#open(data, out);
      case 'content_block_delta':
        return this.#extend(this.#draftOf(data), isObject(data['delta']) ? data['delta'] : {}, out);
      case 'content_block_stop':
        this.said++;
        return this.#close(data['index'], out);
      case 'message_delta':
        return this.#update(data);
      case 'message_stop':
        this.end.terminal = true;
        return;
      case undefined:
        return throwFailure(data, this.#about, true);
      default: // A later version's event.
    }
  }

  #start(data: Raw, out: Out): void {
    const { message } = data;
    if (!isObject(message)) throw malformed('a message_start without a message', this.#about);
    const { id, model, content, usage } = message;
    if (this.#started) {
      // Two messages must not mix; the same one once more says nothing new.
      if (id !== this.#message['id']) throw malformed('two messages in one stream', this.#about);
      return;
    }
    this.#started = true;
    Object.assign(this.#message, message);
    this.end.say(message['stop_reason']);
    out.push({
      type: 'start',
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof model === 'string' ? { model } : {}),
    });
    if (Array.isArray(content)) this.#held = content.map((block: unknown) => blockOf(block, this.#about));
    if (this.#addUsage(usage)) out.push({ type: 'usage', usage: fromUsage({ ...this.#usage }) });
  }

  /** Hands on what `message_start` held before `index`. */
  #release(index: number, out: Out): void {
    this.#held.slice(0, index).forEach((raw, at) => {
      this.#held[at] = undefined;
      if (raw === undefined) return;
      const draft = this.#draft({ ...raw });
      this.#begin(draft, out);
      this.#finishBlock(draft, out);
    });
  }

  /** A block that is opened at the place of one that is held, or under its id, is that one: it replaces it. */
  #releaseBefore(at: unknown, raw: Raw, out: Out): void {
    const place = typeof at === 'number' ? at : this.#held.length;
    const id = this.#held[place]?.['id'];
    const isOther = typeof id === 'string' && id !== raw['id'];
    this.#held = this.#held.map((each, where) => {
      const isSame =
        (where === place && !isOther) || (typeof raw['id'] === 'string' && each?.['id'] === raw['id']);
      return isSame ? undefined : each;
    });
    this.#release(isOther ? place + 1 : place, out);
  }

  #open(data: Raw, out: Out): void {
    const { index: at } = data;
    const raw = { ...blockOf(data['content_block'], this.#about) };
    // A block that is opened anew was not closed: what it came to is not lost.
    this.#close(at, out);
    if (this.#held.length > 0) this.#releaseBefore(at, raw, out);
    const draft = this.#draft(raw);
    this.#drafts.set(at, draft);
    this.#begin(draft, out);
  }

  /** W-03: a call is known by its id: one that is opened again stands where it stood. */
  #draft(raw: Raw): Draft {
    if (raw['type'] === 'tool_use' && (typeof raw['id'] !== 'string' || raw['id'] === ''))
      raw['id'] = uniqueCallId();
    const id = raw['type'] === 'tool_use' ? String(raw['id']) : undefined;
    const known = id === undefined ? undefined : this.#calls.get(id);
    const index = known ?? this.#places++;
    if (id !== undefined) this.#calls.set(id, index);
    return { raw, index, pieces: [], citations: [], told: false, again: known !== undefined };
  }

  #begin(draft: Draft, out: Out): void {
    const { raw, index, again } = draft;
    if (raw['type'] === 'text') {
      for (const citation of Array.isArray(raw['citations']) ? raw['citations'] : []) {
        this.#extend(draft, { type: 'citations_delta', citation: citation as unknown }, out);
      }
      this.#extend(draft, { type: 'text_delta', text: raw['text'] }, out);
    } else if (raw['type'] === 'thinking') {
      this.#extend(draft, { type: 'thinking_delta', thinking: raw['thinking'] }, out);
    } else if (raw['type'] === 'tool_use') {
      if (!again)
        out.push({ type: 'tool-call-start', index, id: String(raw['id']), name: String(raw['name']) });
      // The API starts from an empty object; some servers give the arguments here and send no delta.
      if (isObject(raw['input']) && Object.keys(raw['input']).length > 0) {
        this.#extend(draft, { type: 'input_json_delta', partial_json: JSON.stringify(raw['input']) }, out);
      }
    }
  }

  /** By its place; a server that gives none means the block that is under way. */
  #draftOf({ index }: Raw): Draft {
    const draft = this.#drafts.get(index) ?? (index == null ? [...this.#drafts.values()].at(-1) : undefined);
    if (draft === undefined)
      throw malformed(`a piece of block ${String(index)}, which is not open`, this.#about);
    return draft;
  }

  #extend(draft: Draft, delta: Raw, out: Out): void {
    const { raw, index, pieces, again } = draft;
    switch (delta['type']) {
      case 'text_delta':
        if (!isPiece(delta['text'])) return;
        draft.told = true;
        pieces.push(delta['text']);
        out.push({ type: 'text-delta', index, delta: delta['text'] });
        return;
      case 'citations_delta':
        if (!isObject(delta['citation'])) return;
        draft.told = true;
        draft.citations.push(fromCitation(delta['citation']));
        out.push({ type: 'citation', index, citation: fromCitation(delta['citation']) });
        return;
      case 'thinking_delta':
        if (!isPiece(delta['thinking'])) return;
        pieces.push(delta['thinking']);
        out.push({ type: 'reasoning-delta', index, delta: delta['thinking'] });
        return;
      case 'input_json_delta':
        if (!isPiece(delta['partial_json'])) return;
        pieces.push(delta['partial_json']);
        this.said++;
        // A call that Anthropic runs itself is not the caller's to see in pieces.
        if (raw['type'] === 'tool_use' && !again)
          out.push({ type: 'tool-call-delta', index, delta: delta['partial_json'] });
        return;
      default: {
        // `signature_delta`, and those of later blocks, carry final values.
        const { type: _type, ...members } = delta;
        Object.assign(raw, members);
        this.said++;
      }
    }
  }

  #close(at: unknown, out: Out): void {
    const draft = this.#drafts.get(at);
    if (draft === undefined) return;
    this.#drafts.delete(at);
    this.#finishBlock(draft, out);
  }

  #finishBlock(draft: Draft, out: Out): void {
    const { raw, index, pieces } = draft;
    const text = pieces.join('');
    if (raw['type'] === 'text') {
      const own = opaque(raw, ['type', 'text', 'citations']);
      // Core knows the text and its citations from the deltas, but not what belongs to the server.
      if (draft.told && own.providerMetadata === undefined) return;
      const cited = draft.citations.length === 0 ? {} : { citations: draft.citations };
      out.push({ type: 'block', index, block: { type: 'text', text, ...cited, ...own } });
      return;
    }
    if (raw['type'] === 'thinking') raw['thinking'] = text;
    else if (raw['type'] === 'tool_use') raw['input'] = text;
    else if (text !== '') raw['input'] = parsed(text);
    out.push({ type: 'block', index, block: fromBlock(raw) });
  }

  #update(data: Raw): void {
    const { delta, usage: counts, type: _type, ...others } = data;
    const members = { ...others, ...(isObject(delta) ? delta : {}) };
    for (const [name, value] of Object.entries(members)) if (value != null) this.#message[name] = value;
    this.end.say(members['stop_reason']);
    this.#addUsage(counts);
  }

  finish(out: Out): void {
    for (const at of [...this.#drafts.keys()]) this.#close(at, out);
    this.#release(this.#held.length, out);
    this.done = true;
    const providerMetadata = metadataOf(this.#message);
    out.push({
      type: 'finish',
      finishReason: fromStopReason(this.end.reason),
      usage: Object.keys(this.#usage).length === 0 ? {} : fromUsage(this.#usage),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  /** L-02: the counts are cumulative and replace each other; one that is null says nothing, nor does a zero after more. */
  #addUsage(counts: unknown): boolean {
    if (!isObject(counts)) return false;
    for (const [name, value] of Object.entries(counts)) {
      if (value != null && !(value === 0 && Number(this.#usage[name]) > 0)) this.#usage[name] = value;
    }
    return true;
  }
}

function isPiece(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The input of a tool that ran at the provider; text that is not JSON stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
