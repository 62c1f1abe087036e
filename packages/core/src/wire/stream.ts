import { DEFAULT_MAX_STREAM_BYTES } from '../call/retry.ts';
import { connectionIsFree, says } from '../call/timers.ts';
import { isMortiseError } from '../errors.ts';
import { malformed, thrownWithoutSecrets, type About, type ReadingAttempt } from './about.ts';
import { eventJson, parseJson } from './body.ts';
import { giveUp, readReplyText, ReplyBounds } from './reply-bytes.ts';
import { FORMATS, type SseEvent, type StreamFormat } from './decoders.ts';

/**
 * What was said of the end of a reply so far (E-01). A translator holds one and fills it; `streamEvents` decides by it, the
 * same way for every wire, when the reply is whole.
 */
export class EndOfReply {
  /** The provider's own word for why it ended: the last one that was said. */
  reason: string | undefined;
  /** The provider's terminal event came: nothing of the reply follows. A wire without one leaves it false. */
  terminal = false;
  /** Set by `streamEvents`: content came after a reason. This server's reasons end nothing; its terminal event or its bytes do. */
  goesOn = false;
  /** `data: [DONE]` is this wire's terminal event. */
  readonly endsWithDone: boolean;

  constructor({ endsWithDone = false }: { readonly endsWithDone?: boolean | undefined } = {}) {
    this.endsWithDone = endsWithDone;
  }

  /**
   * A finish reason: the reply may end here, and what comes all the same belongs to it. A value that is not a word, or is
   * empty, counts as absent.
   */
  say(reason: unknown): void {
    if (typeof reason === 'string' && reason !== '') this.reason = reason;
  }
}

/**
 * Turns the events of one provider's stream into the contract's: a state machine without I/O. `push` gets each
 * event of the wire and adds what follows from it to `out`; it is done when it has added a `finish`.
 */
export interface StreamTranslator<E> {
  push(event: SseEvent, out: E[]): void;
  /** True once the reply is whole. */
  readonly done: boolean;
  /** With `finish`: then `streamEvents` says when the reply is whole, and blanks and `[DONE]` do not reach `push`. */
  readonly end?: EndOfReply | undefined;
  /** Adds the `finish` event, and is `done` from then on. */
  finish?(out: E[]): void;
  /**
   * Counts the events that say something and give nothing to hand on, such as progress of a tool of the provider's: they end
   * a silence too. Comments, pings and empty deltas do not.
   */
  readonly said?: number | undefined;
}

/** How long more is waited for once the reason of the end was said, such as the usage: milliseconds. */
const AFTER_REASON_MS = 5_000;
/** What is kept of a body while no event was recognised in it, to say what it was instead: characters. */
const MOST_UNRECOGNISED = 65_536;

/**
 * The reply's events, translated, in one batch for each arrival of bytes. E-01: a reply is whole when its end was said, by
 * a finish reason or by the terminal event; the terminal event without a reason is whole too, with a warning. After a reason
 * the rest is waited for: until the terminal event or the end of the bytes, 5 s at most where nothing more is said. Without
 * either this ends without complaint, and `translator.done` tells the caller that the reply is cut. E-06: an event that
 * says it is a failure throws it.
 */
export async function* streamEvents<E>(
  response: Response,
  attempt: ReadingAttempt,
  translator: StreamTranslator<E>,
  about: About,
  { format = 'event-stream' }: StreamFormat = {},
): AsyncGenerator<E[], void, undefined> {
  const expected = typeof format === 'string' ? FORMATS[format] : format;
  attempt.replied?.(response.headers);
  attempt.touch();
  if (response.body === null || isNoStream(response))
    throw await insteadOfStream(response, attempt, about, expected.stream);
  const reader = response.body.getReader();
  const decoder = new expected.decoder();
  const bounds = new ReplyBounds(attempt, about, DEFAULT_MAX_STREAM_BYTES);
  const unrecognised: Uint8Array[] = [];
  let finished = false;
  try {
    for (;;) {
      // Not by a function: a reply may come in as many pieces as it has tokens, and each would wait once more.
      let read: { readonly value?: Uint8Array | undefined } | undefined;
      try {
        read = mayBeOver(translator)
          ? await within(AFTER_REASON_MS, reader, () => reader.read())
          : await reader.read();
      } catch (error) {
        throw thrownWithoutSecrets(error, about);
      }
      const next = read?.value;
      if (next === undefined) break;
      const out: E[] = [];
      const { said } = translator;
      let failure: { readonly error: unknown } | undefined;
      try {
        bounds.add(next.length);
        takeAll(translator, decoder.push(next), out, attempt, about);
        bounds.line(decoder.pending);
      } catch (error) {
        failure = { error };
      }
      // Bytes alone are not a sign of life: a proxy goes on with comments and pings when who is behind it is gone.
      if (translator.said !== said || out.some(says)) attempt.touch();
      if (!decoder.recognised && bounds.bytes < MOST_UNRECOGNISED) unrecognised.push(next);
      // Before the yield: the consumer leaves there, once it has seen the terminal event.
      finished = translator.done;
      if (finished) await drain(reader);
      // Events that came before a failure are handed out, however the bytes were cut.
      if (out.length > 0) yield out;
      if (failure !== undefined) throw failure.error;
      if (finished) return;
    }
    finished = true;
    await connectionIsFree();
    const rest = decoder.end();
    const out = rest === undefined ? [] : takeLast(translator, rest, attempt, about);
    if (!translator.done && translator.end?.reason !== undefined) translator.finish?.(out);
    if (out.length > 0) yield out;
    if (bounds.bytes > 0 && !decoder.recognised)
      throw failureIn(textOf(unrecognised), response, about, `${bounds.bytes} bytes without ${expected.one}`);
  } finally {
    if (!finished) giveUp(reader);
  }
}

