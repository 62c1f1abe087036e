export { setContextStorage, subscribe, type Around } from './hub.ts';
export { EVENT_NAMES, type Attributes, type KnownEventName, type MortiseEvent } from './map.ts';
export { emitPoint, inSpan, traced, type Span } from './span.ts';
