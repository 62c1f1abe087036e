import { isMortiseError, subscribe, type Attributes, type MortiseEvent } from '@mortise/core';

/** Writes every event of Mortise as one line: when, how deep, what, and its attributes. Ends with the process. */
export function showEvents(write: (line: string) => void): () => void {
  const begin = Date.now();
  const depths = new Map<string, number>();
  return subscribe((event) => {
    const depth = depthOf(event, depths);
    const seconds = ((event.time - begin) / 1000).toFixed(3).padStart(8);
    write(`${seconds}s ${'  '.repeat(depth)}${describe(event)}\n`);
  });
}

/** A parent starts before its children, so its depth is known when they come. */
function depthOf(event: MortiseEvent, depths: Map<string, number>): number {
  if (event.phase === 'point') return (depths.get(event.spanId) ?? -1) + 1;
  const known = depths.get(event.spanId);
  if (event.phase !== 'start') {
    depths.delete(event.spanId);
    return known ?? 0;
  }
  const depth = event.parentId === undefined ? 0 : (depths.get(event.parentId) ?? -1) + 1;
  depths.set(event.spanId, depth);
  return depth;
}

function describe(event: MortiseEvent): string {
  switch (event.phase) {
    case 'start':
      return `▶ ${event.name} ${attributes(event.attributes)}`;
    case 'end':
      return `✔ ${event.name} ${event.durationMs.toFixed(0)} ms ${attributes(event.attributes)}`;
    case 'error':
      return `✘ ${event.name} ${event.durationMs.toFixed(0)} ms ${reason(event.error)}`;
    case 'point':
      return `• ${event.name} ${attributes(event.attributes)}`;
  }
}

function attributes(values: Attributes): string {
  const shown = Object.entries(values).filter(([, value]) => value !== undefined);
  return shown.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ');
}

function reason(error: unknown): string {
  if (isMortiseError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