/**
 * Once the reason of the end was said the reply is whole: a connection that breaks or stalls then is its end, unless the server
 * has shown that it goes on after its reasons.
 */
function mayBeOver<E>(translator: StreamTranslator<E>): boolean {
  const { end } = translator;
  return end?.reason !== undefined && !end.goesOn && translator.finish !== undefined;
}

/** Of a reply that is whole: what is read within `ms`; undefined where the connection breaks or stalls. */
async function within<T>(
  ms: number,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const timer = setTimeout(giveUp, ms, reader);
  try {
    return await read();
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Apart from the generator, whose loops V8 makes slower code of. */
function takeAll<E>(
  translator: StreamTranslator<E>,
  events: readonly SseEvent[],
  out: E[],
  attempt: ReadingAttempt,
  about: About,
): void {
  for (const event of events) if (!translator.done) take(translator, event, out, attempt, about);
}

function take<E>(
  translator: StreamTranslator<E>,
  event: SseEvent,
  out: E[],
  attempt: ReadingAttempt,
  about: About,
): void {
  const { end } = translator;
  // Blank data keeps a connection alive, and carries nothing.
  if (event.data.length < MOST_BLANK) {
    const word = event.data.trim();
    if (word === '' && event.event !== 'error') return;
    if (word === '[DONE]') {
      if (end === undefined) return translator.push({ ...event, data: word }, out);
      if (end.endsWithDone) end.terminal = true;
      if (end.terminal || end.reason !== undefined) conclude(translator, out, attempt, about);
      return;
    }
  }
  if (end?.reason === undefined) translate(translator, event, out, about);
  else {
    const { said } = translator;
    const before = out.length;
    translate(translator, event, out, about);
    end.goesOn ||= translator.said !== said || out.slice(before).some(says);
  }
  if (end?.terminal === true) conclude(translator, out, attempt, about);
}

function translate<E>(translator: StreamTranslator<E>, event: SseEvent, out: E[], about: About): void {
  try {
    translator.push(event, out);
  } catch (error) {
    throw error instanceof SyntaxError ? malformed('an event that is not JSON', about, error) : error;
  }
}

const MOST_BLANK = 64;

function conclude<E>(translator: StreamTranslator<E>, out: E[], attempt: ReadingAttempt, about: About): void {
  if (translator.done) return;
  if (translator.end?.reason === undefined) {
    const message = `${about.provider} ended its reply without saying why: it may be whole, or cut by the provider.`;
    attempt.warn?.({ type: 'other', setting: 'finishReason', message });
  }
  translator.finish?.(out);
}

/** Half a frame is a cut stream, which the caller reports; only a whole one counts. */
function takeLast<E>(
  translator: StreamTranslator<E>,
  event: SseEvent,
  attempt: ReadingAttempt,
  about: About,
): E[] {
  const out: E[] = [];
  if (translator.done) return out;
  try {
    take(translator, event, out, attempt, about);
  } catch (error) {
    if (!isMortiseError(error) || !(error.cause instanceof SyntaxError)) throw error;
    return [];
  }
  return out;
}

function isNoStream(response: Response): boolean {
  return /^\s*(text\/html|application\/json)\s*(;|$)/i.test(response.headers.get('content-type') ?? '');
}

/** These two are never a stream of events: a proxy's page, or a server that ignored `stream: true` and may have failed. */
async function insteadOfStream(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
  expected: string,
): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null) return malformed(`no body instead of ${expected}`, about);
  const what = `${type} instead of ${expected}`;
  if (/json/i.test(type))
    return failureIn(await readReplyText(response, attempt, about), response, about, what);
  await response.body.cancel();
  return malformed(what, about);
}

/** The failure that came as plain JSON in place of events; else that there are none, in the words of `what`. */
function failureIn(text: string, response: Response, about: About, what: string): unknown {
  try {
    parseJson(text, response, about, true);
  } catch (error) {
    return error;
  }
  return malformed(what, about);
}

function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
}

/**
 * The data of each event as a JSON object, one after another, until `[DONE]` or the end of the bytes: enough for the
 * streams of a plain server, also of one that sends lines of JSON (`{ format: 'json-lines' }`). Whether the last one was
 * there is for the caller to judge: throw `stream-truncated` where it was not.
 */
export async function* jsonEvents(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
  options: StreamFormat = {},
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const translator = {
    done: false,
    push(event: SseEvent, out: Record<string, unknown>[]) {
      if (event.data === '[DONE]') translator.done = true;
      else out.push(eventJson(event, about));
    },
  };
  for await (const batch of streamEvents(response, attempt, translator, about, options)) yield* batch;
}

/** How long the end of a finished reply is waited for before its connection is given up, in milliseconds. */
const DRAIN_MS = 50;

/** After the terminal event the rest is empty, and mostly there: read, it leaves the connection to the next call. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  await within(DRAIN_MS, reader, async () => {
    while (!(await reader.read()).done);
    await connectionIsFree();
  });
}
