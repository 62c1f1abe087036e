import { toolCallBlock, type ChatStreamEvent, type ContentBlock } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { malformed, uniqueCallId } from '@mortise/core/wire';
import { membersBeside, objectOf, objectsOf, stringOf, type ReplyAbout, type Wire } from './convert.ts';

/** A call under way. */
interface Call {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly pieces: string[];
  /** Characters in `pieces`. */
  length: number;
  /** What it says besides, by name: the last one stands. */
  readonly members: Map<string, unknown>;
}

/**
 * The calls of a message. Mistral sends them whole, servers of its models in pieces too: a piece belongs to the call of
 * its id, else to the last one of its `index`, else to the last one (W-03). What has a name and no call yet begins one.
 */
export class Calls {
  readonly #about: ReplyAbout;
  readonly #nextIndex: () => number;
  readonly #calls: Call[] = [];
  readonly #byId = new Map<string, Call>();
  readonly #byIndex = new Map<number, Call>();

  constructor(about: ReplyAbout, nextIndex: () => number) {
    this.#about = about;
    this.#nextIndex = nextIndex;
  }

  get called(): boolean {
    return this.#calls.length > 0;
  }

  push(calls: unknown, out: ChatStreamEvent[]): void {
    for (const piece of objectsOf(calls)) {
      const called = objectOf(piece['function']);
      const said = called['arguments'];
      const text = typeof said === 'string' ? said : isObject(said) ? JSON.stringify(said) : '';
      const id = idOf(piece);
      const name = stringOf(called['name']);
      const known = this.#known(id, name, piece['index']);
      // The same call whole once more adds nothing.
      if (known !== undefined && name !== undefined && text !== '' && text.length === known.length)
        if (known.pieces.join('') === text) continue;
      const call = known ?? this.#begin(id, name, out);
      if (typeof piece['index'] === 'number') this.#byIndex.set(piece['index'], call);
      this.#add(call, text, piece, out);
    }
  }

  #known(id: string | undefined, name: string | undefined, index: unknown): Call | undefined {
    const byId = this.#byId.get(id ?? '');
    if (byId !== undefined) return byId;
    if (name !== undefined) return undefined;
    return (typeof index === 'number' ? this.#byIndex.get(index) : undefined) ?? this.#calls.at(-1);
  }

  #begin(given: string | undefined, name: string | undefined, out: ChatStreamEvent[]): Call {
    if (name === undefined) throw malformed('a tool call without a name', this.#about);
    const id = given ?? uniqueCallId();
    const index = this.#nextIndex();
    const call: Call = { id, name, index, pieces: [], length: 0, members: new Map() };
    this.#calls.push(call);
    this.#byId.set(id, call);
    out.push({ type: 'tool-call-start', index, id, name });
    return call;
  }

  #add(call: Call, text: string, piece: Wire, out: ChatStreamEvent[]): void {
    for (const [member, value] of Object.entries(membersBeside(piece, OF_CALL) ?? {}))
      call.members.set(member, value);
    const inner = membersBeside(objectOf(piece['function']), OF_FUNCTION);
    if (inner !== undefined) call.members.set('function', inner);
    if (text === '') return;
    call.pieces.push(text);
    call.length += text.length;
    out.push({ type: 'tool-call-delta', index: call.index, delta: text });
  }

  /** The finished blocks with their places. */
  finish(): (readonly [index: number, block: ContentBlock])[] {
    return this.#calls.map(({ id, name, index, pieces, members }) => {
      const block = toolCallBlock(id, name, pieces.join(''));
      if (members.size === 0) return [index, block] as const;
      return [index, { ...block, providerMetadata: { mistral: Object.fromEntries(members) } }] as const;
    });
  }
}

const OF_CALL: ReadonlySet<string> = new Set(['id', 'type', 'index', 'function']);
const OF_FUNCTION: ReadonlySet<string> = new Set(['name', 'arguments']);

/** `null` as a word is Mistral's for a call without an id. */
function idOf({ id }: Wire): string | undefined {
  return id === 'null' ? undefined : stringOf(id);
}
