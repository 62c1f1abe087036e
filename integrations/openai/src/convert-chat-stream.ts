import type { ChatStreamEvent, ContentBlock, Usage } from '@mortise/core/llm';
import {
  EndOfReply,
  eventJson,
  malformed,
  throwFailure,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { isObject } from '@mortise/core/shared';
import { ChatCalls } from './convert-chat-calls.ts';
import {
  annotationCitation,
  chatFinishReason,
  chatUsage,
  endError,
  reasoningBlock,
  reasoningOf,
  refusalBlock,
  usageOf,
} from './convert-chat-response.ts';
import {
  addDetails,
  addMembers,
  contentText,
  detailsText,
  isContentAlone,
  messageBlock,
  opaqueMembers,
  partBlock,
  thinkingBlock,
  thinkingMembers,
} from './convert-chat-opaque.ts';
import { metadataOf, objectsOf, startOf, stringOf, type WireAbout, type WireBody } from './convert.ts';

/** The events of a streamed chat completion. It ends with a finish reason, and with `data: [DONE]`. */
export function chatCompletionsStream(about: WireAbout): StreamTranslator<ChatStreamEvent> {
  return new ChatTranslator(about);
}

/** Text that grows: its place, and its pieces where the finished block is ours to make. */
interface Growing {
  readonly index: number;
  readonly pieces: string[];
}

class ChatTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply({ endsWithDone: true });
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
  readonly #calls: ChatCalls;
  #usage: Usage = {};
  readonly #metadata: WireBody = {};
  readonly #logprobs: unknown[] = [];

  constructor(about: WireAbout) {
    this.#about = about;
    this.#calls = new ChatCalls(about, () => this.#blocks++);
  }

  /** Pieces of calls whose events wait for their name, or for their end. */
  get said(): number {
    return this.#calls.said;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    const chunk = eventJson(event, this.#about);
    const { choices, prompt_filter_results: filtered } = chunk;
    if (filtered !== undefined) this.#metadata['prompt_filter_results'] = filtered;
    const usage = usageOf(chunk);
    if (!Array.isArray(choices) && usage === undefined && chunk['object'] === undefined)
      throwFailure(chunk, this.#about, true);
    if (!this.#started) this.#start(chunk, out);
    if (usage !== undefined) {
      this.#usage = chatUsage(usage);
      out.push({ type: 'usage', usage: this.#usage });
    }
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
    const start = startOf(chunk, chunk['created']);
    // Azure begins with a chunk of filter results that names neither.
    if (start.id === undefined && start.model === undefined) return;
    this.#started = true;
    out.push({ type: 'start', ...start });
  }

  /** By hand and not in a loop over names: this runs for every token. */
  #note({ service_tier: tier, system_fingerprint: fingerprint, moderation }: WireBody): void {
    if (tier !== undefined && tier !== null) this.#metadata['service_tier'] = tier;
    if (fingerprint !== undefined && fingerprint !== null) this.#metadata['system_fingerprint'] = fingerprint;
    if (moderation !== undefined && moderation !== null) this.#metadata['moderation'] = moderation;
  }

  #choice(choice: WireBody, out: ChatStreamEvent[]): void {
    const {
      delta,
      message,
      finish_reason: reason,
      logprobs,
      error,
      content_filter_results: results,
    } = choice;
    // Azure's, of all that was said so far; what says nothing is an empty one.
    if (isObject(results) && Object.keys(results).length > 0)
      this.#metadata['content_filter_results'] = results;
    if (isObject(delta)) this.#delta(delta, out);
    // A whole message in place of a delta: it says again what came before, or all there is.
    else if (isObject(message))
      this.#delta(this.#blocks > 0 ? { tool_calls: message['tool_calls'] } : message, out);
    if (isObject(logprobs)) this.#logprobs.push(...objectsOf(logprobs['content']));
    if ((reason === undefined || reason === null) && error === undefined) return;
    const failed = endError(choice, this.#about);
    if (failed !== undefined) throw failed;
    this.end.say(reason);
  }

  #delta(delta: WireBody, out: ChatStreamEvent[]): void {
    if (isContentAlone(delta)) return this.#content(delta['content'], out);
    const reasoning = reasoningOf(delta);
    if (reasoning !== undefined) {
      const [field, text] = reasoning;
      this.#reasoning = { ...(this.#reasoning ?? this.#grow()), field };
      this.#reasoning.pieces.push(text);
      out.push({ type: 'reasoning-delta', index: this.#reasoning.index, delta: text });
    }
    const { reasoning_details: details } = delta;
    if (details !== undefined) this.#detail(details, reasoning === undefined, out);
    this.#content(delta['content'], out);
    const refusal = stringOf(delta['refusal']);
    if (refusal !== undefined) {
      this.#refusal ??= this.#grow();
      this.#refusal.pieces.push(refusal);
      out.push({ type: 'text-delta', index: this.#refusal.index, delta: refusal });
    }
    if (delta['annotations'] !== undefined) this.#cite(delta['annotations'], out);
    if (delta['tool_calls'] !== undefined) this.#calls.push(delta['tool_calls'], out);
    const members = opaqueMembers(delta);
    if (members !== undefined) this.#members = addMembers(this.#members, members);
  }

  #content(content: unknown, out: ChatStreamEvent[]): void {
    if (Array.isArray(content)) for (const part of objectsOf(content)) this.#part(part, out);
    else if (typeof content === 'string' && content !== '') this.#say(content, out);
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
    const delta = contentText(part['thinking']);
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

  finish(out: ChatStreamEvent[]): void {
    if (!this.#seen) throw malformed('an event stream without a completion', this.#about);
    // Apart at first: where a call has no name, nothing of the end is handed out.
    const blocks: ChatStreamEvent[] = [];
    this.#finishBlocks((index, block) => blocks.push({ type: 'block', index, block }));
    const logprobs = this.#logprobs.length === 0 ? undefined : { content: this.#logprobs };
    const providerMetadata = metadataOf(this.#about, { ...this.#metadata, logprobs });
    this.done = true;
    out.push(...blocks, {
      type: 'finish',
      finishReason: chatFinishReason(this.end.reason, {
        called: this.#calls.called,
        refused: this.#refusal !== undefined,
      }),
      usage: this.#usage,
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  /** The blocks that hold more than their deltas said; core makes the others. */
  #finishBlocks(tell: (index: number, block: ContentBlock) => void): void {
    if (this.#reasoning !== undefined) {
      const { index, field, pieces } = this.#reasoning;
      tell(index, reasoningBlock(field, pieces.join(''), this.#about, this.#details));
    }
    for (const { index, pieces, members } of this.#thoughts)
      tell(index, thinkingBlock(pieces.join(''), members, this.#about));
    if (this.#refusal !== undefined)
      tell(this.#refusal.index, refusalBlock(this.#refusal.pieces.join(''), this.#about));
    this.#calls.finish(tell);
    if (Object.keys(this.#members).length > 0) tell(this.#blocks++, messageBlock(this.#members, this.#about));
  }
}
