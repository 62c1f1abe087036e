import type { ChatStreamEvent } from '@mortise/core/llm';
import { cutFrames, framed } from '../lab/framing.ts';
import { saying, TEXT } from './answers.ts';
import {
  collect,
  connect,
  failing,
  inTurn,
  partialText,
  respondWith,
  respondFrames,
  type LLMCase,
  type LLMCaseContext,
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
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const stream = llm.streamChat('Hi');
      // When a later call is over, what was sent before it has arrived.
      await llm.chat('Hi');
      context.check.equal(wire.requests.length, 1, 'the requests before, one of which is another call');
      await stream.final();
      context.check.equal(wire.requests.length, 2, 'the requests after');
    },
  },
  {
    id: 'stream.single-use',
    rule: 'L-05',
    title: 'refuses a second reader, and calls the provider once',
    requires: STREAMING,
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const stream = llm.streamChat('Hi');
      await collect(stream);
      const second = (async () => collect(stream))();
      await context.check.error(second, 'invalid-request', 'the second reader');
      await stream.final();
      await stream.final();
      context.check.equal(wire.requests.length, 1, 'the requests');
    },
  },
  {
    id: 'stream.readable',
    rule: 'L-05',
    title: 'gives the same events as a ReadableStream, whose cancel() leaves it',
    requires: STREAMING,
    async run(context) {
      const { dialect } = context.subject;
      const whole = await connect(context, respondWith(dialect, TEXT));
      const events = await collect(whole.llm.streamChat('Hi'));
      const readable = whole.llm.streamChat('Hi').toReadableStream();
      context.check.equal(await collect(readable), events, 'the events');
      const { llm, wire } = await connect(context, stalled(context));
      const reader = llm.streamChat('Hi').toReadableStream().getReader();
      await context.check.within(FIRST_TEXT_MS, reader.read(), 'the first event of the stream');
      await context.check.within(1_000, reader.cancel(), 'cancel()');
      await closesEarly(context, wire.requests[0]?.closedEarly, 'cancel()');
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
    async run(context) {
      const { llm, wire } = await connect(context, stalled(context));
      await breakOff(context, llm.streamChat('Hi').textStream);
      await closesEarly(context, wire.requests[0]?.closedEarly, 'break');
    },
  },
  {
    id: 'leave.pending',
    rule: 'L-06',
    title: 'settles at once when it is left while it waits for a stalled provider',
    requires: STREAMING,
    async run(context) {
      for (const how of ['return', 'cancel'] as const) {
        const { llm, wire } = await connect(context, stalled(context));
        const stream = llm.streamChat('Hi');
        const iterator = stream[Symbol.asyncIterator]();
        const pending = await pendingRead(context, iterator);
        const abandoned = how === 'return' ? iterator.return?.() : stream.cancel();
        await context.check.within(1_000, Promise.resolve(abandoned), how);
        await context.check.within(1_000, Promise.allSettled([pending.read]), `next() after ${how}`);
        await closesEarly(context, wire.requests[0]?.closedEarly, how);
      }
    },
  },
  {
    id: 'leave.opening',
    rule: 'L-06',
    title: 'settles at once when it is left before the headers',
    requires: STREAMING,
    async run(context) {
      const { llm, wire } = await connect(context, () => undefined);
      const stream = llm.streamChat('Hi');
      const final = stream.final();
      final.catch(() => undefined);
      await isSent(context.check, wire, final, 'final()');
      await context.check.within(1_000, stream.cancel(), 'cancel()');
      await context.check.error(context.check.within(1_000, final, 'final()'), 'aborted', 'final()');
      await closesEarly(context, wire.requests[0]?.closedEarly, 'cancel()');
    },
  },
  {
    id: 'leave.final',
    rule: 'L-06',
    title: 'rejects final() with aborted and what had arrived after an early leave',
    requires: STREAMING,
    async run(context) {
      const { llm } = await connect(context, stalled(context));
      const stream = llm.streamChat('Hi');
      await breakOff(context, stream, ({ type }) => type === 'text-delta');
      const error = await context.check.error(
        context.check.within(1_000, stream.final(), 'final()'),
        'aborted',
        'final()',
      );
      const partial = partialText(error);
      context.check.ok(
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
    async run(context) {
      const { dialect } = context.subject;
      const cut = cutFrames(dialect.frames(TEXT));
      const { llm, wire } = await connect(context, (request, reply, n) =>
        inTurn(
          respondWith(dialect, TEXT),
          stalled(context),
          (_request, response) => respondFrames(response, cut),
          failing(dialect, { status: 400, message: 'No.' }),
          respondWith(dialect, TEXT),
        )(request, reply, n % 5),
      );
      for (let round = 0; round < 15; round++) await leave(context, llm);
      context.check.equal(wire.requests.length, 15, 'the requests');
      // One may be kept for the next call; every other one must be gone.
      const closed = await waitFor(() => wire.open <= 1, 2_000);
      context.check.ok(closed, `${wire.open} of ${wire.connections} connections are open`);
    },
  },
];

/** The first read, after some text has come, that the provider leaves waiting. */
async function pendingRead(
  context: LLMCaseContext,
  iterator: AsyncIterator<ChatStreamEvent>,
): Promise<{ readonly read: Promise<unknown> }> {
  await readTo(context, iterator, ({ type }) => type === 'text-delta');
  for (;;) {
    const read = iterator.next();
    read.catch(() => undefined);
    const next = await Promise.race([read, pause(100).then(() => undefined)]);
    // In an object, since a promise that is returned is waited for.
    if (next === undefined) return { read };
    context.check.ok(next.done !== true, 'the stream ended where the provider stalls');
  }
}

/** Far more than the buffers of both ends' sockets hold. */
const PIECES = 400;
const PIECE = 'x'.repeat(64 * 1024);

async function pull(context: LLMCaseContext): Promise<void> {
  const { dialect } = context.subject;
  const framesOf = (pieces: number) => dialect.frames(saying(...Array.from({ length: pieces }, () => PIECE)));
  let pieces = PIECES;
  let frames = framesOf(pieces);
  let written = 0;
  const { llm } = await connect(context, async (_request, reply) => {
    await respondFrames(reply, frames.slice(0, 2), { end: 'stall' });
    const closed = new Promise((resolve) => reply.once('close', resolve));
    for (let at = 2; at < frames.length && !reply.destroyed; at++) {
      const goesOn = reply.write(framed([frames[at]!]));
      written++;
      if (!goesOn) await Promise.race([new Promise((resolve) => reply.once('drain', resolve)), closed]);
    }
    reply.end();
  });
  const stream = llm.streamChat('Hi');
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  const ahead = await settled(() => written);
  context.check.ok(ahead < PIECES / 2, `${ahead} of ${PIECES} pieces were read before anybody asked`);
  // What was not written yet is not needed: a reply of these pieces and a few more begins as the long one did.
  pieces = written + 8;
  frames = framesOf(pieces);
  let text = 0;
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    if (next.value.type === 'text-delta') text += next.value.delta.length;
  }
  context.check.equal(text, pieces * PIECE.length, 'the length of the text in the end');
}
