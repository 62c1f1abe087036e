import { isObject, type JsonObject } from '@mortise/core/shared';
import { Credentials } from '@mortise/core/wire';

/** A server that speaks OpenAI's wire, and the model that it is asked for. */
export interface ServerSubject {
  /** Up to the version, with the query and the credentials that it may have: `http://127.0.0.1:11434/v1`. */
  readonly baseURL: string;
  readonly model: string;
  /** Sent as `Authorization: Bearer KEY`. Default: what the base URL has, or none. */
  readonly apiKey?: string | undefined;
}

/** What is left of a server's answer when it was read to its end. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** A server that has not answered by then is left, so that nothing of it keeps the program. */
const ANSWER_MS = 30_000;
/** Far more than a few tokens take. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Asks once; a text goes as it is. Rejects where the server cannot be reached, with the address but for its query. */
export async function post(
  subject: ServerSubject,
  path: string,
  body: JsonObject | string,
  signal?: AbortSignal,
): Promise<Response> {
  const access = accessOf(subject);
  const key = access.key();
  const headers = {
    'content-type': 'application/json',
    ...access.headers,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  const address = `${access.baseURL}/${path}`;
  const query = access.query.size === 0 ? '' : `?${access.query.toString()}`;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    const late = AbortSignal.timeout(ANSWER_MS);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    return await fetch(`${address}${query}`, { method: 'POST', headers, body: text, signal: either });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Error(`${address} cannot be reached: ${String((cause as Error).cause ?? cause)}`, { cause });
  }
}

/** The key, and what the base URL has besides an address. Throws `configuration` for a base URL that is none. */
export function accessOf({ baseURL, apiKey }: ServerSubject): Credentials {
  const nobody = { provider: 'server', name: 'the server', variable: '', defaultBaseURL: baseURL };
  return new Credentials({ baseURL, apiKey }, nobody);
}

/** Asks, and reads the answer to its end. Rejects where it has more than 4 MiB. */
export async function ask(subject: ServerSubject, path: string, body: JsonObject | string): Promise<Answer> {
  const response = await post(subject, path, body);
  const type = response.headers.get('content-type') ?? '';
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  let [text, bytes] = ['', 0];
  for (;;) {
    const chunk = (await reader?.read())?.value;
    if (chunk === undefined) break;
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (bytes <= MOST_BYTES) continue;
    await reader?.cancel();
    throw new Error(`Its answer has more than ${MOST_BYTES} bytes.`);
  }
  return { status: response.status, type, text: text + decoder.decode() };
}

/** The JSON object in an answer. Throws, with the answer's beginning, where there is none. */
export function objectIn({ status, text }: Answer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value as JsonObject;
  throw new Error(
    `It answered ${status} with something that is no JSON object: ${JSON.stringify(text.slice(0, 200))}`,
  );
}

/** The `data` of each event of a stream, in order. */
export function eventsIn({ text }: Answer): string[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((event) =>
      event
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
}

/** The member at a path of names and places; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else found = isObject(found) ? (found as JsonObject)[step] : undefined;
  }
  return found;
}

/** An answer that refuses: 4xx, as JSON, with words. */
export function refusalOf(answer: Answer): string | undefined {
  if (answer.status < 400 || answer.status > 499) return undefined;
  const body = objectIn(answer);
  const words = at(body, 'error', 'message') ?? at(body, 'message') ?? at(body, 'detail') ?? body['error'];
  return typeof words === 'string' && words !== '' ? words : JSON.stringify(words);
}
