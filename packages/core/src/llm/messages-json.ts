import { reading } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';
import { isPlainObject } from '../shared/canonical-json.ts';
import { isObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { checkMessages } from './check-messages.ts';
import { isBytes, refuseDeep } from './check-source.ts';
import type { ChatMessage } from './message-contract.ts';
import { base64Of } from '../shared/base64.ts';

/** Marks a source whose `data` were raw bytes. */
const BYTES = 'bytes';

/**
 * Messages as plain JSON, to be kept: what is opaque, members that nobody knows and providers' own blocks included. Raw
 * bytes of a source become base64, marked by `bytes: true`, so that {@link messagesFromJson} gives bytes again. Throws
 * `invalid-request` for values that are not messages or that JSON cannot hold, and for an empty list; the error names the
 * place.
 */
export function messagesToJson(messages: readonly ChatMessage[]): JsonObject[] {
  return reading('The list of messages', () =>
    checkMessages(messages).map((message, at) => toJson(message, `messages[${at}]`) as JsonObject),
  );
}

/**
 * The messages that {@link messagesToJson} made JSON of, also after a trip through text. Takes anything, such as what a browser
 * sent, and checks it as `chat` checks its messages: throws `invalid-request`, which names the place
 * (`messages[2].content[0].source`), for what is not a list of messages, for an empty list, since a conversation has at
 * least one message, and for bytes that are no base64.
 */
export function messagesFromJson(json: unknown): ChatMessage[] {
  refuseDeep(json, 'messages');
  return reading('The list of messages', () => [...checkMessages(fromJson(json))]);
}

function toJson(value: unknown, at: string): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw unfit(at, String(value));
  }
  if (Array.isArray(value)) return value.map((item, n) => toJson(item, `${at}[${n}]`));
  if (!isPlain(value))
    throw unfit(at, typeof value === 'object' ? 'an object of a class' : `a ${typeof value}`);
  const { data } = value;
  const source = isBytes(data) ? { ...value, data: base64Of(data), [BYTES]: true } : value;
  return Object.fromEntries(
    Object.entries(source)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toJson(member, `${at}.${name}`)]),
  );
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isPlain(value)) return value;
  const { data, [BYTES]: mark } = value;
  const isRaw = mark === true && typeof data === 'string';
  const entries = Object.entries(value).filter(([name]) => !isRaw || name !== BYTES);
  return Object.fromEntries(
    entries.map(([name, member]) => [name, isRaw && name === 'data' ? bytesOf(data) : fromJson(member)]),
  );
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch (cause) {
    const message = 'A source that is marked as bytes holds no base64. Give what messagesToJson made.';
    throw new MortiseError('invalid-request', message, { cause });
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && isPlainObject(value);
}

function unfit(at: string, what: string): MortiseError {
  return new MortiseError('invalid-request', `${at} is ${what}, which JSON cannot hold.`);
}
