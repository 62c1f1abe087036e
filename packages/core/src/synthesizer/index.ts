export type {
  Citation,
  QueryResponse,
  ResponseStream,
  ResponseStreamEvent,
  ResponseSynthesizer,
} from './contract.ts';
export { createResponseStream } from './stream.ts';
