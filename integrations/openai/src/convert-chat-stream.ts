import { toolCallBlock, type ChatStreamEvent, type ContentBlock, type Usage } from '@mortise/core/llm';
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
import {
  addDetails,
  addMembers,
  detailsText,
  messageBlock,
  opaqueMembers,
  opaqueOfCall,
  partBlock,
  thinkingBlock,
  thinkingMembers,
  thinkingText,
  withMembers,
} from './convert-chat-opaque.ts';
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
  /** What it says besides, for its server: the finished block is then ours to make. */
  members: WireBody | undefined;
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
  #reasoning: (Growing & { readonly field: string | undefined }) | undefined;
  readonly #details: WireBody[] = [];
  /** Mistral thinks in parts of the content. */
  readonly #thoughts: (Growing & { members: WireBody })[] = [];
  #thinking: (Growing & { members: WireBody }) | undefined;
  /** What the message says besides, for its server. */
  #members: WireBody = {};
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
      this.#reasoning = { ...(this.#reasoning ?? this.#grow()), field };
      this.#reasoning.pieces.push(text);
      out.push({ type: 'reasoning-delta', index: this.#reasoning.index, delta: text });
    }
    const { content, reasoning_details: details } = delta;
    if (details !== undefined) this.#detail(details, reasoning === undefined, out);
    if (Array.isArray(content)) for (const part of objectsOf(content)) this.#part(part, out);
    else if (typeof content === 'string' && content !== '') this.#say(content, out);
    const refusal = stringOf(delta['refusal']);
    if (refusal !== undefined) {
      this.#refusal ??= this.#grow();
      this.#refusal.pieces.push(refusal);
      out.push({ type: 'text-delta', index: this.#refusal.index, delta: refusal });
    }
    if (delta['annotations'] !== undefined) this.#cite(delta['annotations'], out);
    if (delta['tool_calls'] !== undefined)
      for (const call of objectsOf(delta['tool_calls'])) this.#call(call, out);
    const members = opaqueMembers(delta);
    if (members !== undefined) this.#members = addMembers(this.#members, members);
  }

  #say(text: string, out: ChatStreamEvent[]): void {
    this.#text ??= this.#grow();
    this.#thinking = undefined;
    out.push({ type: 'text-delta', index: this.#text.index, delta: text });
  }

  #part(part: WireBody, out: ChatStreamEvent[]): void {
    const text = contentText([part]);
    if (text !== '') return this.#say(text, out);
    if (part['type'] !== 'thinking') {
      if (typeof part['type'] === 'string' && part['type'] !== 'text')
        out.push({ type: 'block', index: this.#blocks++, block: partBlock(part, this.#about) });
      return;
    }
    let thought = this.#thinking;
    if (thought === undefined) {
      this.#thinking = thought = { ...this.#grow(), members: {} };
      this.#thoughts.push(thought);
      // A text that follows is another one.
      this.#text = undefined;
    }
    thought.members = addMembers(thought.members, thinkingMembers(part));
    const delta = thinkingText(part);
    thought.pieces.push(delta);
    if (delta !== '') out.push({ type: 'reasoning-delta', index: thought.index, delta });
  }

  /** Read by who has no `reasoning` beside it. */
  #detail(details: unknown, isAlone: boolean, out: ChatStreamEvent[]): void {
    const pieces = objectsOf(details);
    if (pieces.length === 0) return;
    this.#reasoning ??= { ...this.#grow(), field: undefined };
    addDetails(this.#details, pieces);
    const delta = detailsText(pieces);
    if (!isAlone || delta === '') return;
    this.#reasoning.pieces.push(delta);
    out.push({ type: 'reasoning-delta', index: this.#reasoning.index, delta });
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
    const members = opaqueOfCall(delta);
    if (members !== undefined) call.members = addMembers(call.members ?? {}, members);
    const text = call.custom ? argumentsText(part['input']) : argumentsText(part['arguments']);
    if (call.custom || call.name === undefined) {
      if (call.name !== undefined) call.index ??= this.#blocks++;
      call.pieces.push(text);
      return;
    }
    let waiting = text;
    call.pieces.push(text);
    if (call.index === undefined) {
      call.index = this.#blocks++;
      waiting = call.pieces.join('');
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
      members: undefined,
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
      blocks.push([index, reasoningBlock(field, pieces.join(''), this.#about, this.#details)]);
    }
    for (const { index, pieces, members } of this.#thoughts)
      blocks.push([index, thinkingBlock(pieces.join(''), members, this.#about)]);
    if (this.#refusal !== undefined)
      blocks.push([this.#refusal.index, refusalBlock(this.#refusal.pieces.join(''), this.#about)]);
    for (const call of this.#calls) {
      const { id, name, pieces, at, members } = call;
      if (call.index === undefined) continue;
      if (!call.custom) {
        const block = toolCallBlock(callId(id, at), name ?? '', pieces.join(''));
        if (members !== undefined) blocks.push([call.index, withMembers(block, members, this.#about)]);
        continue;
      }
      const item = { id: callId(id, at), type: 'custom', custom: { input: pieces.join(''), name } };
      blocks.push([call.index, customCall(item, this.#about)]);
    }
    if (Object.keys(this.#members).length > 0)
      blocks.push([this.#blocks++, messageBlock(this.#members, this.#about)]);
    return blocks;
  }
}
