import { toolCallBlock, type ChatStreamEvent } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import {
  EndOfReply,
  eventJson,
  malformed,
  throwFailure,
  type About,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import {
  callIdOf,
  fromBlock,
  fromCitation,
  fromStopReason,
  fromUsage,
  kindOf,
  metadataOf,
  routedModel,
} from './convert-response.ts';
import { isPiece, objectAt, text, type Raw } from './raw.ts';

type Out = ChatStreamEvent[];

/** A block in the making. */
interface Draft {
  /** The name of the member that it would be as a whole: `text`, `toolUse`, `reasoningContent`... */
  readonly kind: string;
  /** Its place in `message.content`. */
  readonly index: number;
  /** What its start said, and what its deltas said last. */
  readonly value: Raw;
  /** Pieces of a text, of reasoning, or of the arguments of a call as JSON. */
  readonly pieces: string[];
  /** Pieces of what a tool of the provider gave. */
  readonly parts: unknown[];
  /** A call that was there before: only what it comes to in the end is handed on. */
  readonly again: boolean;
}

/**
 * The events of a streamed reply, by their names:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 * Deltas are handed on as they come. Core puts texts together; the other blocks are finished here.
 */
export function fromStream(about: About): StreamTranslator<ChatStreamEvent> {
  return new ConverseTranslator(about);
}

class ConverseTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  said = 0;
  readonly #about: About;
  readonly #message: Raw = {};
  readonly #usage: Raw = {};
  /** Those under way, by `contentBlockIndex`. */
  readonly #drafts = new Map<unknown, Draft>();
  /** The places of the caller's calls, by their ids. */
  readonly #calls = new Map<unknown, number>();
  #started = false;
  #places = 0;

  constructor(about: About) {
    this.#about = about;
  }

  push(event: SseEvent, out: Out): void {
    const data = eventJson(event, this.#about);
    if (!this.#started) {
      this.#started = true;
      out.push({ type: 'start' });
    }
    const { contentBlockIndex: at } = data;
    switch (event.event) {
      case 'contentBlockStart':
        return this.#open(at, objectAt(data['start']), out);
      case 'contentBlockDelta':
        return this.#extend(at, objectAt(data['delta']), out);
      case 'contentBlockStop':
        this.said++;
        return this.#close(at, out);
      case 'messageStop':
        this.end.say(data['stopReason']);
        return this.#add(data);
      case 'metadata':
        if (this.#addUsage(data['usage'])) out.push({ type: 'usage', usage: fromUsage({ ...this.#usage }) });
        this.#add(data);
        // The last of all, though a reply that has not said why it ends is not whole by it.
        this.end.terminal = this.end.reason !== undefined;
        return;
      case 'message':
        // It has no name.
        return throwFailure(data, this.#about, true);
      default: // `messageStart`, and a later version's.
    }
  }

  /** W-03: a call is known by its id. One that is opened at the place of another does not continue it; one that comes again replaces it. */
  #open(at: unknown, start: Raw, out: Out): void {
    const kind = kindOf(start);
    if (kind === undefined) return;
    this.said++;
    this.#close(at, out);
    const value = { ...objectAt(start[kind]) };
    if (kind !== 'toolUse' || value['type'] === 'server_tool_use') return void this.#draft(at, kind, value);
    const known = this.#calls.get(value['toolUseId']);
    const id = callIdOf(value['toolUseId']);
    const { index, again } = this.#draft(at, kind, { ...value, toolUseId: id }, known);
    this.#calls.set(id, index);
    if (!again) out.push({ type: 'tool-call-start', index, id, name: text(value['name']) ?? '' });
  }

  #draft(at: unknown, kind: string, value: Raw, known?: number): Draft {
    const index = known ?? this.#places++;
    const draft: Draft = { kind, index, value, pieces: [], parts: [], again: known !== undefined };
    this.#drafts.set(at, draft);
    return draft;
  }

  /** Texts and reasoning are opened by their first piece. */
  #draftOf(at: unknown, kind: string, out: Out): Draft {
    const draft = this.#drafts.get(at);
    if (draft?.kind === kind) return draft;
    this.#close(at, out);
    return this.#draft(at, kind, {});
  }

  #extend(at: unknown, delta: Raw, out: Out): void {
    const kind = kindOf(delta);
    const value = kind === undefined ? undefined : delta[kind];
    switch (kind) {
      case undefined:
        return;
      case 'text': {
        if (!isPiece(value)) return;
        const { index, pieces } = this.#draftOf(at, 'text', out);
        pieces.push(value);
        out.push({ type: 'text-delta', index, delta: value });
        return;
      }
      case 'citation': {
        if (!isObject(value)) return;
        const { index } = this.#draftOf(at, 'text', out);
        out.push({ type: 'citation', index, citation: fromCitation(value) });
        return;
      }
      case 'reasoningContent':
        return this.#think(at, objectAt(value), out);
      case 'toolUse':
        return this.#argue(at, objectAt(value)['input'], out);
      default: {
        const draft = this.#draftOf(at, kind, out);
        if (Array.isArray(value)) for (const part of value as unknown[]) draft.parts.push(part);
        else Object.assign(draft.value, value);
        this.said++;
      }
    }
  }

  #think(at: unknown, delta: Raw, out: Out): void {
    if (!Object.values(delta).some(isPiece)) return;
    const { text: said, ...opaque } = delta;
    const { index, pieces, value } = this.#draftOf(at, 'reasoningContent', out);
    if (isPiece(said)) {
      pieces.push(said);
      out.push({ type: 'reasoning-delta', index, delta: said });
    }
    for (const [name, part] of Object.entries(opaque)) {
      if (!isPiece(part)) continue;
      value[name] = part;
      this.said++;
    }
  }

  #argue(at: unknown, piece: unknown, out: Out): void {
    const draft = this.#drafts.get(at);
    if (draft?.kind !== 'toolUse') throw malformed('a piece of a call that is not open', this.#about);
    if (!isPiece(piece)) return;
    draft.pieces.push(piece);
    this.said++;
    // A call that the provider runs itself is not the caller's to see in pieces.
    if (draft.value['type'] !== 'server_tool_use' && !draft.again)
      out.push({ type: 'tool-call-delta', index: draft.index, delta: piece });
  }

  #close(at: unknown, out: Out): void {
    const draft = this.#drafts.get(at);
    if (draft === undefined) return;
    this.#drafts.delete(at);
    const { kind, index } = draft;
    // Core knows it from its deltas.
    if (kind === 'text') return;
    const [block] = fromBlock({ [kind]: wholeOf(draft) }, this.#about);
    if (block !== undefined) out.push({ type: 'block', index, block });
  }

  /** What stands beside the content; what is null says nothing. */
  #add({ stopReason: _reason, usage: _usage, ...members }: Raw): void {
    for (const [name, value] of Object.entries(members))
      // `p` is padding, by which nobody can tell from a frame's length what it says.
      if (value != null && name !== 'p') this.#message[name] = value;
  }

  finish(out: Out): void {
    for (const at of [...this.#drafts.keys()]) this.#close(at, out);
    this.done = true;
    out.push({
      type: 'finish',
      finishReason: fromStopReason(this.end.reason),
      usage: Object.keys(this.#usage).length === 0 ? {} : fromUsage(this.#usage),
      ...defined({ providerMetadata: metadataOf(this.#message), model: routedModel(this.#message) }),
    });
  }

  /** L-02: counts replace each other; one that is null says nothing, nor does a zero after more. */
  #addUsage(counts: unknown): boolean {
    if (!isObject(counts)) return false;
    for (const [name, value] of Object.entries(counts)) {
      if (value != null && !(value === 0 && Number(this.#usage[name]) > 0)) this.#usage[name] = value;
    }
    return true;
  }
}

/** As a whole reply would have given it. */
function wholeOf({ kind, value, pieces, parts }: Draft): Raw {
  const said = pieces.join('');
  switch (kind) {
    case 'reasoningContent': {
      const { redactedContent, ...members } = value;
      return redactedContent === undefined
        ? { reasoningText: { ...members, text: said } }
        : { redactedContent };
    }
    case 'toolUse':
      return { ...value, input: value['type'] === 'server_tool_use' ? inputOf(said) : said };
    default:
      return parts.length === 0 ? value : { ...value, content: parts };
  }
}

/** The input of a tool that ran at the provider; text that is not JSON stays text. */
function inputOf(said: string): unknown {
  if (said === '') return {};
  // `toolCallBlock` reads it by core's bounds.
  const { arguments: input, invalid } = toolCallBlock('', '', said);
  return invalid === true ? said : input;
}
