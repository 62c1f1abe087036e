import type { Header, RecordedEvent, RecordingLine } from './format.ts';
import { flatten, type Run, type RunSpan } from './runs.ts';

/** A run as the lines of a recording of its own: `runsOf` makes the same run of them. */
export function recordingOf({ root, session }: Run): RecordingLine[] {
  const lines: (Header | RecordedEvent)[] = [session];
  const parents = new Map<RunSpan, string>();
  for (const { span } of flatten(root)) {
    for (const child of span.children) parents.set(child, span.spanId);
    lines.push(...eventsOf(span, parents.get(span)));
  }
  return lines;
}

function eventsOf(span: RunSpan, parentId: string | undefined): RecordedEvent[] {
  const { spanId, name, startedAt, durationMs, status, attributes, content, error, points } = span;
  const inside = points.map((point): RecordedEvent => ({ ...point, spanId, phase: 'point' }));
  // Known by what it holds alone.
  if (name === '') return inside;
  const base = { name, spanId, ...(parentId === undefined ? {} : { parentId }) };
  const told = { attributes, ...(content === undefined ? {} : { content }) };
  const start: RecordedEvent = { ...base, phase: 'start', time: startedAt, ...told };
  if (durationMs === undefined) return [start, ...inside];
  const ended = { ...base, time: startedAt + durationMs, durationMs, attributes: {} };
  return [
    start,
    ...inside,
    status === 'ok' ? { ...ended, phase: 'end' } : { ...ended, phase: 'error', ...(error && { error }) },
  ];
}
