export type {
  Citation,
  PartialQueryResponse,
  QueryResponse,
  ResponseStream,
  ResponseStreamEvent,
  ResponseSynthesizer,
} from './contract.ts';
export { createResponseStream, type ResponseStreamPlan } from './stream.ts';
