import type { ChatStreamEvent, Usage } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import {
  EndOfReply,
  eventJson,
  malformed,
  throwFailure,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { finishOf, firstOf, fromUsage, MessageReader, startOf } from './convert-response.ts';
import type { ReplyAbout } from './convert.ts';

/** The events of a streamed reply. It ends with a finish reason, and with `data: [DONE]`. */
export function fromStream(about: ReplyAbout): StreamTranslator<ChatStreamEvent> {
  return new ReplyTranslator(about);
}

class ReplyTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply({ endsWithDone: true });
  readonly #about: ReplyAbout;
  readonly #reader: MessageReader;
  #started = false;
  /** Anything of a completion came at all. */
  #seen = false;
  #usage: Usage = {};

  constructor(about: ReplyAbout) {
    this.#about = about;
    this.#reader = new MessageReader(about);
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    const chunk = eventJson(event, this.#about);
    const { choices, usage } = chunk;
    const isPart = Array.isArray(choices) || isObject(usage);
    if (!isPart && chunk['object'] === undefined) throwFailure(chunk, this.#about, true);
    if (!this.#started) {
      const start = startOf(chunk);
      this.#started = start.id !== undefined || start.model !== undefined;
      if (this.#started) out.push({ type: 'start', ...start });
    }
    if (isObject(usage)) {
      this.#usage = fromUsage(usage);
      out.push({ type: 'usage', usage: this.#usage });
    }
    if (Array.isArray(choices)) this.#seen = true;
    const choice = firstOf(choices);
    if (isObject(choice?.['delta'])) this.#reader.push(choice['delta'], out);
    this.end.say(choice?.['finish_reason']);
  }

  finish(out: ChatStreamEvent[]): void {
    if (!this.#seen) throw malformed('an event stream without a completion', this.#about);
    for (const [index, block] of this.#reader.finish(out)) out.push({ type: 'block', index, block });
    this.done = true;
    const finishReason = finishOf(this.end.reason, this.#reader.called);
    out.push({ type: 'finish', finishReason, usage: this.#usage });
  }
}
