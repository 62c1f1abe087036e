import type { ChatStreamEvent, Usage } from '@mortise/core/llm';
import { EndOfReply, eventJson, type SseEvent, type StreamTranslator } from '@mortise/core/wire';
import type { Raw, ReferenceLLM } from './adapter.ts';

type Out = ChatStreamEvent[];

/** The stream's state machine, one method an event. */
export class ReferenceTranslator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  readonly llm: ReferenceLLM;
  readonly blocks: Raw[] = [];
  /** Where a part stands that the wire names by a place, or a call by its id. */
  readonly places = new Map<unknown, number>();
  known: Usage = {};
  wasBlocked = false;

  constructor(llm: ReferenceLLM) {
    this.llm = llm;
  }

  push(event: SseEvent, out: Out): void {
    this.take(this.read(event), out);
  }

  /** What says that it is a failure is thrown as it. */
  read(event: SseEvent): Raw {
    return eventJson(event, this.llm.about());
  }

  take(data: Raw, out: Out): void {
    switch (data['type']) {
      case 'begin':
        return this.begin(data, out);
      case 'open':
        return this.open(this.begun(data), data['block'] as Raw, out);
      case 'blocked':
        return this.blocked(data['blocked'] as string);
      case 'piece':
        if (data['finish'] !== undefined) this.early(data['finish'] as string, out);
        return this.piece(this.place(data), data['text'] as string, out);
      case 'close':
        return this.close(this.place(data), data, out);
      case 'cite':
        return this.cite(this.cited(data), data['citation'] as Raw, out);
      case 'usage':
        return this.usage(data['usage'] as Raw, out);
      case 'end':
        return this.ended(data, out);
      default:
        return this.unknown(data);
    }
  }

  /** W-03: a call is known by its id first. */
  begun({ at, call }: Raw): number {
    const index = this.blocks.length;
    this.places.set(call ?? at, index);
    return index;
  }

  place({ at, call }: Raw): number {
    return this.places.get(call ?? at)!;
  }

  /** A citation that names no part is of the last text. */
  cited(data: Raw): number {
    return data['at'] === null ? this.blocks.findLastIndex(({ type }) => type === 'text') : this.place(data);
  }

  cite(index: number, raw: Raw, out: Out): void {
    (this.blocks[index]!['cited'] as Raw[]).push(raw);
    out.push({ type: 'citation', index, citation: this.llm.citation(raw) });
  }

  begin({ id, model, created }: Raw, out: Out): void {
    const createdAt = this.llm.time(created as number);
    out.push({ type: 'start', id: id as string, model: model as string, createdAt });
  }

  open(index: number, block: Raw, out: Out): void {
    if (block['type'] !== 'call') {
      this.blocks[index] = { ...block, ...(block['type'] === 'text' ? { cited: [] } : {}) };
      return;
    }
    const id = this.llm.id(block['id'] as string);
    this.blocks[index] = { ...block, id };
    out.push({ type: 'tool-call-start', index, id, name: block['name'] as string });
  }

  piece(index: number, text: string, out: Out): void {
    const block = this.blocks[index]!;
    block['text'] += text;
    const type = ({ call: 'tool-call-delta', reasoning: 'reasoning-delta' } as const)[
      block['type'] as 'call'
    ];
    out.push({ type: type ?? 'text-delta', index, delta: text });
  }

  close(index: number, { signature }: Raw, out: Out): void {
    this.blocks[index]!['closed'] = true;
    const raw = signature === null ? this.blocks[index]! : { ...this.blocks[index], signature };
    out.push({ type: 'block', index, block: this.llm.block(raw) });
  }

  usage(raw: Raw, out: Out): void {
    this.known = { ...this.known, ...this.llm.usage(raw) };
    out.push({ type: 'usage', usage: this.known });
  }

  ended({ finish, usage }: Raw, out: Out): void {
    if (usage !== undefined) this.usage(usage as Raw, out);
    this.end.say(finish);
    this.end.terminal = true;
  }

  /** A reason that stands with a piece: the reply may end here. */
  early(finish: string, _out: Out): void {
    this.end.say(finish);
  }

  blocked(word: string): void {
    this.wasBlocked = true;
    this.end.say(word);
    this.end.terminal = true;
  }

  finish(out: Out): void {
    this.blocks.forEach((block, index) => {
      if (block['closed'] !== true) this.close(index, { signature: null }, out);
    });
    this.done = true;
    const raw = this.end.reason ?? '';
    const finishReason = this.wasBlocked ? this.llm.blocked(raw) : this.llm.finish(raw);
    out.push({ type: 'finish', finishReason, usage: this.known });
  }

  /** A later version's event. */
  unknown(_data: Raw): void {}
}
