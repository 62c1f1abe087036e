import type { Attempt } from '@mortise/core';
import {
  EndOfReply,
  errorFromReply,
  eventJson,
  guardedFetch,
  readJson,
  streamEvents,
  thrownWithoutSecrets,
  type About,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import { listOf, partOf, textOf, type Part } from './read.ts';

/** One attempt at a model of theirs, as the `fetch` under it finds it. */
export class WireCall {
  readonly attempt: Attempt;
  readonly isStream: boolean;
  /** For errors; the request adds its headers to the secrets. */
  about: About;
  /** How the bytes of a stream ended, where not well. An error in their pipes would take away what had arrived before it. */
  failure: { readonly error: unknown } | undefined;
  /** The end of a stream was said, by a reason or by the terminal event. */
  isEnded = false;

  constructor(attempt: Attempt, about: About, isStream = false) {
    this.attempt = attempt;
    this.about = about;
    this.isStream = isStream;
    CALLS.set(attempt.signal, this);
  }

  keepSecret(values: readonly string[]): void {
    this.about = { ...this.about, secrets: [...(this.about.secrets ?? []), ...values] };
  }
}

/** By the attempt's signal, which their providers hand to `fetch` as it is. */
const CALLS = new WeakMap<AbortSignal, WireCall>();

/**
 * A `fetch` for a provider of the AI SDK whose models go through {@link fromAISDK}: `createOpenAI({ fetch: fetchForAISDK() })`.
 * Core then reads the wire before theirs does, as it does for integrations of ours: bounds of bytes and lines, redirects,
 * failures with status 200, pages in place of replies, keys in errors, and the end of a stream hold. Other calls pass through.
 */
export function fetchForAISDK(fetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const call = init?.signal == null ? undefined : CALLS.get(init.signal);
    if (call === undefined) return (fetch ?? globalThis.fetch)(input, init);
    call.keepSecret(
      [...new Headers(init?.headers)].flatMap(([name, value]) => (PUBLIC.test(name) ? [] : [value])),
    );
    call.keepSecret(secretsOfURL(input));
    let response: Response;
    try {
      response = await guardedFetch({ provider: call.about.provider, fetch })(input, init);
    } catch (error) {
      throw thrownWithoutSecrets(error, call.about);
    }
    return init?.method === 'POST' ? read(response, call) : response;
  };
}

/** Values of headers that are no secrets. */
export const PUBLIC = /^(user-agent|content-type|accept|anthropic-(version|beta))$/i;

export function secretsOfURL(input: string | URL | Request): string[] {
  const url = URL.parse(input instanceof Request ? input.url : String(input));
  if (url === null) return [];
  const { username, password, searchParams } = url;
  const hidden = [...searchParams].flatMap(([name, value]) => (name === 'alt' ? [] : [value]));
  return [username, password, ...hidden].flatMap((value) => {
    if (value === '') return [];
    try {
      // Theirs joins its paths to the end of an address, behind a query too.
      const own = value.slice(0, Math.max(0, value.lastIndexOf('/')));
      return [value, decodeURIComponent(value), ...(own === '' ? [] : [own])];
    } catch {
      return [value];
    }
  });
}

async function read(response: Response, call: WireCall): Promise<Response> {
  const { attempt, about, isStream } = call;
  if (!response.ok) throw await errorFromReply(response, attempt, about);
  const { status, headers } = response;
  if (!isStream)
    return Response.json(await readJson(response, attempt, about), { status, headers: plain(headers) });
  if (/^\s*application\/(vnd\.|octet)/i.test(headers.get('content-type') ?? '')) return response;
  const frames = new Frames(about);
  const events = streamEvents(response, attempt, frames, about);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await events.next();
          call.isEnded = frames.done;
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value.map(({ text }) => text).join('')));
        } catch (error) {
          call.failure = { error };
          controller.close();
        }
      },
      cancel() {
        // It may wait for bytes that never come; the attempt's signal closes the connection.
        void events.return().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status, headers: plain(headers) });
}

/** Without what was said of the bytes as they came. */
function plain(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return kept;
}

interface WireFrame {
  /** A ping says nothing, as core counts it. */
  readonly type: 'ping' | 'frame';
  readonly text: string;
}

/** Each event as a frame again, once it is known to be JSON and no failure. */
class Frames implements StreamTranslator<WireFrame> {
  done = false;
  readonly end = new EndOfReply({ endsWithDone: true });
  readonly #about: About;
  #isAnthropic = false;

  constructor(about: About) {
    this.#about = about;
  }

  push(event: SseEvent, out: WireFrame[]): void {
    const said = eventJson(event, this.#about);
    const type = textOf(said['type']) ?? '';
    if (this.#isStrange(said, type)) return;
    this.end.say(reasonIn(said) ?? (OUTRIGHT.has(type) ? type : undefined));
    if (OUTRIGHT.has(type) || type === 'message_stop') this.end.terminal = true;
    const name = event.event === undefined ? '' : `event: ${event.event}\n`;
    const data = event.data.split('\n').map((line) => `data: ${line}\n`);
    out.push({ type: type === 'ping' ? 'ping' : 'frame', text: `${name}${data.join('')}\n` });
  }

  finish(): void {
    this.done = true;
  }

  /** Events of a kind that a wire gained later: servers may send them, and theirs throws at some. */
  #isStrange(said: Part, type: string): boolean {
    this.#isAnthropic ||= type === 'message_start';
    const object = textOf(said['object']) ?? '';
    const isOfChat = object.startsWith('chat.completion.') && object !== 'chat.completion.chunk';
    return (this.#isAnthropic && !ANTHROPIC.has(type)) || (isOfChat && said['choices'] === undefined);
  }
}

/** The reason of an end, where the wires of their providers have it. */
function reasonIn(said: Part): unknown {
  const { choices, candidates, delta } = said;
  const [choice] = listOf(choices ?? candidates);
  return choice?.['finish_reason'] ?? choice?.['finishReason'] ?? partOf(delta)['stop_reason'];
}

/** Events that end a reply, and say by their names why. */
const OUTRIGHT: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'message-end',
]);
/** https://platform.claude.com/docs/en/build-with-claude/streaming#event-types */
const ANTHROPIC: ReadonlySet<string> = new Set([
  ...['message_start', 'message_delta', 'message_stop', 'ping', 'error'],
  ...['content_block_start', 'content_block_delta', 'content_block_stop'],
]);
