import { listenerCase } from '../shared/abort-cases.ts';
import { abortable, pause } from '../shared/helpers.ts';
import { TEXT } from './answers.ts';
import { connect, failing, respondWith, type LLMCase } from './lab.ts';
import { closesEarly, leave, stalled } from './stalls.ts';

const STREAMING = ['streaming'];

/** C-01 and C-03 for streams. */
export const streamAbortCases: readonly LLMCase[] = [
  {
    id: 'abort.in-stream',
    rule: 'C-01',
    title: "ends a stalled stream with exactly the signal's reason, and closes the connection",
    requires: STREAMING,
    async run(context) {
      const { llm, wire } = await connect(context, stalled(context));
      const { controller, reason } = abortable();
      const stream = llm.streamChat('Hi', { signal: controller.signal });
      const read = (async () => {
        for await (const event of stream)
          if (event.type === 'text-delta') void pause(20).then(() => controller.abort(reason));
      })();
      const thrown = await context.check.within(
        2_000,
        context.check.rejects(read, 'the stream'),
        'the stream, aborted at its first text',
      );
      context.check.ok(thrown === reason, "it did not reject with the signal's reason");
      const later = await context.check.rejects(stream.final(), 'final()');
      context.check.ok(later === reason, "final() did not reject with the signal's reason");
      await closesEarly(context, wire.requests[0]?.closedEarly, 'the stream');
    },
  },
  listenerCase([], async (context) => {
    const { dialect, declares } = context.subject;
    const refused = failing(dialect, { status: 400, message: 'No.' });
    const { llm } = await connect(context, (request, reply, n) =>
      (n % 3 === 2 ? refused : respondWith(dialect, TEXT))(request, reply, n),
    );
    return (signal) => {
      const whole = [llm.chat('Hi', { signal }), llm.chat('Hi', { signal })];
      if (declares.streaming !== true) return whole;
      return [...whole, llm.streamChat('Hi', { signal }).final(), leave(context, llm, signal)];
    };
  }),
];
