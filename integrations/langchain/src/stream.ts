import { withErrorFields } from '@mortise/core';
import {
  toolCallBlock,
  type ChatStreamEvent,
  type CitationBlock,
  type ContentBlock,
  type Usage,
} from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { malformed, uniqueCallId, type About } from '@mortise/core/wire';
import { citationOf, fromBlock } from './blocks.ts';
import { cited, isCallBlock, markedCall, reasoningFrom, wholeOf } from './from-messages.ts';
import { Merged } from './merged.ts';
import { RAW, rawCitations } from './raw.ts';
import { aboutReply, finishOf, fromUsage, reasonOf, startOf, warningsOf } from './reply.ts';
import { countOf, objectOf, objectsOf, textOf, type Members } from './values.ts';

type Out = ChatStreamEvent[];

/** A block under way: its place, its pieces, and what becomes of them. */
interface Part {
  readonly index: number;
  readonly pieces: Merged;
  finish(): ContentBlock;
}

interface Call extends Part {
  readonly id: string;
  /** What the content says of it, once more. */
  marked: Members | undefined;
}

/** Turns the chunks of a stream of theirs into events, and at the end into the blocks that a whole reply would have. */
export class ChunkReader {
  readonly #about: About;
  readonly #parts: Part[] = [];
  readonly #byKey = new Map<string, Part>();
  readonly #calls = new Map<string, Call>();
  readonly #beside = new Merged();
  /** What is said of the reply; the last word stands. */
  readonly #said: Members = {};
  readonly #start: { id?: string; model?: string; createdAt?: string } = {};
  readonly #citations: CitationBlock[] = [];
  readonly #usage = new Merged('sum');
  #isCounted = false;
  #last: Part | undefined;
  #lastCall: Call | undefined;
  #seen = false;

  constructor(about: About) {
    this.#about = about;
  }

  /** Whether the model said why it ended. */
  get isSaid(): boolean {
    return this.#reason !== undefined;
  }

  /** Whether anything came. */
  get isBegun(): boolean {
    return this.#seen;
  }

  get #reason(): string | undefined {
    return reasonOf({ response_metadata: this.#said, additional_kwargs: this.#beside.value });
  }

  push(chunk: unknown, out: Out): void {
    if (!isObject(chunk) || !('content' in chunk)) throw malformed('a chunk that is no message', this.#about);
    if (!this.#seen) out.push({ type: 'start', ...startOf(chunk) });
    this.#seen = true;
    Object.assign(this.#start, startOf(chunk));
    for (const [name, value] of Object.entries(objectOf(chunk['response_metadata'])))
      if (value != null) this.#said[name] = value;
    this.#takeBeside(objectOf(chunk['additional_kwargs']), out);
    const { content } = chunk;
    if (typeof content === 'string') this.#takeText(content, out);
    else for (const raw of objectsOf(content)) this.#takeBlock(raw, out);
    for (const raw of objectsOf(chunk['tool_call_chunks'])) this.#takeCall(raw, out);
    if (objectsOf(chunk['tool_call_chunks']).length === 0)
      for (const raw of objectsOf(chunk['tool_calls'])) this.#takeWholeCall(raw, out);
    for (const citation of rawCitations(chunk, citationOf)) {
      this.#citations.push(citation);
      out.push({ type: 'citation', index: this.#part('text', fromBlock).index, citation });
    }
    this.#count(chunk, out);
  }

  /** `additional_kwargs`, of which reasoning is shown as it comes. */
  #takeBeside(more: Members, out: Out): void {
    const { reasoning_content: said, refusal, tool_calls: _calls, function_call: _call, ...all } = more;
    const { [RAW]: _raw, ...rest } = all;
    this.#beside.add(rest);
    this.#takeReasoning('reasoning_content', said, out);
    for (const { text } of objectsOf(objectOf(rest['reasoning'])['summary']))
      this.#takeReasoning('reasoning', text, out);
    if (typeof refusal === 'string') this.#takeText(refusal, out);
  }

  #takeReasoning(from: string, text: unknown, out: Out): void {
    if (typeof text !== 'string' || text === '') return;
    const part = this.#part(from, (pieces) => reasoningFrom(from, String(pieces['text'])));
    part.pieces.add({ text });
    out.push({ type: 'reasoning-delta', index: part.index, delta: text });
  }

  #takeText(text: string, out: Out): void {
    if (text === '') return;
    const part = this.#part('text', fromBlock);
    part.pieces.add({ type: 'text', text });
    out.push({ type: 'text-delta', index: part.index, delta: text });
  }

  #takeBlock(raw: Members, out: Out): void {
    if (isCallBlock(raw)) return this.#mark(raw);
    const { index } = raw;
    const key =
      typeof index === 'number' || typeof index === 'string' ? `at ${index}` : this.#keyWithoutIndex(raw);
    const part = this.#part(key, fromBlock);
    part.pieces.add(raw);
    const text = raw['text'];
    const thought = raw['reasoning'] ?? raw['thinking'] ?? objectOf(raw['reasoningText'])['text'];
    if (raw['type'] === 'text' && typeof text === 'string' && text !== '')
      out.push({ type: 'text-delta', index: part.index, delta: text });
    if (raw['type'] !== 'text' && typeof thought === 'string' && thought !== '')
      out.push({ type: 'reasoning-delta', index: part.index, delta: thought });
  }

  /** A piece that does not say where it belongs goes on with the last one of its type; what is no text is whole. */
  #keyWithoutIndex({ type }: Members): string {
    if (type === 'text') return 'text';
    const isOpen = type === 'reasoning' || type === 'thinking' || type === 'reasoning_content';
    return isOpen && this.#last?.pieces.value['type'] === type
      ? String(type)
      : `${String(type)} ${this.#parts.length}`;
  }

  /** What content says of a call that stands in `tool_call_chunks`. */
  #mark(raw: Members): void {
    const call = this.#calls.get(keyOf(raw['id'])) ?? this.#calls.get(keyOf(raw['index']));
    if (call !== undefined) call.marked ??= raw;
    else this.#marks.push(raw);
  }

