import { JsonLinesDecoder, SseDecoder, type SseEvent } from './decoders.ts';

/** Takes bytes, cut anywhere, and gives the events that they complete: `SseDecoder` and its like. */
export interface EventDecoder {
  /** Something of this format was seen, be it half an event. */
  readonly recognised: boolean;
  /** Bytes of the event that has not ended yet. */
  readonly pending: number;
  push(bytes: Uint8Array): SseEvent[];
  /** What the end of the bytes left unfinished, if it may be an event all the same. */
  end(): SseEvent | undefined;
}

/** A framing of a wire's own, such as AWS's in binary, with its names for errors. */
export interface OwnFormat {
  readonly decoder: new () => EventDecoder;
  /** Such as `a binary event stream`. */
  readonly stream: string;
  /** Such as `a frame`. */
  readonly one: string;
}

/** How a stream of events is written. */
export interface StreamFormat {
  /** Server-sent events, or lines of JSON (`application/x-ndjson`), each the `data` of an event. Default: `event-stream`. */
  readonly format?: 'event-stream' | 'json-lines' | OwnFormat | undefined;
}

export const FORMATS: Readonly<Record<'event-stream' | 'json-lines', OwnFormat>> = {
  'event-stream': { decoder: SseDecoder, stream: 'an event stream', one: 'a server-sent event' },
  'json-lines': { decoder: JsonLinesDecoder, stream: 'lines of JSON', one: 'a line of JSON' },
};
