import { inspect } from 'node:util';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { Buffer } from 'node:buffer';
import { cutFrames, splitAt } from '../lab/framing.ts';
import type { WireRequest } from '../wire.ts';
import { SHORT, TEXT } from './answers.ts';
import {
  bothWays,
  connect,
  expectedText,
  failing,
  partialText,
  telling,
  tellFrames,
  WAYS,
  type LLMCase,
  type LLMTrial,
} from './lab.ts';

const STREAMING = ['streaming'];

/** C-04: time; V-01: spans; C-09: secrets. */
export const timeCases: readonly LLMCase[] = [
  {
    id: 'time.slow-headers',
    rule: 'C-04',
    title: 'gives timeout when the headers do not come',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm, wire } = await connect(trial, () => undefined);
        const call = WAYS[way](llm, 'Hi', { timeoutMs: 150, deadlineMs: 200 });
        await trial.check.error(trial.check.within(2_000, call, way), 'timeout', way);
        const closed = trial.check.within(
          2_000,
          wire.requests[0]?.closedEarly ?? Promise.resolve(false),
          way,
        );
        trial.check.equal(await closed, true, `${way}: the connection is closed`);
      }),
  },
  {
    id: 'time.stalled-body',
    rule: 'C-04',
    title: 'gives timeout when a body stalls',
    requires: [],
    async run(trial) {
      const { llm } = await connect(trial, (_request, reply) => {
        reply.writeHead(200, { 'content-type': 'application/json' });
        reply.write('{"id": ');
      });
      const call = llm.chat('Hi', { timeoutMs: 150, deadlineMs: 200 });
      await trial.check.error(trial.check.within(2_000, call, 'chat'), 'timeout', 'chat');
    },
  },
  {
    id: 'time.stalled-stream',
    rule: 'C-04',
    title: 'gives timeout, with what had arrived, when a stream stalls',
    requires: STREAMING,
    async run(trial) {
      const frames = cutFrames(trial.subject.dialect.frames(TEXT));
      const { llm, wire } = await connect(trial, (_request, reply) =>
        tellFrames(reply, frames, { end: 'stall' }),
      );
      const call = llm.streamChat('Hi', { timeoutMs: 150 }).final();
      const error = await trial.check.error(
        trial.check.within(2_000, call, 'the stream'),
        'timeout',
        'stream',
      );
      trial.check.equal(partialText(error), expectedText(TEXT), 'what had arrived');
      trial.check.equal(wire.requests.length, 1, 'the requests');
    },
  },
  {
    id: 'time.long-stream',
    rule: 'C-04',
    title: 'lets a stream that goes on take as long as it likes',
    requires: STREAMING,
    async run(trial) {
      const split = (bytes: Buffer): Buffer[] =>
        splitAt(
          bytes,
          Array.from({ length: 12 }, (_unused, at) => Math.floor((at * bytes.length) / 12)),
        );
      const { llm } = await connect(
        trial,
        telling(trial.subject.dialect, SHORT, { split, delivery: { everyMs: 60 } }),
      );
      const { text } = await llm.streamChat('Hi', { timeoutMs: 400, deadlineMs: 60_000 }).final();
      trial.check.equal(text, expectedText(SHORT), 'the text');
    },
  },
  {
    id: 'time.slow-but-in-time',
    rule: 'C-04',
    title: 'waits for headers that are slow but in time',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm, wire } = await connect(trial, async (request, reply, n) => {
          await new Promise((resolve) => setTimeout(resolve, 250));
          return telling(trial.subject.dialect, TEXT)(request, reply, n);
        });
        const { text } = await WAYS[way](llm, 'Hi', { timeoutMs: 5_000 });
        trial.check.equal(text, expectedText(TEXT), `${way}: the text`);
        trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
      }),
  },
  {
    id: 'spans.once',
    rule: 'V-01',
    title: 'ends every span exactly once, under success, failure, abort and early leave',
    requires: STREAMING,
    run: spans,
  },
  {
    id: 'secrets.error',
    rule: 'C-09',
    title: "keeps the key out of an error, also when the provider's reply repeats it",
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { dialect } = trial.subject;
        const { llm, wire } = await connect(trial, (request, reply, n) => {
          const [key = 'none'] = keysOf(request);
          const echo = { status: 401, message: `Incorrect API key provided: ${key}.` };
          return failing(dialect, echo)(request, reply, n);
        });
        const error = await trial.check.error(WAYS[way](llm), 'authentication', way);
        const shown = [inspect(error, { depth: 12 }), error.message, JSON.stringify(error)].join('\n');
        for (const key of keysOf(wire.requests[0])) {
          trial.check.ok(!shown.includes(`provided: ${key}`), `${way}: the error shows the key`);
        }
      }),
  },
  {
    id: 'secrets.instance',
    rule: 'C-09',
    title: 'keeps the key out of inspect and JSON of the model',
    requires: [],
    async run(trial) {
      const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
      await llm.chat('Hi');
      const shown = `${inspect(llm, { depth: 12, showHidden: true })}\n${JSON.stringify(llm)}`;
      trial.check.equal(wire.requests.length, 1, 'the requests');
      for (const key of keysOf(wire.requests[0])) {
        const quoted = [`'${key}'`, `"${key}"`, `Bearer ${key}`];
        trial.check.ok(!quoted.some((form) => shown.includes(form)), 'the model shows its key');
      }
    },
  },
];

/** The keys that a request carried. */
function keysOf(request: WireRequest | undefined): string[] {
  const { authorization, 'x-api-key': key, 'api-key': azure } = request?.headers ?? {};
  return [authorization?.replace(/^Bearer /i, ''), key, azure].filter((value) => value !== undefined);
}

async function spans(trial: LLMTrial): Promise<void> {
  const { dialect } = trial.subject;
  const parent = `conformance-${Math.random()}`;
  const mine = new Set<string>();
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => {
    if (event.phase === 'start' && event.parentId === parent) mine.add(event.spanId);
    if (mine.has(event.spanId) && event.phase !== 'point') events.push(event);
  });
  trial.after(stop);

  const ok = await connect(trial, telling(dialect, TEXT));
  const refused = await connect(trial, failing(dialect, { status: 400, message: 'No.' }));
  const frames = cutFrames(dialect.frames(TEXT));
  const stalls = await connect(trial, (_request, reply) => tellFrames(reply, frames, { end: 'stall' }));
  const controller = new AbortController();
  const aborted = stalls.llm.streamChat('Hi', { parent, signal: controller.signal }).final();
  setTimeout(() => controller.abort(new Error('left')), 50);
  await Promise.allSettled([
    ok.llm.chat('Hi', { parent }),
    ok.llm.streamChat('Hi', { parent }).final(),
    refused.llm.chat('Hi', { parent }),
    refused.llm.streamChat('Hi', { parent }).final(),
    aborted,
  ]);
  const left = stalls.llm.streamChat('Hi', { parent });
  for await (const _delta of left.textStream) break;
  await left.final().catch(() => undefined);

  const phases = [...mine].map((id) =>
    events.filter(({ spanId }) => spanId === id).map(({ phase }) => phase),
  );
  const count = (phase: string): number => phases.filter((span) => span.join() === `start,${phase}`).length;
  trial.check.equal(
    { end: count('end'), error: count('error') },
    { end: 2, error: 4 },
    'the spans by their end',
  );
  trial.check.equal(phases.length, 6, 'the spans');
}
