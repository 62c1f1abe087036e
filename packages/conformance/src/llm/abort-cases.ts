import { listenerCase } from '../shared/abort-cases.ts';
import { abortable, pause } from '../shared/helpers.ts';
import { TEXT } from './answers.ts';
import { connect, failing, telling, type LLMCase } from './lab.ts';
import { closesEarly, leave, stalled } from './stalls.ts';

const STREAMING = ['streaming'];

/** C-01 and C-03 for streams. */
export const streamAbortCases: readonly LLMCase[] = [
  {
    id: 'abort.in-stream',
    rule: 'C-01',
    title: "ends a stalled stream with exactly the signal's reason, and closes the connection",
    requires: STREAMING,
    async run(trial) {
      const { llm, wire } = await connect(trial, stalled(trial));
      const { controller, reason } = abortable();
      const stream = llm.streamChat('Hi', { signal: controller.signal });
      const read = (async () => {
        for await (const event of stream)
          if (event.type === 'text-delta') void pause(20).then(() => controller.abort(reason));
      })();
      const thrown = await trial.check.within(
        2_000,
        trial.check.rejects(read, 'the stream'),
        'the stream, aborted at its first text',
      );
      trial.check.ok(thrown === reason, "it did not reject with the signal's reason");
      const later = await trial.check.rejects(stream.final(), 'final()');
      trial.check.ok(later === reason, "final() did not reject with the signal's reason");
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'the stream');
    },
  },
  listenerCase([], async (trial) => {
    const { dialect, declares } = trial.subject;
    const refused = failing(dialect, { status: 400, message: 'No.' });
    const { llm } = await connect(trial, (request, reply, n) =>
      (n % 3 === 2 ? refused : telling(dialect, TEXT))(request, reply, n),
    );
    return (signal) => {
      const whole = [llm.chat('Hi', { signal }), llm.chat('Hi', { signal })];
      if (declares.streaming !== true) return whole;
      return [...whole, llm.streamChat('Hi', { signal }).final(), leave(trial, llm, signal)];
    };
  }),
];
