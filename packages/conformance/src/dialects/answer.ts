import { isObject, type JsonObject } from '@mortise/core/shared';
import type { AnswerPart, Frame, SentImage, StreamShape, WireAnswer } from './contract.ts';

/** When an answer was made that does not say so, where the provider always does: seconds since 1970. */
export const CREATED = 1_790_000_000;

/** One event of a provider that names its events after their `type`. */
export function typed(
  data: { readonly type: string; readonly [member: string]: unknown },
  terminal?: true,
): Frame {
  const frame = { event: data.type, data: JSON.stringify(data) };
  return terminal === undefined ? frame : { ...frame, terminal };
}

/** An event without a name. */
export function plain(data: unknown, terminal?: true): Frame {
  const frame = { data: typeof data === 'string' ? data : JSON.stringify(data) };
  return terminal === undefined ? frame : { ...frame, terminal };
}

/** What a part says, whole. */
export function textOf(part: { readonly pieces: readonly string[] }): string {
  return part.pieces.join('');
}

export function partsOf<T extends AnswerPart['type']>(
  { parts }: WireAnswer,
  type: T,
): readonly Extract<AnswerPart, { type: T }>[] {
  return parts.filter((part): part is Extract<AnswerPart, { type: T }> => part.type === type);
}

/**
 * The stream of all parts: what opens one, its pieces, what closes it. Interleaved, all are opened first and their
 * pieces take turns, as parallel tool calls may.
 */
export function streamParts(
  parts: readonly AnswerPart[],
  { interleaved = false }: StreamShape,
  write: {
    open(part: AnswerPart, at: number): readonly Frame[];
    piece(part: AnswerPart, at: number, piece: string): Frame;
    close(part: AnswerPart, at: number): readonly Frame[];
  },
): Frame[] {
  const pieces = (part: AnswerPart): readonly string[] => ('pieces' in part ? (part.pieces ?? []) : []);
  if (!interleaved) {
    return parts.flatMap((part, at) => [
      ...write.open(part, at),
      ...pieces(part).map((piece) => write.piece(part, at, piece)),
      ...write.close(part, at),
    ]);
  }
  const frames = parts.flatMap((part, at) => write.open(part, at));
  const most = Math.max(0, ...parts.map((part) => pieces(part).length));
  for (let turn = 0; turn < most; turn++) {
    parts.forEach((part, at) => {
      const piece = pieces(part)[turn];
      if (piece !== undefined) frames.push(write.piece(part, at, piece));
    });
  }
  return [...frames, ...parts.flatMap((part, at) => write.close(part, at))];
}

/** A member of a body that was sent, as an object; an empty one where there is none. */
export function objectAt(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

export function listAt(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject).map(objectAt) : [];
}

export function stringAt(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The text of a message's content: a string, or the texts of its parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listAt(content)
    .map((part) => stringAt(part['text']))
    .join('');
}

/** What a data URL holds. */
export function mediaOf(url: unknown): SentImage | undefined {
  const [, mediaType, data] = /^data:([^,]*);base64,(.*)$/s.exec(stringAt(url)) ?? [];
  return mediaType === undefined || data === undefined ? undefined : { mediaType, data };
}

/** The base64 in a data URL. */
export function dataOf(url: unknown): string | undefined {
  return mediaOf(url)?.data;
}
