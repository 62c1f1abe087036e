import { subscribe } from '@mortise/core/events';
import type { ConformanceCase } from '../frame/case.ts';
import { failing, isSent } from './helpers.ts';
import { onEveryMethod, type Probe } from './probe.ts';

/** V-01, for contracts whose calls are not streams of one reply. */
export function spanCase<S>(probe: Probe<S>): ConformanceCase<S> {
  const title = 'ends every span exactly once, under success, failure and abort';
  return onEveryMethod(probe, { id: 'spans.once', rule: 'V-01', title }, async (context, method) => {
    const { check, subject } = context;
    const parent = `conformance-${Math.random()}`;
    const spans = new Map<string, string[]>();
    const stop = subscribe(({ phase, spanId, parentId = '' }) => {
      if (phase === 'start' && (parentId === parent || spans.has(parentId))) spans.set(spanId, []);
      else if (phase === 'end' || phase === 'error') spans.get(spanId)?.push(phase);
    });
    context.after(stop);
    const ok = await probe.connect(context, probe.respondWith(subject));
    const no = await probe.connect(context, failing(probe.dialect(subject), { status: 400, message: 'No.' }));
    const stalls = await probe.connect(context, () => undefined);
    const controller = new AbortController();
    const aborted = stalls.call(method, { parent, signal: controller.signal });
    aborted.catch(() => undefined);
    await isSent(check, stalls.wire, aborted, method);
    controller.abort(new Error('left'));
    await Promise.allSettled([ok.call(method, { parent }), no.call(method, { parent }), aborted]);
    const ends = [...spans.values()].map((phases) => phases.join());
    check.equal(ends.toSorted(), ['end', 'error', 'error'], `${method}: how the spans ended`);
  });
}
