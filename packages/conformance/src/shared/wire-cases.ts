import type { ConformanceCase } from '../frame/case.ts';
import { everyByte } from '../lab/framing.ts';
import { onEveryMethod, type Probe, type RespondOptions } from './probe.ts';

type Case<S> = ConformanceCase<S>;

/** W-01 and W-02: the same reply, however its bytes come, and whatever stands beside it. */
export function wireCases<S>(probe: Probe<S>): Case<S>[] {
  return [
    same(probe, 'wire.bytes', 'W-01', 'reads a reply that comes one byte per write', { split: everyByte }),
    same(probe, 'wire.gzip', 'W-01', 'reads a gzipped reply', { delivery: { gzip: true } }),
    same(probe, 'unknown.field', 'W-02', 'ignores fields it does not know', {
      edit: (data) => ({ ...data, hologram: { depth: [3] } }),
    }),
  ];
}

function same<S>(probe: Probe<S>, id: string, rule: string, title: string, options: RespondOptions): Case<S> {
  return onEveryMethod(probe, { id, rule, title }, async (context, method) => {
    const { call } = await probe.connect(context, probe.respondWith(context.subject, options));
    probe.checkReply(context, await call(method), method);
  });
}
