import type { ChatStreamEvent } from '@mortise/core/llm';
import { cutFrames, framed } from '../lab/framing.ts';
import { saying, TEXT } from './answers.ts';
import {
  collect,
  connect,
  failing,
  inTurn,
  partialText,
  telling,
  tellFrames,
  type LLMCase,
  type LLMTrial,
} from './lab.ts';
import { isSent, pause, settled, waitFor } from '../shared/helpers.ts';
import { breakOff, closesEarly, FIRST_TEXT_MS, leave, readTo, stalled } from './stalls.ts';

const STREAMING = ['streaming'];

/** L-05 and L-06: who reads a stream, and what leaving it does. */
export const streamCases: readonly LLMCase[] = [
  {
    id: 'stream.lazy',
    rule: 'L-05',
    title: 'sends nothing before a stream is read',
    requires: STREAMING,
    async run(trial) {
      const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
      const stream = llm.streamChat('Hi');
      // When a later call is over, what was sent before it has arrived.
      await llm.chat('Hi');
      trial.check.equal(wire.requests.length, 1, 'the requests before, one of which is another call');
      await stream.final();
      trial.check.equal(wire.requests.length, 2, 'the requests after');
    },
  },
  {
    id: 'stream.single-use',
    rule: 'L-05',
    title: 'refuses a second reader, and calls the provider once',
    requires: STREAMING,
    async run(trial) {
      const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
      const stream = llm.streamChat('Hi');
      await collect(stream);
      const second = (async () => collect(stream))();
      await trial.check.error(second, 'invalid-request', 'the second reader');
      await stream.final();
      await stream.final();
      trial.check.equal(wire.requests.length, 1, 'the requests');
    },
  },
  {
    id: 'stream.readable',
    rule: 'L-05',
    title: 'gives the same events as a ReadableStream, whose cancel() leaves it',
    requires: STREAMING,
    async run(trial) {
      const { dialect } = trial.subject;
      const whole = await connect(trial, telling(dialect, TEXT));
      const events = await collect(whole.llm.streamChat('Hi'));
      const readable = whole.llm.streamChat('Hi').toReadableStream();
      trial.check.equal(await collect(readable), events, 'the events');
      const { llm, wire } = await connect(trial, stalled(trial));
      const reader = llm.streamChat('Hi').toReadableStream().getReader();
      await trial.check.within(FIRST_TEXT_MS, reader.read(), 'the first event of the stream');
      await trial.check.within(1_000, reader.cancel(), 'cancel()');
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'cancel()');
    },
  },
  {
    id: 'stream.pull',
    rule: 'L-05',
    title: 'does not read ahead without bound while nobody reads',
    requires: STREAMING,
    run: pull,
  },
  {
    id: 'leave.break',
    rule: 'L-06',
    title: 'closes the connection when its reader breaks off',
    requires: STREAMING,
    async run(trial) {
      const { llm, wire } = await connect(trial, stalled(trial));
      await breakOff(trial, llm.streamChat('Hi').textStream);
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'break');
    },
  },
  {
    id: 'leave.pending',
    rule: 'L-06',
    title: 'settles at once when it is left while it waits for a stalled provider',
    requires: STREAMING,
    async run(trial) {
      for (const how of ['return', 'cancel'] as const) {
        const { llm, wire } = await connect(trial, stalled(trial));
        const stream = llm.streamChat('Hi');
        const iterator = stream[Symbol.asyncIterator]();
        const pending = await pendingRead(trial, iterator);
        const left = how === 'return' ? iterator.return?.() : stream.cancel();
        await trial.check.within(1_000, Promise.resolve(left), how);
        await trial.check.within(1_000, Promise.allSettled([pending.read]), `next() after ${how}`);
        await closesEarly(trial, wire.requests[0]?.closedEarly, how);
      }
    },
  },
  {
    id: 'leave.opening',
    rule: 'L-06',
    title: 'settles at once when it is left before the headers',
    requires: STREAMING,
    async run(trial) {
      const { llm, wire } = await connect(trial, () => undefined);
      const stream = llm.streamChat('Hi');
      const final = stream.final();
      final.catch(() => undefined);
      await isSent(trial.check, wire, final, 'final()');
      await trial.check.within(1_000, stream.cancel(), 'cancel()');
      await trial.check.error(trial.check.within(1_000, final, 'final()'), 'aborted', 'final()');
      await closesEarly(trial, wire.requests[0]?.closedEarly, 'cancel()');
    },
  },
  {
    id: 'leave.final',
    rule: 'L-06',
    title: 'rejects final() with aborted and what had arrived after an early leave',
    requires: STREAMING,
    async run(trial) {
      const { llm } = await connect(trial, stalled(trial));
      const stream = llm.streamChat('Hi');
      await breakOff(trial, stream, ({ type }) => type === 'text-delta');
      const error = await trial.check.error(
        trial.check.within(1_000, stream.final(), 'final()'),
        'aborted',
        'final()',
      );
      const partial = partialText(error);
      trial.check.ok(
        typeof partial === 'string' && partial.startsWith('Grüße '),
        `partial is ${String(partial)}`,
      );
    },
  },
  {
    id: 'leave.sockets',
    rule: 'L-06',
    title: 'leaves no connection behind after replies, failures and early leaves',
    requires: STREAMING,
    async run(trial) {
      const { dialect } = trial.subject;
      const cut = cutFrames(dialect.frames(TEXT));
      const { llm, wire } = await connect(trial, (request, reply, n) =>
        inTurn(
          telling(dialect, TEXT),
          stalled(trial),
          (_request, response) => tellFrames(response, cut),
          failing(dialect, { status: 400, message: 'No.' }),
          telling(dialect, TEXT),
        )(request, reply, n % 5),
      );
      for (let round = 0; round < 15; round++) await leave(trial, llm);
      trial.check.equal(wire.requests.length, 15, 'the requests');
      // One may be kept for the next call; every other one must be gone.
      const closed = await waitFor(() => wire.open <= 1, 2_000);
      trial.check.ok(closed, `${wire.open} of ${wire.connections} connections are open`);
    },
  },
];

