import type { ChatStreamEvent, ContentBlock } from '@mortise/core/llm';
import { eventJson, isObject, type SseEvent, type StreamTranslator } from '@mortise/core/wire';
import {
  annotationOf,
  blocksOfItem,
  PARAGRAPH,
  responsesFinishReason,
  responsesMetadata,
  responsesUsage,
  startOf,
  throwIfFailed,
} from './convert-responses-reply.ts';
import { objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { errorFromBody } from './errors.ts';

/** The events of a streamed response. Its terminal events are `response.completed`, `.incomplete` and `.failed`. */
export function responsesStream(about: WireAbout): StreamTranslator<ChatStreamEvent> {
  return new ResponsesTranslator(about);
}

class ResponsesTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly #about: WireAbout;
  /** The place of each part of the output, by the provider's own two indices. */
  readonly #places = new Map<string, number>();
  /** What each place held when its block was handed out, as JSON. */
  readonly #sent = new Map<number, string>();
  readonly #items = new Map<unknown, WireBody>();

  constructor(about: WireAbout) {
    this.#about = about;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    // Some servers end this stream as they end the other one.
    if (event.data === '[DONE]') return;
    const data = eventJson(event, this.#about);
    const { type, delta } = data;
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (isText(delta)) out.push({ type: 'text-delta', index: this.#place(data), delta });
        break;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        if (isText(delta)) out.push({ type: 'reasoning-delta', index: this.#placeOfItem(data), delta });
        break;
      case 'response.function_call_arguments.delta':
        if (isText(delta)) out.push({ type: 'tool-call-delta', index: this.#placeOfItem(data), delta });
        break;
      case 'response.created':
        if (isObject(data['response'])) out.push({ type: 'start', ...startOf(data['response']) });
        break;
      case 'response.output_item.added':
        if (isObject(data['item'])) this.#itemAdded(data, data['item'], out);
        break;
      case 'response.content_part.added':
        // A reasoning item has parts too, but one block.
        if (this.#isMessage(data)) this.#place(data);
        break;
      case 'response.reasoning_summary_part.added':
        if (typeof data['summary_index'] === 'number' && data['summary_index'] > 0) {
          out.push({ type: 'reasoning-delta', index: this.#placeOfItem(data), delta: PARAGRAPH });
        }
        break;
      case 'response.output_text.annotation.added': {
        const citation = annotationOf(data['annotation'], this.#about);
        if (citation !== undefined) out.push({ type: 'citation', index: this.#place(data), citation });
        break;
      }
      case 'response.output_item.done':
        if (isObject(data['item'])) this.#itemDone(data['output_index'], data['item'], out);
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#finish(data['response'], out);
        break;
      case 'error':
        // The documented event is flat; some come with an `error` inside.
        throw errorFromBody(isObject(data['error']) ? data['error'] : data, this.#about);
      default: // Progress of server-side tools and the like: what it leads to stands in the finished item.
    }
  }

  #itemAdded({ output_index: at }: WireBody, item: WireBody, out: ChatStreamEvent[]): void {
    this.#items.set(at, item);
    if (item['type'] === 'message') return;
    const index = this.#placeAt(at, 0);
    const id = stringOf(item['call_id']);
    const name = stringOf(item['name']);
    if (item['type'] === 'function_call' && id !== undefined && name !== undefined)
      out.push({ type: 'tool-call-start', index, id, name });
  }

  #isMessage({ output_index: at }: WireBody): boolean {
    return this.#items.get(at)?.['type'] !== 'reasoning';
  }

  #itemDone(at: unknown, item: WireBody, out: ChatStreamEvent[]): void {
    this.#items.set(at, item);
    blocksOfItem(item, this.#about).forEach((block, part) =>
      this.#block(this.#placeAt(at, part), block, out),
    );
  }

  /** Handed out again only when the terminal event says otherwise than the item's own: encrypted content differs. */
  #block(index: number, block: ContentBlock, out: ChatStreamEvent[]): void {
    const json = JSON.stringify(block);
    if (this.#sent.get(index) === json) return;
    this.#sent.set(index, json);
    out.push({ type: 'block', index, block });
  }

  #finish(response: unknown, out: ChatStreamEvent[]): void {
    const body = isObject(response) ? response : {};
    throwIfFailed(body, this.#about);
    const items = objectsOf(body['output']);
    items.forEach((item, at) => this.#itemDone(at, item, out));
    const providerMetadata = responsesMetadata(body, this.#about);
    this.done = true;
    out.push({
      type: 'finish',
      finishReason: responsesFinishReason(body, items.length > 0 ? items : [...this.#items.values()]),
      usage: responsesUsage(body['usage']),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  #place({ output_index: at, content_index: part }: WireBody): number {
    return this.#placeAt(at, part);
  }

  #placeOfItem({ output_index: at }: WireBody): number {
    return this.#placeAt(at, 0);
  }

  #placeAt(at: unknown, part: unknown): number {
    const key = `${String(at)}:${String(part)}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(key, place);
    return place;
  }
}

function isText(delta: unknown): delta is string {
  return typeof delta === 'string' && delta !== '';
}
