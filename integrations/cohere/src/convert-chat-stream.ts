import { toolCallBlock, type ChatStreamEvent, type ContentBlock, type FinishReason } from '@mortise/core/llm';
import { GrowingText } from '@mortise/core/shared';
import {
  EndOfReply,
  eventJson,
  malformed,
  throwFailure,
  uniqueCallId,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { countOf, objectOf, objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { targetOf, toCitationBlocks } from './convert-citation.ts';
import {
  membersOf,
  otherBlock,
  toolPlanBlock,
  textBlock,
  thinkingBlock,
  toFinishReason,
  toMetadata,
  toUsage,
  withMembers,
} from './convert-chat-response.ts';
import { errorFromReply } from './errors.ts';

/** A block in the making. */
interface Draft {
  readonly key: string;
  /** Its place in `message.content`. */
  readonly index: number;
  readonly kind: 'text' | 'thinking' | 'plan' | 'tool-call' | 'other';
  text: string;
  /** The same text, for the places of citations. */
  readonly cited: GrowingText;
  readonly citations: WireBody[];
  readonly id: string;
  readonly name: string;
  /** An unknown kind of content, its strings appended to. */
  readonly value: WireBody;
  /** Something came that the last `block` event did not hold. */
  open: boolean;
  /** Its end was said: what is begun in its place is another one. */
  ended: boolean;
}

/** The events of `POST /v2/chat` with `stream: true`: https://docs.cohere.com/reference/chat-stream */
export class ChatStreamTranslator implements StreamTranslator<ChatStreamEvent> {
  readonly #about: WireAbout;
  /** In the order of `message.content`. */
  readonly #drafts: Draft[] = [];
  /** Cohere counts content and tool calls apart; the keys are `content:0`, `tool-call:0` and `plan`. */
  readonly #places = new Map<string, Draft>();
  /** By their ids. */
  readonly #calls = new Map<string, Draft>();
  /** The latest of each kind. */
  readonly #lastOf = new Map<Draft['kind'], Draft>();
  /** What an item says besides what the contract knows, by the same keys. */
  readonly #members = new Map<string, WireBody>();
  readonly #logprobs: unknown[] = [];
  readonly end = new EndOfReply();
  done = false;
  #id: string | undefined;
  /** The `delta` of `message-end`. */
  #last: WireBody = {};

  constructor(about: WireAbout) {
    this.#about = about;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    const body = eventJson(event, this.#about);
    const delta = objectOf(body['delta']);
    const message = objectOf(delta['message']);
    const at = countOf(body['index']) ?? 0;
    switch (body['type'] ?? event.event) {
      case 'message-start':
        this.#start(stringOf(body['id']), message, out);
        break;
      case 'content-start':
        this.#closePlan(out);
        this.#startContent(`content:${at}`, objectOf(message['content']), out);
        break;
      case 'content-delta':
        if (body['logprobs'] !== undefined && body['logprobs'] !== null)
          this.#logprobs.push(body['logprobs']);
        this.#addContent(`content:${at}`, objectOf(message['content']), out);
        break;
      case 'content-end':
        this.#endOf(`content:${at}`, out);
        break;
      case 'tool-plan-delta':
        this.#addText('plan', 'plan', message['tool_plan'], out);
        break;
      case 'tool-call-start':
        this.#closePlan(out);
        this.#startCall(`tool-call:${at}`, objectOf(message['tool_calls']), out);
        break;
      case 'tool-call-delta':
        this.#addArguments(`tool-call:${at}`, objectOf(message['tool_calls']), out);
        break;
      case 'tool-call-end':
        this.#endOf(`tool-call:${at}`, out);
        break;
      case 'citation-start': {
        const { citations } = message;
        for (const citation of Array.isArray(citations) ? objectsOf(citations) : [objectOf(citations)]) {
          this.#cite(citation, out);
        }
        break;
      }
      case 'message-end': {
        const { finish_reason: reason, error } = delta;
        if (typeof reason !== 'string' && stringOf(error) !== undefined)
          throw errorFromReply('server', error, this.#about);
        this.#last = delta;
        this.end.say(reason);
        this.end.terminal = true;
        break;
      }
      case 'message':
        // No name and no type: what a proxy or a gateway says when it breaks off.
        throwFailure(body, this.#about, true);
        break;
      default: // Other events, `debug` among them, add nothing to the reply.
    }
  }

  /** Whatever it holds already is content too. */
  #start(id: string | undefined, message: WireBody, out: ChatStreamEvent[]): void {
    if (this.#id !== undefined) {
      // Two messages must not mix; the same one once more says nothing new.
      if (id !== this.#id) throw malformed('two messages in one stream', this.#about);
      return;
    }
    this.#id = id ?? '';
    out.push(id === undefined ? { type: 'start' } : { type: 'start', id });
    objectsOf(message['content']).forEach((content, at) => this.#startContent(`content:${at}`, content, out));
    this.#addText('plan', 'plan', message['tool_plan'], out);
    objectsOf(message['tool_calls']).forEach((call, at) => this.#startCall(`tool-call:${at}`, call, out));
  }

  /** Text and thinking become blocks at their first words: an empty one is not a block. */
  #startContent(key: string, content: WireBody, out: ChatStreamEvent[]): void {
    if (this.#places.get(key)?.ended === true) this.#places.delete(key);
    const { type } = content;
    if (typeof type === 'string' && type !== 'text' && type !== 'thinking') {
      this.#draft(key, 'other', { value: { ...content } });
    } else {
      this.#addContent(key, content, out);
    }
  }

  #addContent(key: string, content: WireBody, out: ChatStreamEvent[]): void {
    const draft = this.#places.get(key);
    if (draft?.kind === 'other') {
      append(draft.value, content);
      draft.open = true;
      return;
    }
    this.#addText(key, 'text', content['text'], out);
    this.#addText(key, 'thinking', content['thinking'], out);
    this.#keepMembers(key, content);
  }

  /** They may come before the first word: an empty text is not a block, so they wait. */
  #keepMembers(key: string, item: WireBody): void {
    const members = membersOf(item);
    if (Object.keys(members).length === 0) return;
    const known = this.#members.get(key) ?? {};
    this.#members.set(key, Object.assign(known, members));
    const draft = this.#places.get(key);
    if (draft !== undefined) draft.open = true;
  }

  #addText(key: string, kind: 'text' | 'thinking' | 'plan', delta: unknown, out: ChatStreamEvent[]): void {
    if (typeof delta !== 'string' || delta === '') return;
    // Another kind in the same place, as of a server that does not count, is another block.
    const known = this.#places.get(key);
    if (known !== undefined && known.kind !== kind) {
      this.#close(known, out);
      this.#places.delete(key);
    }
    const draft = this.#draft(key, kind);
    draft.text += delta;
    if (kind === 'text') draft.cited.push(delta);
    draft.open = true;
    const type = draft.kind === 'text' ? 'text-delta' : 'reasoning-delta';
    out.push({ type, index: draft.index, delta });
  }

  /** W-03: a call is known by its id first; one that begins where another stands is another one. */
  #startCall(key: string, call: WireBody, out: ChatStreamEvent[]): void {
    const name = stringOf(objectOf(call['function'])['name']) ?? '';
    const id = stringOf(call['id']);
    const same = id === undefined ? undefined : this.#calls.get(id);
    if (same !== undefined) {
      this.#places.set(key, same);
      return;
    }
    this.#close(this.#places.get(key), out);
    this.#places.delete(key);
    const draft = this.#draft(key, 'tool-call', { id: id ?? uniqueCallId(), name });
    this.#calls.set(draft.id, draft);
    out.push({ type: 'tool-call-start', index: draft.index, id: draft.id, name });
    this.#addArguments(key, call, out);
    this.#keepMembers(key, call);
  }

  #addArguments(key: string, call: WireBody, out: ChatStreamEvent[]): void {
    const draft = this.#places.get(key);
    const delta = stringOf(objectOf(call['function'])['arguments']);
    // After its end its arguments are known: what comes again adds nothing.
    if (draft === undefined || delta === undefined || draft.ended) return;
    draft.text += delta;
    draft.open = true;
    out.push({ type: 'tool-call-delta', index: draft.index, delta });
  }

  /** `content_index` is not always given: then it is the last block of its kind. */
  #cite(citation: WireBody, out: ChatStreamEvent[]): void {
    const kind = targetOf(citation);
    const at = countOf(citation['content_index']);
    const named = at === undefined || kind === 'plan' ? undefined : this.#places.get(`content:${at}`);
    const draft = named ?? this.#lastOf.get(kind);
    if (draft === undefined) return;
    draft.citations.push(citation);
    draft.open = true;
    if (draft.kind !== 'text') return;
    for (const block of toCitationBlocks(citation, draft.cited)) {
      out.push({ type: 'citation', index: draft.index, citation: block });
    }
  }

  finish(out: ChatStreamEvent[]): void {
    const { error, usage } = this.#last;
    const { reason } = this.end;
    const finishReason: FinishReason =
      reason === undefined ? { unified: 'other', raw: '' } : toFinishReason(reason, error, this.#about);
    for (const draft of this.#drafts) this.#close(draft, out);
    this.done = true;
    const providerMetadata = toMetadata(this.#logprobs);
    out.push({
      type: 'finish',
      finishReason,
      usage: toUsage(usage),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  #draft(key: string, kind: Draft['kind'], more: Partial<Draft> = {}): Draft {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const index = this.#drafts.length;
    const draft = {
      key,
      index,
      kind,
      text: '',
      cited: new GrowingText(),
      citations: [],
      id: '',
      name: '',
      value: {},
      open: true,
      ended: false,
      ...more,
    };
    this.#drafts.push(draft);
    this.#lastOf.set(kind, draft);
    this.#places.set(key, draft);
    return draft;
  }

  #endOf(key: string, out: ChatStreamEvent[]): void {
    const draft = this.#places.get(key);
    if (draft === undefined) return;
    draft.ended = true;
    this.#close(draft, out);
  }

  /** A plan has no end of its own. */
  #closePlan(out: ChatStreamEvent[]): void {
    this.#close(this.#places.get('plan'), out);
  }

  #close(draft: Draft | undefined, out: ChatStreamEvent[]): void {
    if (draft === undefined || !draft.open) return;
    draft.open = false;
    out.push({ type: 'block', index: draft.index, block: finished(draft, this.#members.get(draft.key)) });
  }
}

function finished({ kind, text, citations, id, name, value }: Draft, members: WireBody = {}): ContentBlock {
  switch (kind) {
    case 'text':
      return textBlock(text, citations, members);
    case 'thinking':
      return thinkingBlock(text, citations, members);
    case 'plan':
      return toolPlanBlock(text, citations);
    case 'tool-call':
      return withMembers(toolCallBlock(id, name, text), members);
    case 'other':
      return otherBlock(value);
  }
}

/** Deltas of an unknown kind: strings are pieces, anything else replaces. */
function append(value: WireBody, delta: WireBody): void {
  for (const [name, piece] of Object.entries(delta)) {
    const known = value[name];
    value[name] =
      typeof known === 'string' && typeof piece === 'string' && name !== 'type' ? known + piece : piece;
  }
}
