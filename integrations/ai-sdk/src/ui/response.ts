import { encodeSSE, type SSEOptions } from '@mortise/core/sse';
import type { UIChunk } from './chunks.ts';
import type { UISource } from './events.ts';
import { UITranslator, type UIChunksOptions } from './to-chunks.ts';

/** What is shown, and for how long the connection may be silent. */
export interface UIMessageStreamOptions extends UIChunksOptions, SSEOptions {}

/**
 * A stream as the response that `useChat` reads (UI message stream, `v1`), with the back-pressure, the comments and the cancellation of
 * `toResponse`: nothing is read from the model before the page reads, and a page that leaves closes the model's connection. An error
 * is an `error` part, since the status was sent before; what is shown of it, and of everything else, is up to `show`.
 */
export function toUIMessageStreamResponse(stream: UISource, options: UIMessageStreamOptions = {}): Response {
  const translator = new UITranslator(options);
  const body = encodeSSE(stream, options, {
    event: (event) => written(translator.event(event)),
    end: () => written(translator.end()) + DONE,
    error: (thrown) => written(translator.error(thrown)) + DONE,
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
    },
  });
}

const DONE = 'data: [DONE]\n\n';

function written(chunks: readonly UIChunk[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
}
