export { setContextStorage, subscribe } from './hub.ts';
export type { Attributes, MortiseEvent } from './map.ts';
export { emitPoint, inSpan, traced, type Span } from './span.ts';
