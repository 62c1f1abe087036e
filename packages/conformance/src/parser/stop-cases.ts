import { subscribe } from '@mortise/core/events';
import { listenerCase } from '../shared/abort-cases.ts';
import { pause, waitFor } from '../shared/helpers.ts';
import { Chunks, outcomeOf, shownOf, stalls, streamOf, units, type ParserCase } from './lab.ts';

/** C-01 to C-03 and V-01: aborts, listeners, spans. */
export const stopCases: readonly ParserCase[] = [
  {
    id: 'abort.before',
    rule: 'C-02',
    title: "rejects with exactly the signal's reason under a signal that is aborted already",
    requires: [],
    async run({ subject, check }) {
      const reason = { why: 'too late' };
      const signal = AbortSignal.abort(reason);
      const [{ text }] = subject.samples;
      const thrown = await check.rejects(subject.create().parse(text, { signal }), 'parse');
      check.ok(thrown === reason, "parse did not reject with the signal's reason");
    },
  },
  {
    id: 'abort.before-stream',
    rule: 'C-02',
    title: 'asks its source for nothing under a signal that is aborted already',
    requires: ['stream'],
    async run({ subject, check }) {
      const reason = { why: 'too late' };
      const chunks = new Chunks(units(subject.samples[0].text));
      const stream = streamOf(subject.create(), chunks, { signal: AbortSignal.abort(reason) });
      const thrown = await check.rejects(
        Promise.resolve(stream[Symbol.asyncIterator]().next()),
        'the stream',
      );
      check.ok(thrown === reason, "the stream did not reject with the signal's reason");
      check.equal(chunks.pulled, 0, 'the chunks that it asked for');
    },
  },
  {
    id: 'abort.stalled',
    rule: 'C-01',
    title: "rejects with exactly the signal's reason while its source is silent, and closes that",
    requires: ['stream'],
    async run({ subject, check }) {
      const reason = { why: 'the user left' };
      const controller = new AbortController();
      const [{ text }] = subject.samples;
      const chunks = new Chunks(units(text), stalls);
      const read = async (): Promise<void> => {
        for await (const _ of streamOf(subject.create(), chunks, { signal: controller.signal }));
      };
      const reading = read();
      reading.catch(() => undefined);
      await check.within(1_000, chunks.drained, 'reading what there is');
      controller.abort(reason);
      const thrown = await check.within(1_000, check.rejects(reading, 'the stream'), 'the stream');
      check.ok(thrown === reason, "the stream did not reject with the signal's reason");
      check.equal(chunks.closed, 1, 'how often the source was closed');
    },
  },
  listenerCase([], async ({ subject }) => (signal) => {
    const parser = subject.create();
    const texts = [...subject.samples, ...(subject.invalid ?? [])].map(({ text }) => text);
    return [
      ...texts.map((text) => parser.parse(text, { signal })),
      ...(parser.stream === undefined ? [] : texts.map((text) => shownOf(parser, units(text), { signal }))),
    ];
  }),
  {
    id: 'spans.once',
    rule: 'V-01',
    title: 'ends every span exactly once, under success, failure, abort and an early leave',
    requires: [],
    async run(context) {
      const { subject, check } = context;
      const parent = `conformance-${Math.random()}`;
      const spans = new Map<string, { name: string; ends: string[] }>();
      context.after(
        subscribe(({ name, phase, spanId, parentId = '' }) => {
          const ours = parentId === parent || spans.has(parentId);
          if (phase === 'start' && ours) spans.set(spanId, { name, ends: [] });
          else if (phase === 'end' || phase === 'error') spans.get(spanId)?.ends.push(phase);
        }),
      );
      const parser = subject.create();
      const [{ text }] = subject.samples;
      const calls: (() => Promise<unknown>)[] = [() => parser.parse(text, { parent })];
      const bad = subject.invalid?.[0]?.text;
      if (bad !== undefined) calls.push(() => parser.parse(bad, { parent }));
      if (parser.stream !== undefined) {
        calls.push(() => shownOf(parser, units(text), { parent }));
        if (bad !== undefined) calls.push(() => shownOf(parser, units(bad), { parent }));
        calls.push(async () => {
          const iterator = streamOf(parser, new Chunks([], stalls), { parent })[Symbol.asyncIterator]();
          void iterator.next().catch(() => undefined);
          await pause(5);
          await iterator.return?.();
          await iterator.return?.();
        });
      }
      for (const call of calls) {
        const before = spans.size;
        await check.within(1_000, outcomeOf(call), 'a call');
        const opened = [...spans.values()].slice(before);
        // What is inside a stream that was left ends a moment later.
        await waitFor(() => opened.every(({ ends }) => ends.length > 0));
        check.equal(
          opened[0]?.name,
          'parser.parse',
          'the name of the span; BaseOutputParser makes it, and traced() for others',
        );
        for (const { name, ends } of opened) check.equal(ends.length, 1, `how often the span ${name} ended`);
      }
    },
  },
];
