import { Buffer } from 'node:buffer';
import type { Frame } from '../dialects/contract.ts';

/** How events stand on the wire; all of it means the same (server-sent events: WHATWG HTML, 9.2.6). */
export interface Framing {
  /** Default: LF. */
  readonly newline?: '\n' | '\r\n' | '\r' | undefined;
  /** A comment before every event, as servers send to keep a connection alive. */
  readonly comments?: boolean | undefined;
  /** A byte order mark at the very beginning. */
  readonly bom?: boolean | undefined;
  /** Without the space after the colon, and with fields that nobody knows. */
  readonly bare?: boolean | undefined;
}

/** The events as bytes. */
export function framed(frames: readonly Frame[], framing: Framing = {}): Buffer {
  return Buffer.concat([
    Buffer.from(framing.bom === true ? '\uFEFF' : '', 'utf8'),
    ...frames.map((frame) => frame.format?.bytes(frame) ?? textFrame(frame, framing)),
  ]);
}

function textFrame({ event, data, line }: Frame, framing: Framing): Buffer {
  const { newline = '\n', comments = false, bare = false } = framing;
  const space = bare ? '' : ' ';
  const lines: string[] = [];
  if (line === true) lines.push(data);
  else {
    if (comments) lines.push(': keep-alive', '');
    if (bare) lines.push('hologram: 1', 'id');
    if (event !== undefined) lines.push(`event:${space}${event}`);
    lines.push(`data:${space}${data}`, '');
  }
  return Buffer.from(lines.map((text) => text + newline).join(''), 'utf8');
}

/** The frames before the first one without which the reply is cut. */
export function cutFrames(frames: readonly Frame[]): readonly Frame[] {
  const at = frames.findIndex(({ terminal }) => terminal === true);
  return at === -1 ? frames : frames.slice(0, at);
}

/** `bytes` in pieces that end at the given places. */
export function splitAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places)].filter((at) => at > 0 && at < bytes.length).toSorted((a, b) => a - b);
  return [0, ...ends].map((from, n) => bytes.subarray(from, ends[n] ?? bytes.length));
}

export function everyByte(bytes: Buffer): Buffer[] {
  return splitAt(
    bytes,
    Array.from(bytes, (_byte, at) => at),
  );
}

/** The longest stream that is cut at every single position; a longer one is cut at seeded ones. */
export const SMALL = 1024;
const SEEDS = 50;
/** Bytes between two cuts of one reply: longer than most lines, so that a line is cut once and not ground to bytes. */
const APART = 64;

/** All the ways in which the wire lab cuts a stream: each is one reply. Of a small one every position is a cut in one of them. */
export function allSplits(bytes: Buffer): Buffer[][] {
  if (bytes.length <= SMALL)
    return Array.from({ length: Math.min(APART, bytes.length - 1) }, (_unused, first) =>
      splitAt(
        bytes,
        Array.from(bytes, (_byte, at) => at).filter((at) => at % APART === (first + 1) % APART),
      ),
    );
  return Array.from({ length: SEEDS }, (_unused, seed) => {
    const random = mulberry32(seed + 1);
    const count = 1 + Math.floor(random() * 12);
    return splitAt(
      bytes,
      Array.from({ length: count }, () => Math.floor(random() * bytes.length)),
    );
  });
}

/** A small seeded generator (Ettinger, mulberry32), so that a failure can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
