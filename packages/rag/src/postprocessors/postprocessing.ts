import type { CallOptions, Warning } from '@mortise/core';
import { throughDoor } from '@mortise/core/call';
import { emitPoint, inSpan } from '@mortise/core/events';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import { abortable } from '../abort.ts';
import { clock, type Clock } from '../clock.ts';
import { givenNodes } from '../given-nodes.ts';

/** What the work of a postprocessor calls others with. */
export interface PostprocessCall {
  readonly signal: AbortSignal | undefined;
  readonly parent: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly remainingMs: Clock;
  /** A postprocessor returns nodes alone: what else is to be said is an event. */
  warn(warning: Warning): void;
}

/**
 * What every postprocessor does around its work, which gets a copy of the list: input that is checked, a span, an abort that
 * settles at once, and errors of ours alone.
 */
export function postprocessing(
  name: string,
  query: QueryInput,
  given: readonly NodeWithScore[],
  options: CallOptions,
  work: (call: PostprocessCall, nodes: readonly NodeWithScore[]) => Promise<NodeWithScore[]>,
): Promise<NodeWithScore[]> {
  return throughDoor(options, {}, async ({ signal, parent, timeoutMs, deadlineMs }) => {
    const nodes = givenNodes(given);
    return inSpan(
      'postprocess',
      { attributes: { postprocessor: name, given: nodes.length }, parent, content: () => ({ query }) },
      (span) => {
        const warn = (warning: Warning): void =>
          emitPoint('warning', { postprocessor: name, ...warning }, { id: span.id ?? parent });
        const call = { signal, parent: span.id ?? parent, timeoutMs, remainingMs: clock(deadlineMs), warn };
        return abortable(signal, () => work(call, nodes));
      },
      (results) => ({ attributes: { nodes: results.length }, content: () => ({ nodes: results }) }),
    );
  });
}

/** The options of a call to something outside. */
export function outsideOptions({ signal, parent, timeoutMs, remainingMs }: PostprocessCall): CallOptions {
  return { signal, parent, timeoutMs, deadlineMs: remainingMs() };
}
