export { setContextStorage, subscribe, type Around } from './hub.ts';
export { EVENT_NAMES, type Attributes, type KnownEventName, type MortiseEvent } from './map.ts';
export { emitPoint, inSpan, startSpan, traced, type Span, type SpanOptions } from './span.ts';
