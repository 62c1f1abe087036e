import { subscribe } from '@mortise/core/events';
import { MortiseError } from '@mortise/core';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { listenerCase } from '../shared/abort-cases.ts';
import { abortable, waitFor } from '../shared/helpers.ts';
import { ANSWER, LabModel, MODEL, METHODS, type AnswerProbe } from './lab.ts';

/** What an abort and an early leave do, and what is reported of them. */
export function leaveCases<S>(probe: AnswerProbe<S>): ConformanceCase<S>[] {
  return [
    {
      id: 'abort.before',
      rule: 'C-02',
      title: 'asks for nothing under a signal that is aborted already',
      requires: [],
      async run(context) {
        const llm = new LabModel();
        const answering = await probe.open(context, llm);
        const reason = { why: 'too late' };
        for (const [method, ask] of METHODS) {
          const thrown = await context.check.rejects(
            ask(answering, { signal: AbortSignal.abort(reason) }),
            method,
          );
          context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
        }
        context.check.equal(llm.requests.length, 0, 'the calls to the model');
      },
    },
    {
      id: 'abort.waiting',
      rule: 'C-01',
      title: "rejects with exactly the signal's reason while the model thinks, and aborts the model",
      requires: [MODEL],
      async run(context) {
        for (const [method, ask] of METHODS) {
          const llm = new LabModel({ stallAfter: 0 });
          const answering = await probe.open(context, llm);
          const { controller, reason } = abortable();
          const asked = ask(answering, { signal: controller.signal });
          asked.catch(() => undefined);
          context.check.ok(
            await waitFor(() => llm.signals.length > 0, 1_000),
            `${method}: the model was not asked`,
          );
          controller.abort(reason);
          const thrown = await context.check.within(2_000, context.check.rejects(asked, method), method);
          context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
          await leftAlone(context, llm, method);
        }
      },
    },
    {
      id: 'leave.break',
      rule: 'L-06',
      title: 'leaves the model when its reader breaks off; final() then has what had arrived',
      requires: [MODEL],
      async run(context) {
        const llm = new LabModel({ stallAfter: 3 });
        const stream = (await probe.open(context, llm)).stream();
        let text = '';
        for await (const event of stream) {
          if (event.type === 'text-delta') text += (event as { delta: string }).delta;
          if (text.length >= 6) break;
        }
        const { partial } = await context.check.error(stream.final(), 'aborted', 'final()');
        context.check.equal(
          (partial as { text: string }).text,
          ANSWER.slice(0, text.length),
          'the partial text',
        );
        await leftAlone(context, llm, 'break');
      },
    },
    {
      id: 'leave.stalled',
      rule: 'L-06',
      title: 'settles at once when it is left while the model says nothing',
      requires: [MODEL],
      async run(context) {
        const llm = new LabModel({ stallAfter: 0 });
        const stream = (await probe.open(context, llm)).stream();
        const reader = stream.textStream[Symbol.asyncIterator]();
        const waiting = reader.next();
        waiting.catch(() => undefined);
        context.check.ok(await waitFor(() => llm.signals.length > 0, 1_000), 'the model was not asked');
        await context.check.within(2_000, stream.cancel(), 'cancel()');
        const { done } = await context.check.within(2_000, waiting, 'the pending next()');
        context.check.equal(done, true, 'the pending next() is done');
        await context.check.error(stream.final(), 'aborted', 'final()');
        await leftAlone(context, llm, 'cancel()');
      },
    },
    listenerCase<S>([MODEL], async (context) => {
      const good = await probe.open(context, new LabModel());
      const bad = await probe.open(context, new LabModel({ error: new MortiseError('quota', 'No.') }));
      return (signal) => [
        ...[good, bad].flatMap((answering) => METHODS.map(([, ask]) => ask(answering, { signal }))),
        leaveAtOnce(good, signal),
      ];
    }),
    {
      id: 'spans.once',
      rule: 'V-01',
      title: 'ends every span exactly once, under success, failure, abort and early leave',
      requires: [MODEL],
      async run(context) {
        const parent = `conformance-${Math.random()}`;
        const spans = watchSpans(context, parent);
        const good = await probe.open(context, new LabModel());
        const bad = await probe.open(context, new LabModel({ error: new MortiseError('quota', 'No.') }));
        const silent = new LabModel({ stallAfter: 0 });
        const stalls = await probe.open(context, silent);
        for (const [method, ask] of METHODS) {
          const controller = new AbortController();
          const before = silent.signals.length;
          const aborted = ask(stalls, { parent, signal: controller.signal });
          aborted.catch(() => undefined);
          const wasAsked = await waitFor(() => silent.signals.length > before, 1_000);
          context.check.ok(wasAsked, `${method}: the model was not asked`);
          controller.abort(new Error('left'));
          await Promise.allSettled([ask(good, { parent }), ask(bad, { parent }), aborted]);
          context.check.ok(await waitFor(() => spans.areOver(), 1_000), `${method}: a span is still open`);
        }
        await leaveAtOnce(good, undefined, parent);
        context.check.ok(
          await waitFor(() => spans.areOver(), 1_000),
          'a span is still open after an early leave',
        );
        const expected = ['end', 'end', 'error', 'error', 'error', 'error', 'error'];
        context.check.equal(spans.ofRoots().toSorted(), expected, 'how the spans ended');
        context.check.equal(spans.twice(), [], 'spans that ended twice');
      },
    },
  ];
}

async function leftAlone<S>(context: CaseContext<S>, llm: LabModel, what: string): Promise<void> {
  const abandoned = await waitFor(() => llm.signals.at(-1)?.aborted === true, 1_000);
  context.check.ok(abandoned, `${what}: the model was not left`);
}

async function leaveAtOnce(
  answering: Awaited<ReturnType<AnswerProbe<unknown>['open']>>,
  signal: AbortSignal | undefined,
  parent?: string,
): Promise<void> {
  for await (const event of answering.stream({ signal, parent })) if (event.type === 'text-delta') break;
}

/** Every span below one that nobody opened. */
export function watchSpans<S>(context: CaseContext<S>, parent: string) {
  const ends = new Map<string, string[]>();
  const roots: string[] = [];
  const names = new Map<string, string>();
  context.after(
    subscribe(({ phase, spanId, name, parentId = '' }) => {
      if (phase === 'start' && (parentId === parent || ends.has(parentId))) {
        ends.set(spanId, []);
        names.set(spanId, name);
        if (parentId === parent) roots.push(spanId);
      } else if (phase === 'end' || phase === 'error') ends.get(spanId)?.push(phase);
    }),
  );
  return {
    areOver: (): boolean => [...ends.values()].every((phases) => phases.length > 0),
    ofRoots: (): string[] => roots.flatMap((id) => ends.get(id) ?? []),
    twice: (): string[] =>
      [...ends].flatMap(([id, phases]) => (phases.length > 1 ? [names.get(id) ?? id] : [])),
    nameOf: (id: string): string | undefined => names.get(id),
  };
}
