import type { JsonValue } from '@mortise/core/shared';
import type { ValuePath } from '@mortise/core/parser';

type Members = { [key: string]: JsonValue };

/** A container that is still open. What it holds is whole; the child in the making belongs to the next frame. */
interface Frame {
  readonly items: JsonValue[] | undefined;
  readonly members: Members | undefined;
  /** The member whose value comes next. */
  key: string | undefined;
  size: number;
  cost: number;
  /** The members and the key that is open, in an object that copies fast. */
  mould: Members | undefined;
}

/*
 * What it costs to copy one child, in units of an array's element (some 3 ns on V8). Objects that grow beyond about
 * sixteen members turn into hash tables there, which copy a hundred times slower; those that JSON.parse makes do so
 * only beyond 128. So a copy of an object in between is cast from a mould, which is made once for each new member.
 */
const ITEM_COST = 1;
const MEMBER_COST = 2;
const FAST_MEMBERS = 16;
const MOULD_MEMBERS = 100;
const SLOW_MEMBER_COST = 128;

/**
 * Builds one JSON value from the inside of a reader, and copies of it on the way. A copy covers the containers that
 * are still open; those that are closed never change again and are shared by every copy and by the final value.
 */
export class JsonBuilder {
  /** The finished value. */
  value: JsonValue | undefined;
  /** Moves whenever a copy would look different. */
  version = 0;
  /** What a copy would cost now, in units of one array element. */
  cost = 0;
  readonly #frames: Frame[] = [];

  get depth(): number {
    return this.#frames.length;
  }

  /** Whether the container that is open innermost is an array. */
  get inArray(): boolean {
    return this.#frames[this.#frames.length - 1]?.items !== undefined;
  }

  /** What closes the containers that are open, the innermost last. */
  closers(): number[] {
    return this.#frames.map(({ items }) => (items === undefined ? 0x7d : 0x5d));
  }

  open(isArray: boolean): void {
    const items = isArray ? [] : undefined;
    this.#frames.push({
      items,
      members: isArray ? undefined : {},
      key: undefined,
      size: 0,
      cost: 1,
      mould: undefined,
    });
    this.cost++;
    this.version++;
  }

  key(key: string): void {
    const frame = this.#frames[this.#frames.length - 1] as Frame;
    frame.key = key;
    frame.mould = undefined;
    if (frame.size >= FAST_MEMBERS) this.#price(frame, (frame.size + 1) * SLOW_MEMBER_COST);
  }

  /** A value is whole: it goes into the innermost open container, or it is the result. */
  add(value: JsonValue): void {
    this.version++;
    const frame = this.#frames[this.#frames.length - 1];
    if (frame === undefined) {
      this.value = value;
      return;
    }
    frame.size++;
    if (frame.items !== undefined) {
      frame.items.push(value);
      this.#price(frame, frame.cost + ITEM_COST);
      return;
    }
    setMember(frame.members as Members, frame.key as string, value);
    if (frame.mould !== undefined) setMember(frame.mould, frame.key as string, value);
    else if (frame.size < FAST_MEMBERS) this.#price(frame, frame.cost + MEMBER_COST);
    frame.key = undefined;
  }

  close(): void {
    const { items, members, cost } = this.#frames.pop() as Frame;
    this.cost -= cost;
    this.add((items ?? members) as JsonValue);
  }

  /** A copy of what there is, `partial` being the string that is still being read. */
  copy(partial: string | undefined): JsonValue | undefined {
    let child: JsonValue | undefined = partial;
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at] as Frame;
      const { items, key } = frame;
      if (items !== undefined) {
        const copy: JsonValue[] = items.slice();
        if (child !== undefined) copy.push(child);
        child = copy;
      } else {
        const copy: Members = { ...this.#castOf(frame, child === undefined ? undefined : key) };
        if (child !== undefined) setMember(copy, key as string, child);
        child = copy;
      }
    }
    return this.value === undefined ? child : this.value;
  }

  /** What to copy for an object: its members, or their mould, which has room for the key that is open. */
  #castOf(frame: Frame, open: string | undefined): Members {
    const members = frame.members as Members;
    if (frame.size < FAST_MEMBERS || frame.size > MOULD_MEMBERS) return members;
    if (frame.mould !== undefined && (open === undefined || Object.hasOwn(frame.mould, open)))
      return frame.mould;
    const names = Object.keys(members);
    if (open !== undefined && !Object.hasOwn(members, open)) names.push(open);
    const mould = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`) as Members;
    for (const [name, value] of Object.entries(members)) setMember(mould, name, value);
    frame.mould = mould;
    this.#price(frame, names.length * MEMBER_COST);
    return mould;
  }

  #price(frame: Frame, cost: number): void {
    this.cost += cost - frame.cost;
    frame.cost = cost;
  }

  /** Where the next value would go. */
  path(): ValuePath {
    const path: (string | number)[] = [];
    for (const { items, key, size } of this.#frames) {
      if (items !== undefined) path.push(size);
      else if (key !== undefined) path.push(key);
    }
    return path;
  }
}

/** `object['__proto__'] = value` would replace the prototype; in JSON it is a name like any other. */
function setMember(object: Members, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}
