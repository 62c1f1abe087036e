import type { JsonValue } from '../json.ts';
import type { ValuePath } from './contract.ts';

type Members = { [key: string]: JsonValue };

/** A container that is still open. What it holds is whole; the child in the making belongs to the next frame. */
interface Frame {
  readonly items: JsonValue[] | undefined;
  readonly members: Members | undefined;
  /** The member whose value comes next. */
  key: string | undefined;
  size: number;
  cost: number;
}

/*
 * What it costs to copy one child, in units of an array's element (some 3 ns on V8, where objects of more than
 * about twenty members turn into hash tables, which copy slowly).
 */
const ITEM_COST = 1;
const MEMBER_COST = 2;
const FAST_MEMBERS = 16;
const SLOW_MEMBER_COST = 32;

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

  open(isArray: boolean): void {
    const items = isArray ? [] : undefined;
    this.#frames.push({ items, members: isArray ? undefined : {}, key: undefined, size: 0, cost: 1 });
    this.cost++;
    this.version++;
  }

  key(key: string): void {
    (this.#frames[this.#frames.length - 1] as Frame).key = key;
  }

  /** A value is whole: it goes into the innermost open container, or it is the result. */
  add(value: JsonValue): void {
    this.version++;
    const frame = this.#frames[this.#frames.length - 1];
    if (frame === undefined) {
      this.value = value;
      return;
    }
    let cost = ITEM_COST;
    if (frame.items !== undefined) frame.items.push(value);
    else {
      setMember(frame.members as Members, frame.key as string, value);
      cost = frame.size < FAST_MEMBERS ? MEMBER_COST : SLOW_MEMBER_COST;
    }
    frame.key = undefined;
    frame.size++;
    frame.cost += cost;
    this.cost += cost;
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
      const { items, members, key } = this.#frames[at] as Frame;
      if (items !== undefined) {
        const copy = items.slice();
        if (child !== undefined) copy.push(child);
        child = copy;
      } else {
        const copy = { ...members };
        if (child !== undefined) setMember(copy, key as string, child);
        child = copy;
      }
    }
    return this.value === undefined ? child : this.value;
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
