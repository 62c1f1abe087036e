import { stringOf, type WireBody } from './convert.ts';

/** An output item in the making. */
export interface OutputItem {
  /** As it was last said. */
  said: WireBody;
  /** Its parts' places in `message.content`, by the order in which they came. */
  readonly places: Map<unknown, number>;
  /** It was said whole. */
  done: boolean;
}

/**
 * The output items of a streamed response and the places of their parts. W-03: an item is known by its ids (`id`, `call_id`),
 * and by its place (`output_index`) only where they are missing or change at every event, as some proxies make them; what
 * is said again replaces what was said, and adds nothing.
 */
export class OutputItems {
  readonly #items: OutputItem[] = [];
  readonly #byId = new Map<string, OutputItem>();
  readonly #byPlace = new Map<unknown, OutputItem>();
  #places = 0;

  get all(): readonly OutputItem[] {
    return this.#items;
  }

  /** An item begins. */
  added(said: WireBody, at: unknown): OutputItem {
    return this.#known(said) ?? this.#begin(said, at);
  }

  /** The item that an event with `item_id` and `output_index` is about. */
  of({ item_id: id, output_index: at }: WireBody): OutputItem {
    const known = this.#byId.get(stringOf(id) ?? '') ?? this.#byPlace.get(at);
    // Neither is known: a server that gives no places means the item that is under way.
    const open = known ?? (at === undefined || at === null ? this.#items.at(-1) : undefined);
    if (open !== undefined) return open;
    const item = this.#begin({}, at);
    this.#alias(item, id);
    return item;
  }

  /** An item is said whole. */
  finished(said: WireBody, at: unknown): OutputItem {
    const placed = this.#byPlace.get(at);
    const item = this.#known(said) ?? (placed !== undefined && canBe(placed, said) ? placed : undefined);
    return this.#finish(item ?? this.#begin(said, at), said);
  }

  /** The whole output, as the terminal event says it: its items in the order of what came before. */
  finishedAll(output: readonly WireBody[]): OutputItem[] {
    const remaining = new Set(this.#items);
    const byId = output.map((said) => {
      const item = this.#known(said);
      if (item !== undefined) remaining.delete(item);
      return item;
    });
    return output.map((said, at) => {
      const item =
        byId[at] ?? [...remaining].find((each) => canBe(each, said)) ?? this.#begin(said, undefined);
      remaining.delete(item);
      return this.#finish(item, said);
    });
  }

  /** The place of a part in `message.content`. `part` is the provider's `content_index`. */
  place(item: OutputItem, part: unknown = 0): number {
    const known = item.places.get(part);
    if (known !== undefined) return known;
    const place = this.#places++;
    item.places.set(part, place);
    return place;
  }

  /** The place of the n-th part of an item that is said whole, whose parts may have been counted from 1. */
  placeOfPart(item: OutputItem, n: number, parts: number): number {
    const known = [...item.places.keys()];
    const literal = known.every((part) => typeof part === 'number' && part < parts);
    const part = literal ? n : known[n];
    return this.place(item, part ?? `part ${n}`);
  }

  #known(said: WireBody): OutputItem | undefined {
    const of = (id: unknown): OutputItem | undefined => this.#byId.get(stringOf(id) ?? '');
    return of(said['id']) ?? of(said['call_id']);
  }

  #begin(said: WireBody, at: unknown): OutputItem {
    const item: OutputItem = { said, places: new Map(), done: false };
    this.#items.push(item);
    if (at !== undefined && at !== null) this.#byPlace.set(at, item);
    this.#alias(item, said['id'], said['call_id']);
    return item;
  }

  #finish(item: OutputItem, said: WireBody): OutputItem {
    item.said = said;
    item.done = true;
    this.#alias(item, said['id'], said['call_id']);
    return item;
  }

  #alias(item: OutputItem, ...ids: readonly unknown[]): void {
    for (const each of ids) {
      const id = stringOf(each);
      if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, item);
    }
  }
}

/** Whether an item of changing ids may be this one: of its kind, and not another call. */
function canBe({ said: known, done }: OutputItem, said: WireBody): boolean {
  if (known['type'] !== undefined && known['type'] !== said['type']) return false;
  const call = stringOf(said['call_id']);
  const knownCall = stringOf(known['call_id']);
  if (call === undefined || knownCall === undefined || call === knownCall) return true;
  return known['name'] === said['name'] && (!done || known['arguments'] === said['arguments']);
}
