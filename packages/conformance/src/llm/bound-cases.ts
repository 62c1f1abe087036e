import type { Frame } from '../dialects/contract.ts';
import { cutFrames, framed } from '../lab/framing.ts';
import { pause } from '../shared/helpers.ts';
import { LONGEST, TIMEOUTS } from '../shared/time-cases.ts';
import type { WireReply } from '../wire.ts';
import { TEXT } from './answers.ts';
import {
  forEachMethod,
  connect,
  expectedText,
  partialText,
  respondFrames,
  typeOf,
  METHODS,
  type LLMCase,
} from './lab.ts';

const EVENTS = ['streaming', 'wire:event-stream'];
const BOUNDS = { maxReplyBytes: 200_000, maxLineBytes: 50_000 };
const PIECE = 'x'.repeat(1_000);

/** Four times what is allowed: whoever takes so much would take anything, and for ever. */
const ENDLESS_BYTES = 800_000;

/** Writes the same until the client goes, as it must long before the end. */
async function endless(reply: WireReply, piece: string | Uint8Array): Promise<void> {
  const closed = new Promise((resolve) => reply.once('close', resolve));
  for (let left = ENDLESS_BYTES; !reply.destroyed; left -= piece.length) {
    if (left <= 0) return void reply.end();
    if (!reply.write(piece))
      await Promise.race([new Promise((resolve) => reply.once('drain', resolve)), closed]);
    // The client is in this process, and reads between two pieces.
    else await new Promise(setImmediate);
  }
}

/** C-13: what comes from outside is bounded; C-04: silence counts in what is said. */
export const boundCases: readonly LLMCase[] = [
  {
    id: 'bounds.reply',
    rule: 'C-13',
    title: 'gives malformed-response, naming maxReplyBytes, for a reply without an end',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm, wire } = await connect(
          context,
          (request, reply) => {
            const frames = context.subject.dialect.frames(TEXT);
            if (!context.subject.dialect.streams(request)) {
              reply.writeHead(200, typeOf(undefined));
              return endless(reply, PIECE);
            }
            reply.writeHead(200, typeOf(frames));
            // What says nothing and ends nothing: comments, blank lines, events that nobody knows.
            const [{ format, line = false } = {}] = frames;
            if (format !== undefined)
              return endless(
                reply,
                format.bytes({ event: 'hologram', data: JSON.stringify({ depth: PIECE }) }),
              );
            return endless(reply, line ? '\n'.repeat(1_000) : `: ${PIECE}\n\n`);
          },
          undefined,
          BOUNDS,
        );
        const error = await context.check.error(METHODS[method](llm), 'malformed-response', method);
        context.check.ok(
          error.message.includes('maxReplyBytes'),
          `${method}: the message is ${error.message}`,
        );
        context.check.equal(await wire.requests[0]?.closedEarly, true, `${method}: the connection is closed`);
      }),
  },
  {
    id: 'bounds.error',
    rule: 'C-13',
    title: 'gives malformed-response, naming maxReplyBytes, for a refusal without an end',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(
          context,
          (_request, reply) => {
            reply.writeHead(400, { 'content-type': 'application/json' });
            return endless(reply, PIECE);
          },
          undefined,
          BOUNDS,
        );
        const error = await context.check.error(METHODS[method](llm), 'malformed-response', method);
        context.check.ok(
          error.message.includes('maxReplyBytes'),
          `${method}: the message is ${error.message}`,
        );
      }),
  },
  {
    id: 'bounds.line',
    rule: 'C-13',
    title: 'gives malformed-response, naming maxLineBytes, for a line without an end',
    requires: EVENTS,
    async run(context) {
      const { llm } = await connect(
        context,
        (_request, reply) => {
          reply.writeHead(200, typeOf(context.subject.dialect.frames(TEXT)));
          reply.write('data: {"');
          return endless(reply, PIECE);
        },
        undefined,
        // Bun hands out more than the other bound in one piece.
        { ...BOUNDS, maxReplyBytes: 50_000_000 },
      );
      const error = await context.check.error(
        llm.streamChat('Hi').final(),
        'malformed-response',
        'the stream',
      );
      context.check.ok(error.message.includes('maxLineBytes'), `the message is ${error.message}`);
    },
  },
  {
    id: 'time.silent-pings',
    rule: 'C-04',
    title: 'gives timeout, with what had arrived, when only comments and blank events go on',
    requires: EVENTS,
    async run(context) {
      const frames = cutFrames(context.subject.dialect.frames(TEXT));
      const nothing = `: keep-alive\n\n${framed([{ data: '' } satisfies Frame]).toString()}`;
      // From 600 ms: a busy machine may stand still for less, and the pings with it.
      for (const timeoutMs of TIMEOUTS.slice(1)) {
        const { llm, wire } = await connect(context, async (_request, reply) => {
          await respondFrames(reply, frames, { end: 'stall' });
          while (!reply.destroyed) {
            reply.write(nothing);
            await pause(25);
          }
        });
        const stopped = context.check.within(
          timeoutMs + 2_000,
          llm.streamChat('Hi', { timeoutMs }).final(),
          'final()',
        );
        const error = await context.check.error(stopped, 'timeout', 'the stream');
        const inTime = partialText(error) === expectedText(TEXT) && wire.requests.length === 1;
        if (!inTime && timeoutMs < LONGEST) continue;
        return context.check.equal(partialText(error), expectedText(TEXT), 'what had arrived');
      }
    },
  },
];
