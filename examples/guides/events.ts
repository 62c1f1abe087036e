import { subscribe, traced, type MortiseEvent } from '@mortise/core';

/** One line for everything that ends, and for every retry, fallback and warning. */
export function logTo(write: (line: string) => void): () => void {
  // #region log
  const stop = subscribe((event) => {
    if (event.phase === 'start') return;
    const took = 'durationMs' in event ? ` ${event.durationMs.toFixed(0)} ms` : '';
    const failed = event.phase === 'error' ? ` ${String(event.error)}` : '';
    write(`${event.name} ${event.phase}${took}${failed} ${JSON.stringify(event.attributes)}`);
  });
  // #endregion
  return stop;
}

// #region spans
/** What a tracer needs: open, close, and the span around it. */
export interface Tracer<S> {
  open(name: string, attributes: object, parent: S | undefined): S;
  close(span: S, attributes: object, error: unknown): void;
}

/** Every operation as a span of a tracer, such as OpenTelemetry's, with its parent. */
export function trace<S>(tracer: Tracer<S>): () => void {
  const open = new Map<string, S>();
  return subscribe((event: MortiseEvent) => {
    const { name, spanId, parentId, attributes } = event;
    if (event.phase === 'start') {
      open.set(
        spanId,
        tracer.open(name, attributes, parentId === undefined ? undefined : open.get(parentId)),
      );
    } else if (event.phase !== 'point') {
      const span = open.get(spanId);
      open.delete(spanId);
      if (span !== undefined)
        tracer.close(span, attributes, event.phase === 'error' ? event.error : undefined);
    }
  });
}
// #endregion

export async function lookUp(load: () => Promise<string[]>): Promise<string[]> {
  // #region traced
  const rows = await traced('crm.look-up', async () => load());
  // #endregion
  return rows;
}
