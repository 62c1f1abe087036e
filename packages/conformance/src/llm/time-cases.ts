import { isMortiseError } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { Buffer } from 'node:buffer';
import { cutFrames, splitAt } from '../lab/framing.ts';
import { isSent } from '../shared/helpers.ts';
import { LONGEST, TIMEOUTS } from '../shared/time-cases.ts';
import { SHORT, TEXT } from './answers.ts';
import {
  connect,
  expectedText,
  failing,
  partialText,
  respondWith,
  respondFrames,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';
import { breakOff } from './stalls.ts';

const STREAMING = ['streaming'];

/** C-04 for streams; V-01: spans. */
export const streamTimeCases: readonly LLMCase[] = [
  {
    id: 'time.stalled-stream',
    rule: 'C-04',
    title: 'gives timeout, with what had arrived, when a stream stalls',
    requires: STREAMING,
    async run(context) {
      const frames = cutFrames(context.subject.dialect.frames(TEXT));
      for (const timeoutMs of TIMEOUTS) {
        const { llm, wire } = await connect(context, (_request, reply) =>
          respondFrames(reply, frames, { end: 'stall' }),
        );
        let seen = '';
        const read = async (): Promise<void> => {
          for await (const delta of llm.streamChat('Hi', { timeoutMs }).textStream) seen += delta;
        };
        const stopped = context.check.within(timeoutMs + 2_000, read(), 'the stream');
        const error = await context.check.error(stopped, 'timeout', 'stream');
        // Where the time was over too soon, not all was there, or it was there at a second try.
        const inTime = seen === expectedText(TEXT) && wire.requests.length === 1;
        if (!inTime && timeoutMs < LONGEST) continue;
        context.check.equal(partialText(error), expectedText(TEXT), 'what had arrived');
        context.check.equal(wire.requests.length, 1, 'the requests');
        return;
      }
    },
  },
  {
    id: 'time.long-stream',
    rule: 'C-04',
    title: 'lets a stream that goes on take as long as it likes',
    requires: STREAMING,
    async run(context) {
      const split = (bytes: Buffer): Buffer[] =>
        splitAt(
          bytes,
          Array.from({ length: 12 }, (_unused, at) => Math.floor((at * bytes.length) / 12)),
        );
      for (const everyMs of [60, 200, 600]) {
        const { llm } = await connect(
          context,
          respondWith(context.subject.dialect, SHORT, { split, delivery: { everyMs } }),
        );
        const reply = llm.streamChat('Hi', { timeoutMs: 6 * everyMs, deadlineMs: 60_000 }).final();
        const outcome = await reply.catch((error: unknown) => error);
        // A busy machine may make a pause of the stream as long as that.
        if (isMortiseError(outcome) && outcome.code === 'timeout' && everyMs < 600) continue;
        context.check.equal((outcome as { text?: string }).text, expectedText(SHORT), 'the text');
        return;
      }
    },
  },
  {
    id: 'spans.once',
    rule: 'V-01',
    title: 'ends every span exactly once, under success, failure, abort and early leave',
    requires: STREAMING,
    run: spans,
  },
];

async function spans(context: LLMCaseContext): Promise<void> {
  const { dialect } = context.subject;
  const parent = `conformance-${Math.random()}`;
  const mine = new Set<string>();
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => {
    if (event.phase === 'start' && event.parentId === parent) mine.add(event.spanId);
    if (mine.has(event.spanId) && event.phase !== 'point') events.push(event);
  });
  context.after(stop);

  const ok = await connect(context, respondWith(dialect, TEXT));
  const refused = await connect(context, failing(dialect, { status: 400, message: 'No.' }));
  const frames = cutFrames(dialect.frames(TEXT));
  const stalls = await connect(context, (_request, reply) => respondFrames(reply, frames, { end: 'stall' }));
  const controller = new AbortController();
  const aborted = stalls.llm.streamChat('Hi', { parent, signal: controller.signal }).final();
  aborted.catch(() => undefined);
  await isSent(context.check, stalls.wire, aborted, 'streamChat');
  controller.abort(new Error('left'));
  await Promise.allSettled([
    ok.llm.chat('Hi', { parent }),
    ok.llm.streamChat('Hi', { parent }).final(),
    refused.llm.chat('Hi', { parent }),
    refused.llm.streamChat('Hi', { parent }).final(),
    aborted,
  ]);
  const abandoned = stalls.llm.streamChat('Hi', { parent });
  await breakOff(context, abandoned.textStream);
  await abandoned.final().catch(() => undefined);

  const phases = [...mine].map((id) =>
    events.filter(({ spanId }) => spanId === id).map(({ phase }) => phase),
  );
  const count = (phase: string): number => phases.filter((span) => span.join() === `start,${phase}`).length;
  context.check.equal(
    { end: count('end'), error: count('error') },
    { end: 2, error: 4 },
    'the spans by their end',
  );
  context.check.equal(phases.length, 6, 'the spans');
}