  readonly #marks: Members[] = [];

  #takeCall(raw: Members, out: Out): void {
    const { id, index, name, args } = raw;
    const call = this.#known(raw) ?? this.#begin(id, index, name, out);
    this.#lastCall = call;
    if (typeof index === 'number') this.#calls.set(keyOf(index), call);
    if (typeof args !== 'string' || args === '') return;
    call.pieces.add({ args });
    out.push({ type: 'tool-call-delta', index: call.index, delta: args });
  }

  /** By its id, then by its index, then the last one: as theirs are merged. A new name or id begins another. */
  #known({ id, index, name }: Members): Call | undefined {
    const isNamed = typeof id === 'string' && id !== '';
    if (isNamed) return this.#calls.get(keyOf(id));
    if (typeof index === 'number') return this.#calls.get(keyOf(index));
    return typeof name === 'string' && name !== '' ? undefined : this.#lastCall;
  }

  #begin(given: unknown, at: unknown, name: unknown, out: Out): Call {
    const id = typeof given === 'string' && given !== '' ? given : uniqueCallId();
    const called = typeof name === 'string' ? name : '';
    if (called === '') throw malformed('a tool call without a name', this.#about);
    const pieces = new Merged();
    const marked = this.#marks.find((raw) => raw['id'] === id || (at !== undefined && raw['index'] === at));
    const call: Call = {
      ...{ index: this.#parts.length, pieces, id, marked },
      finish() {
        const block = toolCallBlock(id, called, textOf(pieces.value['args']) ?? '');
        return call.marked === undefined ? block : markedCall(block, call.marked);
      },
    };
    this.#parts.push(call);
    this.#calls.set(keyOf(id), call);
    out.push({ type: 'tool-call-start', index: call.index, id, name: called });
    return call;
  }

  /** From models that give calls whole. */
  #takeWholeCall({ id, name, args }: Members, out: Out): void {
    if (typeof id === 'string' && this.#calls.has(keyOf(id))) return;
    this.#takeCall({ id, name, args: JSON.stringify(args ?? {}) }, out);
  }

  /** Theirs are added up: each chunk says what is new. Those of Anthropic say what it was so far, and are added all the same. */
  #count(chunk: Members, out: Out): void {
    const said = chunk['usage_metadata'];
    if (!isObject(said)) return;
    this.#isCounted = true;
    const [known, output] = [this.#usage.value, said].map((counts) => countOf(counts['output_tokens']));
    const isSoFar = this.#said['model_provider'] === 'anthropic' && output !== undefined;
    const before = isSoFar ? (known ?? 0) : 0;
    const less = (name: string): Members => {
      const count = countOf(said[name]);
      return count === undefined ? {} : { [name]: count - before };
    };
    this.#usage.add(before === 0 ? said : { ...said, ...less('output_tokens'), ...less('total_tokens') });
    out.push({ type: 'usage', usage: this.#counts() });
  }

  #counts(): Usage {
    if (!this.#isCounted) return {};
    return fromUsage({ usage_metadata: this.#usage.value, response_metadata: this.#said });
  }

  #part(key: string, finish: (pieces: Members) => ContentBlock): Part {
    const known = this.#byKey.get(key);
    const pieces = known?.pieces ?? new Merged();
    const part: Part = known ?? { index: this.#parts.length, pieces, finish: () => finish(pieces.value) };
    if (known === undefined) {
      this.#parts.push(part);
      this.#byKey.set(key, part);
    }
    this.#last = part;
    return part;
  }

  /** The finished blocks and the end. */
  finish(out: Out): void {
    // A connection that broke before anything was said looks the same.
    if (!this.#seen) throw withErrorFields(malformed('no chunk at all', this.#about), { retryable: true });
    const told = this.#parts.map((part) => part.finish());
    for (const [index, block] of told.entries())
      for (const citation of citationsIn(block)) out.push({ type: 'citation', index, citation });
    const blocks = cited(told, this.#citations);
    const whole = wholeOf({ additional_kwargs: this.#beside.value, response_metadata: this.#said });
    if (whole !== undefined) blocks.push(whole);
    for (const [index, block] of blocks.entries()) out.push({ type: 'block', index, block });
    for (const warning of warningsOf({ response_metadata: this.#said }))
      out.push({ type: 'warning', warning });
    const called = this.#calls.size > 0;
    const message = { ...this.#start, response_metadata: this.#said, additional_kwargs: this.#beside.value };
    out.push({
      type: 'finish',
      finishReason: finishOf(this.#reason, called),
      usage: { ...this.#counts() },
      ...aboutReply(message),
    } as ChatStreamEvent);
  }
}

function citationsIn(block: ContentBlock): readonly CitationBlock[] {
  return block.type === 'text' ? (block.citations ?? []) : [];
}

function keyOf(idOrIndex: unknown): string {
  return typeof idOrIndex === 'number' ? `at ${countOf(idOrIndex)}` : `id ${String(idOrIndex)}`;
}
