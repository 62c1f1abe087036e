import type { Attempt } from '../call/contract.ts';
import { connectionIsFree } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import { isObject } from '../json.ts';
import { JsonLinesDecoder } from './json-lines.ts';
import { SseDecoder, type SseEvent } from './sse.ts';

/** Who speaks, for messages. */
export interface About {
  readonly provider: string;
  readonly model?: string | undefined;
}

/**
 * Turns the events of one provider's stream into the contract's: a state machine without I/O. `push` gets each
 * event of the wire and adds what follows from it to `out`; it is done when it has added a `finish`.
 */
export interface StreamTranslator<E> {
  push(event: SseEvent, out: E[]): void;
  /** True once the provider's terminal event was seen. */
  readonly done: boolean;
}

/** What reading a reply tells of it. */
export type ReadingAttempt = Pick<Attempt, 'touch' | 'replied'>;

/** The reply as JSON, read whole. HTML from a proxy, an empty body, half a document: `malformed-response`. */
export async function readJson(
  response: Response,
  attempt: ReadingAttempt,
  about: About,
): Promise<Record<string, unknown>> {
  return parseJson(await readText(response, attempt), response, about);
}

/** The text of a reply as a JSON object, by the rules of {@link readJson}. */
export function parseJson(text: string, response: Response, about: About): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(describe(response, text.length), about, cause);
  }
  if (!isObject(value)) throw malformed(`JSON that is not an object`, about);
  return value;
}

/** The reply as text, telling the attempt of every arrival. */
export async function readText(response: Response, attempt: ReadingAttempt): Promise<string> {
  attempt.touch();
  attempt.replied?.(response.headers);
  const text = await response.text();
  await connectionIsFree();
  return text;
}

/** How a stream of events is written. */
export interface StreamFormat {
  /** Server-sent events, or lines of JSON (`application/x-ndjson`), each the `data` of an event. Default: `event-stream`. */
  readonly format?: 'event-stream' | 'json-lines' | undefined;
}

const FORMATS = {
  'event-stream': { decoder: SseDecoder, stream: 'an event stream', one: 'a server-sent event' },
  'json-lines': { decoder: JsonLinesDecoder, stream: 'lines of JSON', one: 'a line of JSON' },
} as const;

/**
 * The reply's events, translated, in one batch for each arrival of bytes. Ends without complaint when the bytes end:
 * whether the terminal event was among them is for the caller to judge, by `translator.done`.
 */
export async function* streamEvents<E>(
  response: Response,
  attempt: ReadingAttempt,
  translator: StreamTranslator<E>,
  about: About,
  { format = 'event-stream' }: StreamFormat = {},
): AsyncGenerator<E[], void, undefined> {
  const expected = FORMATS[format];
  attempt.replied?.(response.headers);
  const type = response.headers.get('content-type') ?? '';
  // These two are never a stream of events: a proxy's page, or a server that ignored `stream: true`.
  if (/^\s*(text\/html|application\/json)/i.test(type) || response.body === null) {
    await response.body?.cancel();
    throw malformed(`${type === '' ? 'no body' : type} instead of ${expected.stream}`, about);
  }
  const reader = response.body.getReader();
  const decoder = new expected.decoder();
  let bytes = 0;
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      attempt.touch();
      bytes += value.length;
      const out: E[] = [];
      let failure: { readonly error: unknown } | undefined;
      try {
        for (const event of decoder.push(value)) if (!translator.done) push(translator, event, out, about);
      } catch (error) {
        failure = { error };
      }
      // Before the yield: the consumer leaves there, once it has seen the terminal event.
      finished = translator.done;
      if (finished) await drain(reader);
      // What came before a failure is told, however the bytes were cut.
      if (out.length > 0) yield out;
      if (failure !== undefined) throw failure.error;
      if (finished) return;
    }
    finished = true;
    await connectionIsFree();
    const rest = decoder.end();
    const out = rest === undefined ? [] : tryLast(translator, rest);
    if (out.length > 0) yield out;
    if (bytes > 0 && !decoder.recognised) throw malformed(`${bytes} bytes without ${expected.one}`, about);
  } finally {
    if (!finished) reader.cancel().catch(() => undefined);
  }
}

function push<E>(translator: StreamTranslator<E>, event: SseEvent, out: E[], about: About): void {
  try {
    translator.push(event, out);
  } catch (error) {
    throw error instanceof SyntaxError ? malformed('an event that is not JSON', about, error) : error;
  }
}

/**
 * The data of each event as a JSON object, one after another, until `[DONE]` or the end of the bytes: enough for the
 * streams of a plain server. Whether the last one was there is for the caller to judge.
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

/** Half a frame is a cut stream, which the caller reports; only a whole one counts. */
function tryLast<E>(translator: StreamTranslator<E>, event: SseEvent): E[] {
  const out: E[] = [];
  if (translator.done) return out;
  try {
    translator.push(event, out);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
  return out;
}

/** How long the end of a finished reply is waited for before its connection is given up, in milliseconds. */
const DRAIN_MS = 50;

/** After the terminal event the rest is empty, and mostly there: read, it leaves the connection to the next call. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), DRAIN_MS);
  try {
    while (!(await reader.read()).done);
    await connectionIsFree();
  } catch {
    // The reply is complete: what happens to its connection afterwards concerns nobody.
  } finally {
    clearTimeout(timer);
  }
}

/** One event's data as a JSON object. */
export function eventJson(event: SseEvent, about: About): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(event.data);
  } catch (cause) {
    throw new SyntaxError(`${about.provider} sent an event that is not JSON.`, { cause });
  }
  if (isObject(value)) return value;
  throw malformed('an event that is not a JSON object', about);
}

/** `malformed-response`: what arrived is not what the provider documents. */
export function malformed(what: string, { provider, model }: About, cause?: unknown): MortiseError {
  const message = `${provider} answered with ${what}. Check the base URL, and any proxy between.`;
  return new MortiseError('malformed-response', message, { provider, model, cause });
}

function describe(response: Response, length: number): string {
  const type = response.headers.get('content-type') ?? 'no content type';
  return length === 0 ? 'an empty body' : `something that is not JSON (${type}, ${length} characters)`;
}
