import type { Attempt } from '@mortise/core';
import type { ChatStreamEvent, StreamBatch } from '@mortise/core/llm';
import { malformed, streamEvents, type SseEvent } from '@mortise/core/wire';
import { ReferenceLLM } from '../reference/adapter.ts';
import { OwnEvents } from '../reference/own-events.ts';
import type { ReferenceTranslator } from '../reference/translator.ts';
import { mutant, type Mutant } from './mutant.ts';

/** Bytes that were changed before they are decoded. */
const rewritten = (change: () => TransformStream<Uint8Array, Uint8Array>) =>
  class extends ReferenceLLM {
    override events(response: Response, attempt: Attempt): AsyncIterable<StreamBatch> {
      const { headers } = response;
      return super.events(new Response(response.body!.pipeThrough(change()), { headers }), attempt);
    }
  };

/** The text of the bytes, changed; a decoder is at work, so only what `change` does is wrong. */
const retold = (change: (text: string) => string) =>
  rewritten(() => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const encoder = new TextEncoder();
    return new TransformStream({
      transform(bytes, controller) {
        controller.enqueue(encoder.encode(change(decoder.decode(bytes, { stream: true }))));
      },
    });
  });

/** A reader of its own making, as an integration without core's would have. */
const own = (read: (llm: ReferenceLLM, response: Response) => AsyncIterable<ChatStreamEvent[]>) =>
  class extends ReferenceLLM {
    override events(response: Response): AsyncIterable<StreamBatch> {
      return read(this, response);
    }
  };

/** One event, and the end where it says it. */
function respond(translator: ReferenceTranslator, event: SseEvent, out: ChatStreamEvent[]): void {
  translator.push(event, out);
  if (translator.end.terminal && !translator.done) translator.finish(out);
}

/** A reader that knows what is said above all, but not what `isRefused`. */
const refusing = (isRefused: (data: string) => boolean) =>
  own(async function* (llm, response) {
    const translator = llm.translator();
    const decoder = new OwnEvents();
    for await (const chunk of response.body!) {
      const out: ChatStreamEvent[] = [];
      for (const event of decoder.push(chunk)) {
        if (isRefused(event.data)) throw malformed('an event that is not JSON', llm);
        if (event.data.trim() !== '' && !event.data.startsWith('[DONE]')) respond(translator, event, out);
      }
      if (out.length > 0) yield out;
    }
  });

/** What is wrong with how bytes become events. */
export const bytes: readonly Mutant[] = [
  mutant(
    'takes blank data for an event',
    'wire.blank-data',
    refusing((data) => data.trim() === ''),
  ),
  mutant(
    'knows [DONE] to the letter',
    'wire.done-blank',
    refusing((data) => data.trim() === '[DONE]' && data !== '[DONE]'),
  ),
  mutant(
    'reads only LF',
    'wire.crlf',
    retold((text) => text.replaceAll('\r\n', '\\r\\n')),
  ),
  mutant(
    'does not know CR',
    'wire.cr',
    retold((text) => text.replaceAll('\r', ' ')),
  ),
  mutant(
    'takes comments for data',
    'wire.comments',
    retold((text) => text.replaceAll(': keep-alive', 'data: keep-alive')),
  ),
  mutant(
    'keeps the byte order mark',
    'wire.bom',
    retold((text) => text.replaceAll('\uFEFF', 'x')),
  ),
  mutant(
    'wants a space after the colon',
    'wire.bare',
    retold((text) => text.replaceAll('data:{', 'date:{')),
  ),
  mutant(
    'decodes each chunk by itself',
    'wire.bytes',
    rewritten(() => {
      const encoder = new TextEncoder();
      return new TransformStream({
        transform: (chunk, controller) => controller.enqueue(encoder.encode(new TextDecoder().decode(chunk))),
      });
    }),
  ),
  mutant(
    'forgets half an event when a chunk ends',
    'wire.splits',
    own(async function* (llm, response) {
      const translator = llm.translator();
      for await (const chunk of response.body!) {
        const out: ChatStreamEvent[] = [];
        for (const event of new OwnEvents().push(chunk)) respond(translator, event, out);
        if (out.length > 0) yield out;
      }
    }),
  ),
  mutant(
    'reads one event of each chunk',
    'wire.one-write',
    own(async function* (llm, response) {
      const translator = llm.translator();
      const decoder = new OwnEvents();
      for await (const chunk of response.body!) {
        const out: ChatStreamEvent[] = [];
        for (const event of decoder.push(chunk).slice(0, 1)) respond(translator, event, out);
        yield out;
      }
    }),
  ),
  mutant(
    'loses bytes when many small chunks come',
    'wire.bytes.reasoning',
    rewritten(() => {
      let seen = 0;
      return new TransformStream({
        transform: (chunk, controller) => {
          // As a ring buffer that is too small does.
          controller.enqueue(++seen % 50 === 0 ? chunk.subarray(1) : chunk);
        },
      });
    }),
  ),
  mutant(
    'reads the first kilobyte of whole replies',
    'wire.bytes.tools',
    class extends ReferenceLLM {
      override async json(response: Response) {
        const chunk = await response.body!.getReader().read();
        return JSON.parse(new TextDecoder().decode(chunk.value).padEnd(2, '{}')) as Record<string, unknown>;
      }
    },
  ),
  mutant(
    'asks for compression and cannot undo it',
    'wire.gzip',
    class extends ReferenceLLM {
      override async json(response: Response, attempt: Attempt) {
        if (response.headers.get('content-encoding') === 'gzip') throw new SyntaxError('Unexpected token');
        return super.json(response, attempt);
      }
    },
  ),
  mutant(
    'waits for the end of the connection',
    'wire.after-terminal',
    own(async function* (llm, response) {
      const touch = { touch: () => undefined };
      const held: ChatStreamEvent[] = [];
      const translator = llm.translator();
      for await (const batch of streamEvents<ChatStreamEvent>(
        response,
        touch,
        { push: (event, out) => respond(translator, event, out), done: false },
        llm,
      ))
        held.push(...batch);
      yield held;
    }),
  ),
  mutant(
    'hands the whole stream on at its end',
    'stream.incremental',
    class extends ReferenceLLM {
      override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
        const held: StreamBatch[] = [];
        for await (const batch of super.events(response, attempt)) held.push(batch);
        yield* held;
      }
    },
  ),
  mutant(
    'reads ahead without bound',
    'stream.pull',
    class extends ReferenceLLM {
      override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
        const held: StreamBatch[] = [];
        let over = false;
        const reading = (async () => {
          for await (const batch of super.events(response, attempt)) held.push(batch);
          over = true;
        })();
        while (!over || held.length > 0) {
          const batch = held.shift();
          if (batch === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
          else yield batch;
        }
        await reading;
      }
    },
  ),
];
