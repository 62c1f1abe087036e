import { toolCallBlock, type ChatStreamEvent, type ContentBlock } from '@mortise/core/llm';
import { eventJson, malformed, type SseEvent, type StreamTranslator } from '@mortise/core/wire';
import { countOf, objectOf, objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { targetOf, toCitationBlocks } from './convert-citation.ts';
import {
  membersOf,
  otherBlock,
  planBlock,
  textBlock,
  thinkingBlock,
  toFinishReason,
  toMetadata,
  toUsage,
  withMembers,
} from './convert-chat-reply.ts';
import { errorFromReply } from './errors.ts';

/** A block in the making. */
interface Draft {
  readonly key: string;
  /** Its place in `message.content`. */
  readonly index: number;
  readonly kind: 'text' | 'thinking' | 'plan' | 'tool-call' | 'other';
  text: string;
  readonly citations: WireBody[];
  readonly id: string;
  readonly name: string;
  /** An unknown kind of content, its strings appended to. */
  readonly value: WireBody;
  /** Something came that the last `block` event did not hold. */
  open: boolean;
}

/** The events of `POST /v2/chat` with `stream: true`: https://docs.cohere.com/reference/chat-stream */
export class ChatStreamTranslator implements StreamTranslator<ChatStreamEvent> {
  readonly #about: WireAbout;
  /** In the order of `message.content`. */
  readonly #drafts: Draft[] = [];
  /** Cohere counts content and tool calls apart; the keys are `content:0`, `tool-call:0` and `plan`. */
  readonly #places = new Map<string, Draft>();
  /** What an item says besides what the contract knows, by the same keys. */
  readonly #members = new Map<string, WireBody>();
  readonly #logprobs: unknown[] = [];
  #done = false;

  constructor(about: WireAbout) {
    this.#about = about;
  }

  get done(): boolean {
    return this.#done;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    // What a cut stream may still end with, and a whole one after its terminal event.
    if (event.data === '[DONE]') return;
    const body = eventJson(event, this.#about);
    const delta = objectOf(body['delta']);
    const message = objectOf(delta['message']);
    const at = countOf(body['index']) ?? 0;
    switch (body['type'] ?? event.event) {
      case 'message-start': {
        const id = stringOf(body['id']);
        out.push(id === undefined ? { type: 'start' } : { type: 'start', id });
        break;
      }
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
        this.#close(this.#places.get(`content:${at}`), out);
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
        this.#close(this.#places.get(`tool-call:${at}`), out);
        break;
      case 'citation-start': {
        const { citations } = message;
        for (const citation of Array.isArray(citations) ? objectsOf(citations) : [objectOf(citations)]) {
          this.#cite(citation, out);
        }
        break;
      }
      case 'message-end':
        this.#end(delta, out);
        break;
      case 'error':
        throw errorFromReply('server', body, this.#about);
      case 'message':
        // No name and no type: what a proxy or a gateway says when it breaks off.
        if (stringOf(body['message']) !== undefined) throw errorFromReply('server', body, this.#about);
        break;
      default: // Other events, `debug` among them, add nothing to the reply.
    }
  }

  /** Text and thinking become blocks at their first words: an empty one is no block. */
  #startContent(key: string, content: WireBody, out: ChatStreamEvent[]): void {
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

  /** They may come before the first word: an empty text is no block, so that they wait. */
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
    const draft = this.#draft(key, kind);
    draft.text += delta;
    draft.open = true;
    const type = draft.kind === 'text' ? 'text-delta' : 'reasoning-delta';
    out.push({ type, index: draft.index, delta });
  }

  #startCall(key: string, call: WireBody, out: ChatStreamEvent[]): void {
    const { name } = objectOf(call['function']);
    const draft = this.#draft(key, 'tool-call', {
      id: stringOf(call['id']) ?? '',
      name: stringOf(name) ?? '',
    });
    out.push({ type: 'tool-call-start', index: draft.index, id: draft.id, name: draft.name });
    this.#addArguments(key, call, out);
    this.#keepMembers(key, call);
  }

  #addArguments(key: string, call: WireBody, out: ChatStreamEvent[]): void {
    const draft = this.#places.get(key);
    const delta = stringOf(objectOf(call['function'])['arguments']);
    if (draft === undefined || delta === undefined) return;
    draft.text += delta;
    draft.open = true;
    out.push({ type: 'tool-call-delta', index: draft.index, delta });
  }

  /** `content_index` is not always given: then it is the last block of its kind. */
  #cite(citation: WireBody, out: ChatStreamEvent[]): void {
    const kind = targetOf(citation);
    const at = countOf(citation['content_index']);
    const named = at === undefined || kind === 'plan' ? undefined : this.#places.get(`content:${at}`);
    const draft = named ?? this.#drafts.findLast((known) => known.kind === kind);
    if (draft === undefined) return;
    draft.citations.push(citation);
    draft.open = true;
    if (draft.kind !== 'text') return;
    for (const block of toCitationBlocks(citation, draft.text)) {
      out.push({ type: 'citation', index: draft.index, citation: block });
    }
  }

  #end(delta: WireBody, out: ChatStreamEvent[]): void {
    const { finish_reason: reason, error, usage } = delta;
    if (typeof reason !== 'string') {
      if (stringOf(error) !== undefined) throw errorFromReply('server', error, this.#about);
      throw malformed('an end of its stream without a finish reason', this.#about);
    }
    const finishReason = toFinishReason(reason, error, this.#about);
    for (const draft of this.#drafts) this.#close(draft, out);
    this.#done = true;
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
      citations: [],
      id: '',
      name: '',
      value: {},
      open: true,
      ...more,
    };
    this.#drafts.push(draft);
    this.#places.set(key, draft);
    return draft;
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
      return planBlock(text, citations);
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
