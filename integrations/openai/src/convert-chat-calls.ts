import { toolCallBlock, type ChatStreamEvent, type ContentBlock } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { uniqueCallId } from '@mortise/core/wire';
import { customCall } from './convert-chat-response.ts';
import { addMembers, opaqueOfCall, withMembers } from './convert-chat-opaque.ts';
import { objectOf, objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';
import { argumentsText, namelessCall } from './convert-reply.ts';

/** A tool call in the making. It has a place once its name is known; what came before waits in `pieces`. */
interface Call {
  id: string | undefined;
  name: string | undefined;
  index: number | undefined;
  custom: boolean;
  readonly pieces: string[];
  /** Characters in `pieces`. */
  length: number;
  readonly scan: ArgumentsScan;
  /** What it says besides, for its server: the finished block is then ours to make. */
  members: WireBody | undefined;
}

/**
 * The tool calls of a streamed completion. W-03: a piece belongs to the call of its id; by its place (`index`, or, where
 * there is none, its place in the delta) where the id is missing or is another at every event; and what names a call anew
 * begins one.
 */
export class ChatCalls {
  readonly #about: WireAbout;
  readonly #nextIndex: () => number;
  readonly #calls: Call[] = [];
  readonly #byId = new Map<string, Call>();
  /** Characters of arguments so far. */
  said = 0;
  readonly #byIndex = new Map<number, Call>();

  /** `nextIndex` gives the next place in the message's content. */
  constructor(about: WireAbout, nextIndex: () => number) {
    this.#about = about;
    this.#nextIndex = nextIndex;
  }

  /** Whether a function was called, which is the caller's to answer. */
  get called(): boolean {
    return this.#calls.some(({ custom }) => !custom);
  }

  /** The `tool_calls` of one delta. */
  push(entries: unknown, out: ChatStreamEvent[]): void {
    const pieces = objectsOf(entries);
    const taken = new Set<Call>();
    pieces.forEach((piece, at) => {
      const { function: called, custom } = piece;
      const isCustom = isObject(custom);
      const part = isCustom ? custom : objectOf(called);
      const text = argumentsText(part[isCustom ? 'input' : 'arguments']);
      const name = stringOf(part['name']);
      const known = this.#knownCall(piece, pieces.length - at, taken);
      if (known !== undefined && isRepeat(known, piece, name, text)) return void taken.add(known);
      const call =
        known === undefined || begins(known, piece, { name, text }, taken) ? this.#begin(piece) : known;
      taken.add(call);
      this.#identify(call, piece);
      call.custom ||= isCustom;
      call.name ??= name;
      const members = opaqueOfCall(piece);
      if (members !== undefined) call.members = addMembers(call.members ?? {}, members);
      this.#add(call, text, out);
    });
  }

  /** `left`: how many pieces of the delta are left, this one included. */
  #knownCall({ id, index }: WireBody, remaining: number, taken: ReadonlySet<Call>): Call | undefined {
    const byId = this.#byId.get(stringOf(id) ?? '');
    if (byId !== undefined) return byId;
    if (typeof index === 'number') return this.#byIndex.get(index);
    // Without both, several pieces of a delta are for the last calls, in order.
    const last = this.#calls.at(-remaining);
    return last !== undefined && !taken.has(last) ? last : this.#calls.at(-1);
  }

  #begin({ index }: WireBody): Call {
    const call: Call = {
      id: undefined,
      name: undefined,
      index: undefined,
      custom: false,
      pieces: [],
      length: 0,
      scan: new ArgumentsScan(),
      members: undefined,
    };
    this.#calls.push(call);
    if (typeof index === 'number') this.#byIndex.set(index, call);
    return call;
  }

  #identify(call: Call, piece: WireBody): void {
    const id = stringOf(piece['id']);
    if (id === undefined) return;
    // Another call has this id: the second one needs its own.
    if (call.id === undefined && !this.#byId.has(id)) call.id = id;
    if (!this.#byId.has(id)) this.#byId.set(id, call);
  }

  #add(call: Call, text: string, out: ChatStreamEvent[]): void {
    const before = call.index;
    call.pieces.push(text);
    call.length += text.length;
    this.said += text.length;
    if (call.name === undefined) return;
    call.index ??= this.#nextIndex();
    if (call.custom) return;
    const { index } = call;
    if (before === undefined) {
      call.id ??= uniqueCallId();
      out.push({ type: 'tool-call-start', index, id: call.id, name: call.name });
    }
    const delta = before === undefined ? call.pieces.join('') : text;
    if (delta !== '') out.push({ type: 'tool-call-delta', index, delta });
  }

  /** The blocks that hold more than their deltas said; core makes the others. */
  finish(tell: (index: number, block: ContentBlock) => void): void {
    if (this.#calls.some(({ name }) => name === undefined)) throw namelessCall(this.#about);
    for (const call of this.#calls) {
      const { name = '', index, custom, pieces, members } = call;
      if (index === undefined || (!custom && members === undefined)) continue;
      const text = pieces.join('');
      const id = (call.id ??= uniqueCallId());
      tell(
        index,
        custom
          ? customCall({ id, type: 'custom', custom: { input: text, name } }, this.#about)
          : withMembers(toolCallBlock(id, name, text), members, this.#about),
      );
    }
  }
}

/** The same call whole once more: what comes again adds nothing. */
function isRepeat(known: Call, { id }: WireBody, name: string | undefined, text: string): boolean {
  if (known.id === undefined || stringOf(id) !== known.id || name !== known.name) return false;
  return text.length === known.length && text !== '' && text === known.pieces.join('') && isWhole(known);
}

/** Whether a piece that could belong to `known` is the first of another call. Only one with a name is. */
function begins(
  known: Call,
  piece: WireBody,
  { name, text }: { name: string | undefined; text: string },
  taken: ReadonlySet<Call>,
): boolean {
  if (name === undefined || known.name === undefined) return false;
  const id = stringOf(piece['id']);
  const isNewId = id !== undefined && known.id !== undefined && id !== known.id;
  if (taken.has(known) && id !== known.id) return true;
  if (name !== known.name) return true;
  // Some name their call at every piece, the last and empty one included.
  if (text === '' && !isNewId) return false;
  // A proxy may change the id at every event: as long as the arguments are open it is the same call.
  return isWhole(known) || (isNewId && known.length === 0);
}

/** Its arguments are a JSON object, to the last brace. */
function isWhole({ pieces, scan }: Call): boolean {
  return scan.isWhole(pieces);
}

/**
 * Whether some arguments are a whole object. Some servers name their call at every piece, of a character perhaps: each piece
 * is looked at once, and parsed is what may be whole, once. Brackets and quotes are counted; what they mean is for the parser.
 */
class ArgumentsScan {
  #pieces = 0;
  #depth = 0;
  /** Characters outside of all brackets, blanks apart: an object has its first alone. */
  #outside = 0;
  #isQuoted = false;
  #isEscaped = false;
  #parses: boolean | undefined;

  isWhole(pieces: readonly string[]): boolean {
    for (; this.#pieces < pieces.length; this.#pieces++)
      for (const character of pieces[this.#pieces] as string) this.#look(character);
    if (this.#outside !== 1 || this.#depth !== 0 || this.#isQuoted) return false;
    return (this.#parses ??= isObjectText(pieces.join('')));
  }

  #look(character: string): void {
    if (this.#depth === 0 && character.trim() !== '') this.#outside++;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isQuoted = !this.#isQuoted;
    else if (this.#isQuoted) return;
    else if (character === '{' || character === '[') this.#depth++;
    else if (character === '}' || character === ']') this.#depth--;
  }
}

function isObjectText(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
