import type { ChatStreamEvent } from '@mortise/core';
import { isObject } from '@mortise/core/shared';
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
import { PartialCall } from './partial-call.ts';
import { citationsOf, type Told } from './convert-citations.ts';
import {
  addMessage,
  blockReasonOf,
  candidateOf,
  finishOf,
  fromPart,
  fromUsage,
  kindOf,
  metadataOf,
  partsOf,
  text,
  type Raw,
} from './convert-response.ts';

type Out = ChatStreamEvent[];

/** A text or a thought under way: parts of one kind, without a signature, are one block. */
interface Draft {
  readonly index: number;
  readonly thought: boolean;
  readonly pieces: string[];
}

/**
 * The events of a streamed reply, each of the form of a whole one: https://ai.google.dev/api/generate-content
 * There is no terminal event: a finish reason says that the reply may end, and its bytes that it has.
 */
export function fromStream(about: About): StreamTranslator<ChatStreamEvent> {
  return new ReplyTranslator(about);
}

class ReplyTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  said = 0;
  readonly #about: About;
  readonly #message: Raw = {};
  readonly #usage: Raw = {};
  readonly #texts: { index: number; pieces: string[] }[] = [];
  #draft: Draft | undefined;
  /** A call whose arguments are still coming. */
  #call: { readonly id: string; readonly partial: PartialCall } | undefined;
  #started = false;
  #calls = false;
  #places = 0;

  constructor(about: About) {
    this.#about = about;
  }

  push(event: SseEvent, out: Out): void {
    const data = eventJson(event, this.#about);
    const candidate = candidateOf(data);
    const blocked = blockReasonOf(data);
    throwFailure(data, this.#about, candidate === undefined && blocked === undefined);
    if (!this.#started) this.#start(data, out);
    for (const part of partsOf(candidate)) this.#take(part, out);
    addMessage(this.#message, data, candidate);
    if (blocked !== undefined) this.end.say(blocked);
    this.end.say(candidate?.['finishReason']);
    if (this.#addUsage(data['usageMetadata']))
      out.push({ type: 'usage', usage: fromUsage({ ...this.#usage }) });
  }

  #start(data: Raw, out: Out): void {
    this.#started = true;
    const [id, model, createdAt] = ['responseId', 'modelVersion', 'createTime'].map((name) =>
      text(data[name]),
    );
    out.push({
      type: 'start',
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(createdAt === undefined ? {} : { createdAt }),
    });
  }

  /** A part that is signed, or holds more than its words, is a block of its own: the server wants it back as it was. */
  #take(part: Raw, out: Out): void {
    const kind = kindOf(part);
    if (
      kind === 'functionCall' &&
      isObject(part['functionCall']) &&
      this.#takePiece(part, part['functionCall'], out)
    )
      return;
    const { text: said, thought, ...others } = part;
    const isPlain = kind === 'text' && Object.values(others).every((value) => value == null);
    if (isPlain) {
      if (typeof said !== 'string') throw malformed('a text that is none', this.#about);
      if (said !== '') this.#extend(said, thought === true, out);
      return;
    }
    const thoughts = kind === 'text' && thought === true && said !== '' ? this.#draft : undefined;
    if (thoughts?.thought === true && typeof said === 'string') {
      // The signature of a thought closes it.
      this.#draft = undefined;
      out.push({ type: 'reasoning-delta', index: thoughts.index, delta: said });
      const [block] = fromPart({ ...part, text: [...thoughts.pieces, said].join('') }, this.#about);
      if (block !== undefined) out.push({ type: 'block', index: thoughts.index, block });
      return;
    }
    this.#close(out);
    for (const block of fromPart(part, this.#about)) {
      const index = this.#places++;
      if (block.type === 'tool-call') {
        this.#calls = true;
        out.push({ type: 'tool-call-start', index, id: String(block.id), name: String(block.name) });
      } else if (typeof said === 'string' && said !== '' && kind === 'text') {
        out.push({ type: block.type === 'reasoning' ? 'reasoning-delta' : 'text-delta', index, delta: said });
      }
      if (block.type === 'text') this.#texts.push({ index, pieces: [String(block.text)] });
      out.push({ type: 'block', index, block });
      this.said++;
    }
  }

  /** A piece of a call; false for a call that is whole. */
  #takePiece(part: Raw, { id, name, partialArgs, willContinue }: Raw, out: Out): boolean {
    const isNew = typeof name === 'string' && name !== '';
    if (isNew) this.#closeCall(out);
    if (isNew && willContinue !== true && partialArgs == null) return false;
    if (isNew) {
      this.#close(out);
      this.#calls = true;
      const own = typeof id === 'string' && id !== '' ? id : uniqueCallId();
      this.#call = { id: own, partial: new PartialCall(this.#places++, part, this.#about) };
      out.push({ type: 'tool-call-start', index: this.#call.partial.index, id: own, name });
    }
    if (this.#call === undefined) return false;
    this.said++;
    if (this.#call.partial.add(part)) this.#closeCall(out);
    return true;
  }

  #closeCall(out: Out): void {
    if (this.#call === undefined) return;
    const { id, partial } = this.#call;
    this.#call = undefined;
    const [block] = fromPart(partial.whole(id), this.#about);
    if (block !== undefined) out.push({ type: 'block', index: partial.index, block });
  }

  #extend(delta: string, thought: boolean, out: Out): void {
    let draft = this.#draft;
    if (draft?.thought !== thought) {
      this.#close(out);
      draft = { index: this.#places++, thought, pieces: [] };
      this.#draft = draft;
      if (!thought) this.#texts.push(draft);
    }
    const { index, pieces } = draft;
    pieces.push(delta);
    out.push({ type: thought ? 'reasoning-delta' : 'text-delta', index, delta });
  }

  /** Core puts texts together; of a thought it does not know whose it is. */
  #close(out: Out): void {
    const draft = this.#draft;
    this.#draft = undefined;
    if (draft?.thought !== true) return;
    const [block] = fromPart({ text: draft.pieces.join(''), thought: true }, this.#about);
    if (block !== undefined) out.push({ type: 'block', index: draft.index, block });
  }

  finish(out: Out): void {
    this.#close(out);
    this.#closeCall(out);
    this.done = true;
    const texts = this.#texts.map(({ index, pieces }): Told => ({ index, text: pieces.join('') }));
    for (const { index, citation } of citationsOf(this.#message, texts))
      out.push({ type: 'citation', index, citation });
    const providerMetadata = metadataOf(this.#message);
    out.push({
      type: 'finish',
      finishReason: finishOf(this.#message, this.#calls),
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
