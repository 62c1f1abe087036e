import { malformed, type EventDecoder, type OwnFormat, type SseEvent } from '@mortise/core/wire';

/** Two lengths and their checksum stand before a frame's headers, and a checksum of all behind its payload. */
const PRELUDE = 12;
const CHECKSUM = 4;
const LEAST = 16;

const ABOUT = { provider: 'bedrock' };

/**
 * An incremental decoder of AWS's binary event streams: frames with headers and two checksums, cut anywhere.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 * An event's name and payload are those of a server-sent event; an exception is one named `error`, its name beside its payload.
 */
class FrameDecoder implements EventDecoder {
  recognised = false;
  /** Bytes that are no frames at all: what they are instead is for others to say. */
  #isOther = false;
  #broken: unknown;
  #held = new Uint8Array(0);
  #pending = 0;

  get pending(): number {
    return this.#pending;
  }

  push(bytes: Uint8Array): SseEvent[] {
    this.#throwBroken();
    const events: SseEvent[] = [];
    if (this.#isOther) return events;
    try {
      this.#keep(this.#takeFrames(this.#joined(bytes), events));
    } catch (error) {
      // What came before a broken frame came whole.
      this.#broken = error;
      if (events.length === 0) throw error;
    }
    return events;
  }

  /** Half a frame is a cut stream. */
  end(): undefined {
    this.#throwBroken();
  }

  #throwBroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** Adds the events of the frames that are whole, and gives the bytes behind them. */
  #takeFrames(bytes: Uint8Array, events: SseEvent[]): Uint8Array {
    for (let from = 0; ;) {
      const rest = bytes.subarray(from);
      const length = this.#lengthOf(rest);
      if (this.#isOther) return rest.subarray(rest.length);
      if (length === undefined || rest.length < length) return rest;
      const event = eventOf(rest.subarray(0, length));
      if (event !== undefined) events.push(event);
      from += length;
    }
  }

  /** What was kept, with these bytes behind it. */
  #joined(bytes: Uint8Array): Uint8Array {
    if (this.#pending === 0) return bytes;
    const size = this.#pending + bytes.length;
    this.#grow(size);
    this.#held.set(bytes, this.#pending);
    return this.#held.subarray(0, size);
  }

  /** Keeps the beginning of a frame for the bytes that follow. */
  #keep(rest: Uint8Array): void {
    const stands = rest.buffer === this.#held.buffer;
    if (!stands) {
      this.#pending = 0;
      this.#grow(rest.length);
      this.#held.set(rest);
    } else if (rest.byteOffset > 0) this.#held.set(rest);
    this.#pending = rest.length;
  }

  /** Twice the room, so that frames that come byte by byte are copied a few times; and room once made serves all frames. */
  #grow(size: number): void {
    if (size <= this.#held.length) return;
    const room = new Uint8Array(size * 2);
    room.set(this.#held.subarray(0, this.#pending));
    this.#held = room;
  }

  /** The length of the frame that begins here; undefined where its prelude is not whole, or none. */
  #lengthOf(bytes: Uint8Array): number | undefined {
    if (bytes.length < PRELUDE) return undefined;
    const view = viewOf(bytes);
    const length = view.getUint32(0);
    const isPrelude =
      crc32(bytes.subarray(0, 8)) === view.getUint32(8) && length >= LEAST + view.getUint32(4);
    if (isPrelude) this.recognised = true;
    else if (this.recognised) throw malformed('a frame whose checksum is wrong', ABOUT);
    else this.#isOther = true;
    return isPrelude ? length : undefined;
  }
}

export const EVENT_FRAMES: OwnFormat = {
  decoder: FrameDecoder,
  stream: 'a binary event stream',
  one: 'a frame',
};

const UTF8 = /* @__PURE__ */ new TextDecoder();

function eventOf(frame: Uint8Array): SseEvent | undefined {
  const view = viewOf(frame);
  const end = frame.length - CHECKSUM;
  if (crc32(frame.subarray(0, end)) !== view.getUint32(end))
    throw malformed('a frame whose checksum is wrong', ABOUT);
  const start = PRELUDE + view.getUint32(4);
  const headers = headersOf(frame.subarray(PRELUDE, start));
  const data = UTF8.decode(frame.subarray(start, end));
  switch (headers.get(':message-type')) {
    case 'event':
      return { event: headers.get(':event-type') ?? 'message', data };
    case 'exception':
      return failed(headers.get(':exception-type'), data);
    case 'error':
      return failed(headers.get(':error-code'), headers.get(':error-message') ?? '');
    default:
      return undefined;
  }
}

/** `message`: a sentence, or JSON that holds one. */
function failed(__type: string | undefined, message: string): SseEvent {
  return { event: 'error', data: JSON.stringify({ __type, message }) };
}

/** Bytes of the values of headers by their types: true, false, byte, short, int, long; a timestamp and a UUID. */
const SIZES: { readonly [type: number]: number } = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const BYTES = 6;
const STRING = 7;

/** The headers that say something of an event, and the sign that they begin with. A frame may hold millions of others. */
const READ: ReadonlySet<string> = new Set([
  ':message-type',
  ':event-type',
  ':exception-type',
  ':error-code',
  ':error-message',
]);
const COLON = 0x3a;

/** Those of {@link READ}. */
function headersOf(bytes: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>();
  const view = viewOf(bytes);
  try {
    for (let at = 0; at < bytes.length;) {
      const nameEnd = at + 1 + view.getUint8(at);
      const type = view.getUint8(nameEnd);
      const isSized = type === BYTES || type === STRING;
      const from = nameEnd + (isSized ? 3 : 1);
      const size = isSized ? view.getUint16(nameEnd + 1) : SIZES[type];
      if (size === undefined || from + size > bytes.length) throw new RangeError('no header');
      if (type === STRING && bytes[at + 1] === COLON) {
        const name = UTF8.decode(bytes.subarray(at + 1, nameEnd));
        if (READ.has(name)) headers.set(name, UTF8.decode(bytes.subarray(from, from + size)));
      }
      at = from + size;
    }
  } catch (cause) {
    throw malformed('a frame whose headers are none', ABOUT, cause);
  }
  return headers;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The checksum of gzip and PNG: ISO 3309, reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_unused, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
