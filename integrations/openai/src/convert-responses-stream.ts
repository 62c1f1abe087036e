import type { ChatStreamEvent } from '@mortise/core/llm';
import {
  EndOfReply,
  eventJson,
  throwFailure,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { isObject } from '@mortise/core/shared';
import { citation } from './convert-reply.ts';
import {
  blocksOfItem,
  PARAGRAPH,
  responsesFinishReason,
  responsesMetadata,
  responsesUsage,
  throwIfFailed,
} from './convert-responses-response.ts';
import { OutputItems, type OutputItem } from './convert-responses-places.ts';
import { objectOf, objectsOf, startOf, stringOf, type WireAbout, type WireBody } from './convert.ts';

/** The events of a streamed response. Its terminal events are `response.completed`, `.incomplete` and `.failed`. */
export function responsesStream(about: WireAbout): StreamTranslator<ChatStreamEvent> {
  return new ResponsesTranslator(about);
}

class ResponsesTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  said = 0;
  readonly #about: WireAbout;
  readonly #items = new OutputItems();
  /** What each place held when its block was handed out, as JSON. */
  readonly #sent = new Map<number, string>();
  #started = false;
  /** The response as the terminal event says it. */
  #response: WireBody = {};

  constructor(about: WireAbout) {
    this.#about = about;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    const data = eventJson(event, this.#about);
    const { type } = data;
    const delta = stringOf(data['delta']);
    // Progress of what runs at the provider says that it goes on; so does all but a delta, which speaks for itself.
    if (data['delta'] === undefined && typeof type === 'string' && type.startsWith('response.')) this.said++;
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (delta !== undefined) out.push({ type: 'text-delta', index: this.#place(data), delta });
        break;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        if (delta !== undefined) out.push({ type: 'reasoning-delta', index: this.#placeOfItem(data), delta });
        break;
      case 'response.function_call_arguments.delta':
        if (delta !== undefined) this.#arguments(data, delta, out);
        break;
      case 'response.created':
        if (isObject(data['response'])) this.#start(data['response'], out);
        break;
      case 'response.in_progress': {
        const { usage } = objectOf(data['response']);
        if (isObject(usage)) out.push({ type: 'usage', usage: responsesUsage(usage) });
        break;
      }
      case 'response.output_item.added':
        if (isObject(data['item'])) this.#itemAdded(data, data['item'], out);
        break;
      case 'response.content_part.added':
        // A reasoning item has parts too, but one block.
        if (this.#items.of(data).said['type'] !== 'reasoning') this.#place(data);
        break;
      case 'response.reasoning_summary_part.added':
        if (typeof data['summary_index'] === 'number' && data['summary_index'] > 0) {
          out.push({ type: 'reasoning-delta', index: this.#placeOfItem(data), delta: PARAGRAPH });
        }
        break;
      case 'response.output_text.annotation.added': {
        const { annotation: raw } = data;
        if (isObject(raw))
          out.push({ type: 'citation', index: this.#place(data), citation: citation(raw, raw, this.#about) });
        break;
      }
      case 'response.output_item.done':
        if (isObject(data['item'])) this.#tell(this.#items.finished(data['item'], data['output_index']), out);
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#response = { status: type.slice('response.'.length), ...objectOf(data['response']) };
        throwIfFailed(this.#response, this.#about);
        this.end.say(this.#response['status']);
        this.end.terminal = true;
        break;
      default: // Progress of server-side tools and the like: what it leads to stands in the finished item.
        if (type === undefined) throwFailure(data, this.#about, true);
    }
  }

  #start(response: WireBody, out: ChatStreamEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    out.push({ type: 'start', ...startOf(response, response['created_at']) });
  }

  #itemAdded({ output_index: at }: WireBody, said: WireBody, out: ChatStreamEvent[]): void {
    const before = this.#items.all.length;
    const item = this.#items.added(said, at);
    // The same item once more begins nothing.
    if (this.#items.all.length === before || said['type'] === 'message') return;
    const index = this.#items.place(item);
    const id = stringOf(said['call_id']);
    const name = stringOf(said['name']);
    if (said['type'] === 'function_call' && id !== undefined && name !== undefined)
      out.push({ type: 'tool-call-start', index, id, name });
  }

  /** After the item was said whole its arguments are known: what comes again adds nothing. */
  #arguments(data: WireBody, delta: string, out: ChatStreamEvent[]): void {
    const item = this.#items.of(data);
    if (!item.done) out.push({ type: 'tool-call-delta', index: this.#items.place(item), delta });
  }

  /** The blocks of an item that was said whole. */
  #tell(item: OutputItem, out: ChatStreamEvent[]): void {
    const blocks = blocksOfItem(item.said, this.#about);
    blocks.forEach((block, part) => {
      const index = this.#items.placeOfPart(item, part, blocks.length);
      // Handed out again only when it is said otherwise than before: encrypted content differs.
      const json = JSON.stringify(block);
      if (this.#sent.get(index) === json) return;
      this.#sent.set(index, json);
      out.push({ type: 'block', index, block });
    });
  }

  finish(out: ChatStreamEvent[]): void {
    const body = this.#response;
    for (const item of this.#items.finishedAll(objectsOf(body['output']))) this.#tell(item, out);
    const providerMetadata = responsesMetadata(body, this.#about);
    this.done = true;
    out.push({
      type: 'finish',
      finishReason: responsesFinishReason(
        body,
        this.#items.all.map(({ said }) => said),
      ),
      usage: responsesUsage(body['usage']),
      ...startOf(body, body['created_at']),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  #place(data: WireBody): number {
    const { content_index: part } = data;
    return this.#items.place(this.#items.of(data), part ?? 0);
  }

  #placeOfItem(data: WireBody): number {
    return this.#items.place(this.#items.of(data));
  }
}
