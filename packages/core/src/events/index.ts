export type { ContextStorage } from './context.ts';
export { setContextStorage, subscribe, type Subscriber, type SubscribeOptions } from './hub.ts';
export type {
  Attributes,
  EndEvent,
  ErrorEvent,
  EventName,
  KnownEventName,
  MortiseEvent,
  PointEvent,
  StartEvent,
} from './map.ts';
export { emitPoint, inSpan, traced, type Span, type SpanOptions } from './span.ts';
