import type { ChatStreamEvent, ContentBlock, Usage } from '@mortise/core/llm';
import { eventJson, isObject, malformed, type SseEvent, type StreamTranslator } from '@mortise/core/wire';
import {
  annotationCitation,
  argumentsText,
  callId,
  chatFinishReason,
  chatUsage,
  contentText,
  customCall,
  namelessCall,
  reasoningBlock,
  reasoningOf,
  refusalBlock,
  usageOf,
} from './convert-chat-reply.ts';
import { isoTime, metadataOf, objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { errorFromBody } from './errors.ts';

/** The events of a streamed chat completion. Its terminal event is `data: [DONE]`. */
export function chatCompletionsStream(about: WireAbout): StreamTranslator<ChatStreamEvent> {
  return new ChatTranslator(about);
}

/** Text that grows: its place, and its pieces where the finished block is ours to make. */
interface Growing {
  readonly index: number;
  readonly pieces: string[];
}

/** A tool call in the making. It has a place once its name is known; what came before waits in `pieces`. */
interface Call {
  readonly at: number;
  id: string | undefined;
  name: string | undefined;
  index: number | undefined;
  custom: boolean;
  pieces: string[];
}

class ChatTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly #about: WireAbout;
  #started = false;
  /** Anything of a completion came at all. */
  #seen = false;
  #blocks = 0;
  #text: Growing | undefined;
  #refusal: Growing | undefined;
  #reasoning: (Growing & { readonly field: string }) | undefined;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  #finishReason: unknown;
  #usage: Usage = {};
  readonly #metadata: WireBody = {};
  readonly #logprobs: unknown[] = [];

  constructor(about: WireAbout) {
    this.#about = about;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    if (event.data === '[DONE]') return this.#finish(out);
    const chunk = eventJson(event, this.#about);
    if (chunk['error'] !== undefined && chunk['error'] !== null)
      throw errorFromBody(chunk['error'], this.#about);
    if (!this.#started) this.#start(chunk, out);
    const usage = usageOf(chunk);
    if (usage !== undefined) {
      this.#usage = chatUsage(usage);
      out.push({ type: 'usage', usage: this.#usage });
    }
    const { choices } = chunk;
    if (!Array.isArray(choices)) return;
    this.#seen = true;
    for (const choice of choices as unknown[]) {
      // Of several choices only the first is the reply.
      if (isObject(choice) && (choice['index'] === 0 || choice['index'] === undefined))
        this.#choice(choice, out);
    }
    this.#note(chunk);
  }

  #start(chunk: WireBody, out: ChatStreamEvent[]): void {
    const id = stringOf(chunk['id']);
    const model = stringOf(chunk['model']);
    // Azure begins with a chunk of filter results that names neither.
    if (id === undefined && model === undefined) return;
    const createdAt = isoTime(chunk['created']);
    this.#started = true;
    out.push({
      type: 'start',
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(createdAt === undefined ? {} : { createdAt }),
    });
  }

  /** By hand and not in a loop over names: this runs for every token. */
  #note({ service_tier: tier, system_fingerprint: fingerprint, moderation }: WireBody): void {
    if (tier !== undefined && tier !== null) this.#metadata['service_tier'] = tier;
    if (fingerprint !== undefined && fingerprint !== null) this.#metadata['system_fingerprint'] = fingerprint;
    if (moderation !== undefined && moderation !== null) this.#metadata['moderation'] = moderation;
  }

  #choice(choice: WireBody, out: ChatStreamEvent[]): void {
    const { delta, finish_reason: reason, logprobs } = choice;
    if (isObject(delta)) this.#delta(delta, out);
    if (isObject(logprobs)) this.#logprobs.push(...objectsOf(logprobs['content']));
    if (reason !== undefined && reason !== null) this.#finishReason = reason;
  }

  #delta(delta: WireBody, out: ChatStreamEvent[]): void {
    const reasoning = reasoningOf(delta);
    if (reasoning !== undefined) {
      const [field, text] = reasoning;
      this.#reasoning ??= { ...this.#grow(), field };
      this.#reasoning.pieces.push(text);
      out.push({ type: 'reasoning-delta', index: this.#reasoning.index, delta: text });
    }
    const { content } = delta;
    if (content !== undefined && content !== null && content !== '') {
      const text = contentText(content);
      if (text !== '') {
        this.#text ??= this.#grow();
        out.push({ type: 'text-delta', index: this.#text.index, delta: text });
      }
    }
    const refusal = stringOf(delta['refusal']);
    if (refusal !== undefined) {
      this.#refusal ??= this.#grow();
      this.#refusal.pieces.push(refusal);
      out.push({ type: 'text-delta', index: this.#refusal.index, delta: refusal });
    }
    if (delta['annotations'] !== undefined) this.#cite(delta['annotations'], out);
    if (delta['tool_calls'] !== undefined)
      for (const call of objectsOf(delta['tool_calls'])) this.#call(call, out);
  }

  #grow(): Growing {
    return { index: this.#blocks++, pieces: [] };
  }

  #cite(annotations: unknown, out: ChatStreamEvent[]): void {
    for (const citation of objectsOf(annotations).flatMap((annotation) =>
      annotationCitation(annotation, this.#about),
    )) {
      this.#text ??= this.#grow();
      out.push({ type: 'citation', index: this.#text.index, citation });
    }
  }

  #call(delta: WireBody, out: ChatStreamEvent[]): void {
    const call = this.#callOf(delta);
    const { function: called, custom } = delta;
    const part = isObject(custom) ? custom : isObject(called) ? called : {};
    call.custom ||= isObject(custom);
    call.id ??= stringOf(delta['id']);
    call.name ??= stringOf(part['name']);
    const text = call.custom ? argumentsText(part['input']) : argumentsText(part['arguments']);
    if (call.custom || call.name === undefined) {
      if (call.name !== undefined) call.index ??= this.#blocks++;
      call.pieces.push(text);
      return;
    }
    let waiting = text;
    if (call.index === undefined) {
      call.index = this.#blocks++;
      waiting = call.pieces.join('') + text;
      out.push({ type: 'tool-call-start', index: call.index, id: callId(call.id, call.at), name: call.name });
    }
    if (waiting !== '') out.push({ type: 'tool-call-delta', index: call.index, delta: waiting });
  }

  /** By `index`. Some vendors give none, or 0 to every call: there a new id begins a new call. */
  #callOf(delta: WireBody): Call {
    const id = stringOf(delta['id']);
    const { index } = delta;
    const known = typeof index === 'number' ? this.#byIndex.get(index) : this.#calls.at(-1);
    const isNew = known === undefined || (id !== undefined && known.id !== undefined && id !== known.id);
    if (!isNew) return known;
    const call: Call = {
      at: this.#calls.length,
      id,
      name: undefined,
      index: undefined,
      custom: false,
      pieces: [],
    };
    this.#calls.push(call);
    if (typeof index === 'number') this.#byIndex.set(index, call);
    return call;
  }

  #finish(out: ChatStreamEvent[]): void {
    if (!this.#seen) throw malformed('an event stream without a completion', this.#about);
    if (this.#calls.some(({ name }) => name === undefined)) throw namelessCall(this.#about);
    for (const [index, block] of this.#finishedBlocks()) out.push({ type: 'block', index, block });
    const logprobs = this.#logprobs.length === 0 ? undefined : { content: this.#logprobs };
    const providerMetadata = metadataOf(this.#about, { ...this.#metadata, logprobs });
    this.done = true;
    out.push({
      type: 'finish',
      finishReason: chatFinishReason(this.#finishReason, {
        called: this.#calls.some(({ custom }) => !custom),
        refused: this.#refusal !== undefined,
      }),
      usage: this.#usage,
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  /** The blocks that hold more than their deltas said; core makes the others. */
  #finishedBlocks(): [index: number, block: ContentBlock][] {
    const blocks: [number, ContentBlock][] = [];
    if (this.#reasoning !== undefined) {
      const { index, field, pieces } = this.#reasoning;
      blocks.push([index, reasoningBlock(field, pieces.join(''), this.#about)]);
    }
    if (this.#refusal !== undefined)
      blocks.push([this.#refusal.index, refusalBlock(this.#refusal.pieces.join(''), this.#about)]);
    for (const call of this.#calls) {
      if (!call.custom || call.index === undefined) continue;
      const { id, name, pieces, at } = call;
      const item = { id: callId(id, at), type: 'custom', custom: { input: pieces.join(''), name } };
      blocks.push([call.index, customCall(item, this.#about)]);
    }
    return blocks;
  }
}