/** The first read, after some text has come, that the provider leaves waiting. */
async function pendingRead(
  trial: LLMTrial,
  iterator: AsyncIterator<ChatStreamEvent>,
): Promise<{ readonly read: Promise<unknown> }> {
  await readTo(trial, iterator, ({ type }) => type === 'text-delta');
  for (;;) {
    const read = iterator.next();
    read.catch(() => undefined);
    const next = await Promise.race([read, pause(100).then(() => undefined)]);
    // In an object, since a promise that is returned is waited for.
    if (next === undefined) return { read };
    trial.check.ok(next.done !== true, 'the stream ended where the provider stalls');
  }
}

/** Far more than the buffers of both ends' sockets hold. */
const PIECES = 400;
const PIECE = 'x'.repeat(64 * 1024);

async function pull(trial: LLMTrial): Promise<void> {
  const { dialect } = trial.subject;
  const frames = dialect.frames(saying(...Array.from({ length: PIECES }, () => PIECE)));
  let written = 0;
  const { llm } = await connect(trial, async (_request, reply) => {
    await tellFrames(reply, frames.slice(0, 2), { end: 'stall' });
    const closed = new Promise((resolve) => reply.once('close', resolve));
    for (const frame of frames.slice(2)) {
      if (reply.destroyed) return;
      const goesOn = reply.write(framed([frame]));
      written++;
      if (!goesOn) await Promise.race([new Promise((resolve) => reply.once('drain', resolve)), closed]);
    }
    reply.end();
  });
  const stream = llm.streamChat('Hi');
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  const ahead = await settled(() => written);
  let text = 0;
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    if (next.value.type === 'text-delta') text += next.value.delta.length;
  }
  trial.check.ok(ahead < PIECES / 2, `${ahead} of ${PIECES} pieces were read before anybody asked`);
  trial.check.equal(text, PIECES * PIECE.length, 'the length of the text in the end');
}
