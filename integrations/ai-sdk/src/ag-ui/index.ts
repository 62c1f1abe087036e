import { encodeSSE, type SSEOptions } from '@mortise/core/sse';
import type { UISource } from '../ui/events.ts';
import type { AGUIEvent } from './events.ts';
import { AGUITranslator, type AGUIRun } from './translate.ts';

export type { AGUIEvent, AGUIInterrupt, AGUIOutcome, AGUIUsage } from './events.ts';
export { approvalsFromResume } from './interrupts.ts';
export type { AGUIRun } from './translate.ts';

/**
 * The events of AG-UI that a stream comes to, for a transport of your own: from `RUN_STARTED` to `RUN_FINISHED`, or to `RUN_ERROR`
 * where it fails, which is not thrown then. Leaving it leaves the stream.
 */
export async function* toAGUI(stream: UISource, run: AGUIRun): AsyncGenerator<AGUIEvent, void, undefined> {
  const translator = new AGUITranslator(run);
  try {
    for await (const event of stream) yield* translator.event(event);
  } catch (thrown) {
    yield* translator.error(thrown);
    return;
  }
  yield* translator.end();
}

/** The same as the response that an AG-UI client reads, with the back-pressure, the comments and the cancellation of `toResponse`. */
export function toAGUIResponse(stream: UISource, options: AGUIRun & SSEOptions): Response {
  const translator = new AGUITranslator(options);
  const body = encodeSSE(stream, options, {
    event: (event) => written(translator.event(event)),
    end: () => written(translator.end()),
    error: (thrown) => written(translator.error(thrown)),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

function written(events: readonly AGUIEvent[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
