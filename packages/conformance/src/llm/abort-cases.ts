import { getEventListeners } from 'node:events';
import { TEXT } from './answers.ts';
import { bothWays, connect, failing, telling, waitFor, WAYS, type LLMCase } from './lab.ts';
import { closesEarly, leave, stalled } from './stalls.ts';

const STREAMING = ['streaming'];

/** C-01 to C-03: what an abort does. */
export const abortCases: readonly LLMCase[] = [
  {
    id: 'abort.before',
    rule: 'C-02',
    title: 'sends nothing under a signal that is aborted already',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
        const reason = { why: 'too late' };
        const thrown = await trial.check.rejects(
          WAYS[way](llm, 'Hi', { signal: AbortSignal.abort(reason) }),
          way,
        );
        trial.check.ok(thrown === reason, `${way}: it did not reject with the signal's reason`);
        trial.check.equal(wire.requests.length, 0, `${way}: the requests`);
      }),
  },
  {
    id: 'abort.waiting',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while the provider thinks, and closes the connection",
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm, wire } = await connect(trial, () => undefined);
        const { controller, reason } = abortable();
        const call = WAYS[way](llm, 'Hi', { signal: controller.signal });
        call.catch(() => undefined);
        trial.check.ok(await waitFor(() => wire.requests.length === 1), `${way}: nothing was sent`);
        controller.abort(reason);
        const thrown = await trial.check.within(2_000, trial.check.rejects(call, way), way);
        trial.check.ok(thrown === reason, `${way}: it did not reject with the signal's reason`);
        await closesEarly(trial, wire.requests[0]?.closedEarly, way);
      }),
  },
  {
    id: 'abort.in-body',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason within a whole reply",
    requires: [],
    async run(trial) {
      const { llm, wire } = await connect(trial, (_request, reply) => {
        reply.writeHead(200, { 'content-type': 'application/json' });
        reply.write('{"id": "reply-1", ');
      });
      const { controller, reason } = abortable();
      const call = llm.chat('Hi', { signal: controller.signal });
      call.catch(() => undefined);
      await waitFor(() => wire.requests.length === 1);
      setTimeout(() => controller.abort(reason), 50);
      const thrown = await trial.check.within(2_000, trial.check.rejects(call, 'chat'), 'chat');
      trial.check.ok(thrown === reason, "it did not reject with the signal's reason");
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'chat');
    },
  },
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
          if (event.type === 'text-delta') setTimeout(() => controller.abort(reason), 20);
      })();
      const thrown = await trial.check.within(2_000, trial.check.rejects(read, 'the stream'), 'the stream');
      trial.check.ok(thrown === reason, "it did not reject with the signal's reason");
      const later = await trial.check.rejects(stream.final(), 'final()');
      trial.check.ok(later === reason, "final() did not reject with the signal's reason");
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'the stream');
    },
  },
  {
    id: 'abort.retry',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while it waits to try again",
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const limited = { status: 429, kind: 'rate', message: 'Slow down.' } as const;
        const { llm, wire } = await connect(
          trial,
          failing(trial.subject.dialect, limited, { 'retry-after': '30' }),
        );
        const { controller, reason } = abortable();
        const call = WAYS[way](llm, 'Hi', { signal: controller.signal });
        call.catch(() => undefined);
        await waitFor(() => wire.requests.length === 1);
        setTimeout(() => controller.abort(reason), 50);
        const thrown = await trial.check.within(2_000, trial.check.rejects(call, way), way);
        trial.check.ok(thrown === reason, `${way}: it did not reject with the signal's reason`);
        trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
      }),
  },
  {
    id: 'abort.listeners',
    rule: 'C-03',
    title: 'leaves no listener on a signal, after successes, failures and early leaves',
    requires: [],
    async run(trial) {
      const { dialect, declares } = trial.subject;
      const refused = failing(dialect, { status: 400, message: 'No.' });
      const { llm } = await connect(trial, (request, reply, n) =>
        (n % 3 === 2 ? refused : telling(dialect, TEXT))(request, reply, n),
      );
      const { signal } = new AbortController();
      for (let round = 0; round < 6; round++) {
        const calls: Promise<unknown>[] = [llm.chat('Hi', { signal }), llm.chat('Hi', { signal })];
        if (declares.streaming === true)
          calls.push(llm.streamChat('Hi', { signal }).final(), leave(llm, signal));
        await Promise.allSettled(calls);
      }
      trial.check.ok(
        await waitFor(() => getEventListeners(signal, 'abort').length === 0, 1_000),
        `${getEventListeners(signal, 'abort').length} listeners are left on the signal`,
      );
    },
  },
];

function abortable(): { controller: AbortController; reason: object } {
  return { controller: new AbortController(), reason: { why: 'the user left' } };
}
